package io.riptide.proof.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.riptide.proof.Needs;
import io.riptide.proof.ServerProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real server on a small file system: full, it refuses writes and serves reads; given space, it writes again. */
class FullDiskTest {
    private static final int VALUE_BYTES = 100_000;
    private static final int TRIES = 2000;

    @TempDir
    private Path directory;

    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        Needs.program("mount");
        Needs.program("umount");
        disk = Files.createDirectory(directory.resolve("disk"));
        Needs.that(run("mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", disk.toString()) == 0, "the right to mount");
    }

    @AfterEach
    void unmount() throws Exception {
        if (disk != null) {
            run("umount", disk.toString());
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Test
    void writesAreRefusedReadsGoOnAndItRecovers() throws Exception {
        try (ServerProcess server = ServerProcess.start(disk.resolve("data"))) {
            String apiKey = server.createTenant("acme");
            byte[] first = value(0);
            assertThat(put(server, apiKey, "first", first).statusCode()).isEqualTo(201);
            assertThat(readiness(server).get("status").asText()).isEqualTo("ready");
            Instant before = Instant.now();
            Path ballast = disk.resolve("ballast");
            fill(ballast);
            HttpResponse<byte[]> refused = putUntilRefused(server, apiKey);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(ServerProcess.json(refused).get("type").asText())
                    .isEqualTo("urn:riptide:problem:store-unavailable");
            HttpResponse<byte[]> read = server.call(apiKey, "GET", ServerProcess.entry("disk", "first"), null);
            assertThat(read.statusCode()).isEqualTo(200);
            assertThat(read.body()).isEqualTo(first);
            JsonNode degraded = awaitReadiness(server, "degraded");
            JsonNode entryStore = degraded.get("components").get("entry_store");
            assertThat(entryStore.get("status").asText()).isEqualTo("degraded");
            assertThat(entryStore.get("detail").asText()).contains("Writes are refused");
            assertThat(Instant.parse(entryStore.get("since").asText())).isBetween(before, Instant.now());
            assertThat(degraded.get("components").get("server").get("status").asText())
                    .isEqualTo("ready");
            Files.delete(ballast);
            JsonNode again = awaitReadiness(server, "ready");
            assertThat(Instant.parse(again.get("components")
                            .get("entry_store")
                            .get("since")
                            .asText()))
                    .isAfter(before);
            putUntilTaken(server, apiKey);
        }
    }

    private static void fill(Path ballast) throws IOException {
        long left = Files.getFileStore(ballast.getParent()).getUsableSpace() - (2 << 20);
        try (var out = Files.newOutputStream(ballast)) {
            byte[] chunk = new byte[1 << 20];
            for (long written = 0; written < left; written += chunk.length) {
                out.write(chunk);
            }
        }
    }

    private static HttpResponse<byte[]> putUntilRefused(ServerProcess server, String apiKey) {
        for (int i = 0; i < TRIES; i++) {
            HttpResponse<byte[]> answer = put(server, apiKey, "more/" + i, value(i));
            if (answer.statusCode() != 201) {
                return answer;
            }
        }
        throw new AssertionError("the disk never filled");
    }

    /** What {@code /readyz} says, which answers 200 all the while. */
    private static JsonNode readiness(ServerProcess server) {
        HttpResponse<byte[]> answer = server.call("none", "GET", "/readyz", null);
        assertThat(answer.statusCode()).isEqualTo(200);
        return ServerProcess.json(answer);
    }

    private static JsonNode awaitReadiness(ServerProcess server, String status) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        JsonNode said;
        do {
            said = readiness(server);
            if (said.get("status").asText().equals(status)) {
                return said;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        } while (System.nanoTime() < until);
        throw new AssertionError("it never became " + status + ": " + said);
    }

    private static void putUntilTaken(ServerProcess server, String apiKey) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        int status;
        do {
            status = put(server, apiKey, "again", value(1)).statusCode();
            if (status == 201) {
                return;
            }
        } while (System.nanoTime() < until);
        assertThat(status).isEqualTo(201);
    }

    private static HttpResponse<byte[]> put(ServerProcess server, String apiKey, String key, byte[] value) {
        return server.call(apiKey, "PUT", ServerProcess.entry("disk", key), value);
    }

    private static byte[] value(int seed) {
        byte[] value = new byte[VALUE_BYTES];
        new SplittableRandom(seed).nextBytes(value);
        return value;
    }
}
