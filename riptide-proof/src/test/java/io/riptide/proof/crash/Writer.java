package io.riptide.proof.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.proof.ServerProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Writes, overwrites and deletes keys of its own, and knows what was acknowledged and what was under way at the end.
 */
final class Writer {
    static final String NAMESPACE = "crash";
    private static final int KEYS = 60;

    /** What a key may hold after a crash: what was acknowledged last, or what was under way. */
    private static final class Expected {
        private byte @Nullable [] acknowledged;
        private byte @Nullable [] underWay;
        private boolean unsure;
    }

    private final int id;
    private final String apiKey;
    private final SplittableRandom random;
    private final Map<String, Expected> expected = new HashMap<>();

    Writer(int id, String apiKey) {
        this.id = id;
        this.apiKey = apiKey;
        this.random = new SplittableRandom(id);
    }

    /** Until the server is gone. */
    void writeUntilItFails(ServerProcess server, CountDownLatch enough) {
        while (true) {
            String key = id + "/" + random.nextInt(KEYS);
            byte[] value = random.nextInt(5) == 0 ? null : value();
            Expected state = expected.computeIfAbsent(key, k -> new Expected());
            state.underWay = value;
            state.unsure = true;
            try {
                HttpResponse<byte[]> answer = server.call(
                        apiKey,
                        value == null ? "DELETE" : "PUT",
                        ServerProcess.entry(NAMESPACE, key),
                        value,
                        value == null ? Map.of() : Map.of("X-RipTide-TTL", "86400"));
                assertThat(answer.statusCode()).isIn(201, 204);
            } catch (IOException e) {
                return;
            }
            state.acknowledged = value;
            state.unsure = false;
            enough.countDown();
        }
    }

    private byte[] value() {
        byte[] value = new byte[random.nextInt(10) == 0 ? 20_000 : 1 + random.nextInt(2000)];
        random.nextBytes(value);
        return value;
    }

    /** Every key holds what it may; from here on that is what was acknowledged. */
    void check(ServerProcess server) {
        expected.forEach((key, state) -> {
            HttpResponse<byte[]> answer = server.call(apiKey, "GET", ServerProcess.entry(NAMESPACE, key), null);
            assertThat(answer.statusCode()).isIn(200, 404);
            byte[] found = answer.statusCode() == 404 ? null : answer.body();
            List<byte[]> allowed = new ArrayList<>();
            allowed.add(state.acknowledged);
            if (state.unsure) {
                allowed.add(state.underWay);
            }
            assertThat(allowed.stream().anyMatch(bytes -> Arrays.equals(bytes, found)))
                    .as("%s is what was acknowledged%s", key, state.unsure ? ", or what was under way" : "")
                    .isTrue();
            state.acknowledged = found;
            state.unsure = false;
        });
    }
}
