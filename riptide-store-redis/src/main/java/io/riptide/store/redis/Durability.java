package io.riptide.store.redis;

import io.riptide.problem.RipTideException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.IntStream;

/**
 * What a server is set to keep, in its own words; of a cluster, one of its masters. How often it syncs and saves is
 * among its settings, which it may refuse to tell: then that is left out, and not asked for again. Threads: any.
 */
final class Durability {
    private final Redis redis;
    private volatile boolean refused;

    Durability(Redis redis) {
        this.redis = redis;
    }

    /** Asks, and throws {@code store-unavailable} where there is no answer. */
    String tell() {
        String info = redis.info("persistence", "replication");
        StringJoiner told = new StringJoiner(", ", "As Redis is set: ", ".");
        told.add("appendonly " + (Redis.field(info, "aof_enabled", "0").equals("1") ? "yes" : "no"));
        settings().forEach(told::add);
        told.add("replicas " + Redis.field(info, "connected_slaves", "0"));
        return told.toString();
    }

    private List<String> settings() {
        if (refused) {
            return List.of();
        }
        Call<List<Object>> asked = Call.settings("appendfsync", "save");
        try {
            redis.ask(asked);
        } catch (RipTideException e) {
            return List.of();
        }
        if (asked.failure() != null) {
            refused = true;
            return List.of();
        }
        List<Object> answer = asked.answer();
        return IntStream.range(0, answer.size() / 2)
                .mapToObj(i -> text(answer.get(2 * i)) + " " + text(answer.get(2 * i + 1)))
                .sorted()
                .toList();
    }

    private static String text(Object bytes) {
        String text = new String((byte[]) bytes, StandardCharsets.US_ASCII);
        return text.isEmpty() ? "never" : text;
    }
}
