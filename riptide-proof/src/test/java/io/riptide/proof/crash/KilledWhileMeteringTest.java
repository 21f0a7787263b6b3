package io.riptide.proof.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.proof.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real server, killed while it counts: what it served is counted, less at most what the last second did. */
class KilledWhileMeteringTest {
    /** A second between two rounds, and what a machine that is busy with other work takes for one. */
    private static final long LOST_NANOS = TimeUnit.MILLISECONDS.toNanos(2_500);

    @TempDir
    private Path directory;

    private final SplittableRandom random = new SplittableRandom(7);

    @Test
    void threeKillsLoseTheLastSecondAtMost() throws Exception {
        killAndCheck(3);
    }

    @Tag("proof")
    @Test
    void fiftyKillsLoseTheLastSecondAtMost() throws Exception {
        killAndCheck(50);
    }

    private void killAndCheck(int kills) throws Exception {
        Path data = directory.resolve("data");
        ServerProcess server = ServerProcess.start(data);
        try {
            String key = server.createTenant("acme");
            long counted = 0;
            for (int kill = 0; kill < kills; kill++) {
                List<Long> acknowledged = serve(server, key, 3_000_000_000L + random.nextLong(1_500_000_000L));
                server.kill();
                long killed = System.nanoTime();
                server = ServerProcess.start(data);
                long now = ServerProcess.json(server.call(key, "GET", "/v1/usage", null))
                        .get("operations_total")
                        .asLong();
                long sure = acknowledged.stream()
                        .filter(at -> killed - at > LOST_NANOS)
                        .count();
                assertThat(now - counted).isBetween(sure, (long) acknowledged.size());
                assertThat(sure).isPositive();
                counted = now;
            }
        } finally {
            server.close();
        }
    }

    /** One write after the other for so long; when each was acknowledged. */
    private static List<Long> serve(ServerProcess server, String key, long nanos) throws IOException {
        List<Long> acknowledged = new ArrayList<>();
        for (long begun = System.nanoTime(); System.nanoTime() - begun < nanos; ) {
            assertThat(server.call(key, "PUT", ServerProcess.entry("n", "k"), new byte[] {1}, Map.of())
                            .statusCode())
                    .isIn(201, 204);
            acknowledged.add(System.nanoTime());
        }
        return acknowledged;
    }
}
