package io.riptide.store.redis;

import io.lettuce.core.RedisURI;
import io.riptide.config.RedisConfig;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.util.ArrayList;
import java.util.List;

/** Where the configuration says that Redis is. */
final class Addresses {
    private static final String MASTER = "mymaster";

    private Addresses() {}

    /** One of the servers, each of the seeds of a cluster, or one that names all sentinels. */
    static List<RedisURI> of(RedisConfig config) {
        String url = config.url();
        int hash = url.lastIndexOf('#');
        String master = hash < 0 ? MASTER : url.substring(hash + 1);
        List<RedisURI> all = new ArrayList<>();
        for (String one : (hash < 0 ? url : url.substring(0, hash)).split(",", -1)) {
            all.add(parse(one));
        }
        return switch (config.mode()) {
            case STANDALONE -> {
                if (all.size() > 1 || hash >= 0) {
                    throw invalid("expected one address where persistence.redis.mode is standalone");
                }
                yield all;
            }
            case SENTINEL -> List.of(watchedBy(all, master));
            case CLUSTER -> {
                if (hash >= 0 || all.stream().anyMatch(uri -> uri.getDatabase() != 0)) {
                    throw invalid("expected no # and no database where persistence.redis.mode is cluster");
                }
                yield all;
            }
        };
    }

    private static RedisURI parse(String one) {
        try {
            return RedisURI.create(one);
        } catch (IllegalArgumentException e) {
            // What it says may hold the password.
            throw invalid("expected redis://[user:password@]host[:port][/database], or rediss://");
        }
    }

    /**
     * User, password, database and TLS are those of the first address, for the servers; sentinels are asked
     * without.
     */
    private static RedisURI watchedBy(List<RedisURI> sentinels, String master) {
        RedisURI first = sentinels.getFirst();
        RedisURI.Builder watched = RedisURI.builder()
                .withSentinelMasterId(master)
                .withDatabase(first.getDatabase())
                .withSsl(first);
        for (RedisURI sentinel : sentinels) {
            watched.withSentinel(RedisURI.builder()
                    .withHost(sentinel.getHost())
                    .withPort(sentinel.getPort())
                    .withSsl(sentinel)
                    .build());
        }
        RedisURI uri = watched.build();
        uri.setCredentialsProvider(first.getCredentialsProvider());
        return uri;
    }

    private static RipTideException invalid(String expected) {
        return Problem.of(ProblemCode.CONFIG_INVALID, "persistence.redis.url: " + expected)
                .asException();
    }
}
