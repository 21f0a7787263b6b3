package io.riptide.store.redis;

import io.lettuce.core.protocol.CommandType;
import io.riptide.spi.PermitLeases;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Tenants' buckets in Redis: a hash each, changed by one script by the server's clock alone, gone two minutes after the
 * last claim. Claims are sent together and are one flight to each master. Threads: any.
 */
public final class RedisPermitLeases implements PermitLeases {
    private final Redis redis;
    private final byte[] node;

    /** Over these connections, which others close, with a name of its own. */
    RedisPermitLeases(Redis redis, RandomGenerator random) {
        this.redis = redis;
        this.node = MetaKeys.ascii(HexFormat.of().toHexDigits(random.nextLong()));
    }

    @Override
    public List<Settled> settle(List<Claim> claims) {
        if (claims.size() > MOST_CLAIMS) {
            throw new IllegalArgumentException("claims: " + claims.size() + " (expected: at most " + MOST_CLAIMS + ")");
        }
        if (claims.isEmpty()) {
            redis.run("", List.of(Call.bytes(CommandType.GET, MetaKeys.probe())));
            return List.of();
        }
        List<Call<List<Object>>> calls = new ArrayList<>(claims.size());
        for (Claim claim : claims) {
            calls.add(Call.script(Scripts.PERMITS, new byte[][] {MetaKeys.permits(claim.tenantId())}, new byte[][] {
                MetaKeys.ascii(Long.toString(claim.limit())),
                MetaKeys.ascii(Long.toString(claim.owed())),
                MetaKeys.ascii(Integer.toString(claim.wanted())),
                node
            }));
        }
        redis.run(claims.size() == 1 ? claims.getFirst().tenantId() : "", calls);
        return calls.stream().map(call -> settled(call.answer())).toList();
    }

    private static Settled settled(List<Object> answer) {
        return new Settled((Long) answer.get(0) == 1, (Long) answer.get(1), Math.toIntExact((Long) answer.get(2)));
    }

    /** The connections belong to the store of entries. */
    @Override
    public void close() {}
}
