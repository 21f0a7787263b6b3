package io.riptide.store.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.models.role.RedisInstance;
import io.riptide.problem.RipTideException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until what was written is on a replica too, so that a failover does not bring back what was removed. It has a
 * connection to each master of its own, for a server answers nothing else on one that waits; what it writes there
 * comes after all that any connection had written before, so a replica that has this has those.
 */
final class Replicas {
    private static final Logger LOG = LoggerFactory.getLogger(Replicas.class);
    private static final int ONE = 1;
    private static final byte[] WRITTEN = {'1'};
    /** The replicas in what a master says of its role. */
    private static final int ROLE_REPLICAS = 2;

    private final Redis redis;
    private final StatefulConnection<byte[], byte[]> lane;
    private volatile boolean missing;

    Replicas(Redis redis, StatefulConnection<byte[], byte[]> lane) {
        this.redis = redis;
        this.lane = lane;
    }

    private record Master(StatefulRedisConnection<byte[], byte[]> connection, byte[] probe) {}

    /**
     * Whether one replica of each master that has any has all that was written before this call; waits for that for
     * half of {@code command_timeout_ms} at most, besides two round trips.
     */
    boolean confirm() {
        boolean confirmed = tryConfirm();
        if (confirmed == missing) {
            missing = !confirmed;
            LOG.warn(
                    "Removals are {}",
                    confirmed ? "on a replica again" : "on no replica yet: a failover may undo them");
        }
        return confirmed;
    }

    private boolean tryConfirm() {
        try {
            List<Master> masters = masters();
            List<CompletionStage<List<Object>>> roles = masters.stream()
                    .map(master -> master.connection.async().role())
                    .<CompletionStage<List<Object>>>map(role -> role)
                    .toList();
            List<CompletionStage<Long>> waits = new ArrayList<>();
            for (int i = 0; i < masters.size(); i++) {
                if (hasReplicas(redis.answer(roles.get(i)))) {
                    var async = masters.get(i).connection.async();
                    var unused = async.set(masters.get(i).probe, WRITTEN);
                    waits.add(async.waitForReplication(ONE, redis.timeoutMillis() / 2));
                }
            }
            boolean confirmed = true;
            for (CompletionStage<Long> wait : waits) {
                confirmed &= redis.answer(wait) >= ONE;
            }
            return confirmed;
        } catch (RedisException | RipTideException e) {
            return false;
        }
    }

    private static boolean hasReplicas(List<Object> role) {
        return role.size() > ROLE_REPLICAS
                && role.get(ROLE_REPLICAS) instanceof List<?> replicas
                && !replicas.isEmpty();
    }

    private List<Master> masters() {
        if (!(lane instanceof StatefulRedisClusterConnection<byte[], byte[]> cluster)) {
            return List.of(new Master((StatefulRedisConnection<byte[], byte[]>) lane, MetaKeys.probe()));
        }
        List<Master> masters = new ArrayList<>();
        for (RedisClusterNode node : cluster.getPartitions()) {
            if (node.getRole() == RedisInstance.Role.UPSTREAM && !node.hasNoSlots()) {
                var uri = node.getUri();
                masters.add(new Master(cluster.getConnection(uri.getHost(), uri.getPort()), probe(node)));
            }
        }
        return masters;
    }

    /** A key that lies in one of a node's slots. */
    private static byte[] probe(RedisClusterNode node) {
        for (int i = 0; ; i++) {
            byte[] key = MetaKeys.probe(i);
            if (node.hasSlot(SlotHash.getSlot(key))) {
                return key;
            }
        }
    }
}
