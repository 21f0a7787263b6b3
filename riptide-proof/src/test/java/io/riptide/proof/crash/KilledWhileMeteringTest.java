package io.riptide.proof.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.proof.ServerProcess;
import io.riptide.spi.UsageColumn;
import io.riptide.spi.UsageStore;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.store.jdbc.SqlUsageStore;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real server, killed while it counts: of each meter that calls move, what was acknowledged is counted, less at
 * most what the last second did, and nothing besides.
 *
 * <p>A second is what lies between two rounds in which counts are kept. Lost is what was counted since the sums were
 * taken of the last round that was kept: that round's own time, the second, and the time of a round that was under way
 * when the kill came. A round is two waits for the processor and one for the disk; what these take on this machine just
 * now is measured, by the longest pause between two calls of the last two seconds: the test waits for the disk, too.
 */
class KilledWhileMeteringTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    /** What a round takes at most where nothing else holds it up. */
    private static final long ROUND = TimeUnit.MILLISECONDS.toNanos(100);

    private static final byte[] VALUE = {1, 2, 3};
    /** What calls over HTTP move without another server to load from. */
    private static final Set<UsageColumn> MOVED = EnumSet.of(
            UsageColumn.HIT_L1,
            UsageColumn.HIT_L2,
            UsageColumn.MISS,
            UsageColumn.WRITE,
            UsageColumn.DELETE,
            UsageColumn.LIST,
            UsageColumn.INVALIDATE,
            UsageColumn.BYTES_IN,
            UsageColumn.BYTES_OUT);

    @TempDir
    private Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final SplittableRandom random = new SplittableRandom(7);

    @AfterEach
    void end() {
        threads.close();
    }

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
            long[] before = new long[UsageColumn.count()];
            for (int kill = 0; kill < kills; kill++) {
                List<Acknowledged> served = serve(server, key, 3 * SECOND + random.nextLong(SECOND));
                // Before: until its memory is given back a process takes a while to be gone.
                long killed = System.nanoTime();
                server.kill();
                long[] kept = kept(data);
                check(served, killed, before, kept);
                server = ServerProcess.start(data);
                assertThat(ServerProcess.json(server.call(key, "GET", "/v1/usage", null))
                                .get("operations_total")
                                .asLong())
                        .isEqualTo(UsageColumn.operations(kept));
                before = kept;
            }
        } finally {
            server.close();
        }
    }

    private static void check(List<Acknowledged> served, long killed, long[] before, long[] kept) {
        long pause = 0;
        for (int i = 1; i < served.size(); i++) {
            if (killed - served.get(i).nanos() < 2 * SECOND) {
                pause = Math.max(
                        pause, served.get(i).nanos() - served.get(i - 1).nanos());
            }
        }
        long lost = SECOND + 2 * (ROUND + pause);
        for (UsageColumn column : UsageColumn.values()) {
            if (column == UsageColumn.STORAGE_BYTE_HOURS) {
                // Time moves it, not calls.
                continue;
            }
            int at = column.ordinal();
            long all = served.stream().mapToLong(one -> one.counts()[at]).sum();
            long sure = served.stream()
                    .filter(one -> killed - one.nanos() > lost)
                    .mapToLong(one -> one.counts()[at])
                    .sum();
            assertThat(kept[at] - before[at])
                    .as("%s, with a pause of %d ms", column, TimeUnit.NANOSECONDS.toMillis(pause))
                    .isBetween(sure, all);
            assertThat(all > 0).as(column.name()).isEqualTo(MOVED.contains(column));
        }
    }

    /** What its store holds of the tenant while no server runs. */
    private long[] kept(Path data) {
        try (SqlControlStore control = SqlControlStore.sqlite(data.resolve("control.db"), threads);
                UsageStore usage = SqlUsageStore.sqlite(data.resolve("usage.db"), threads)) {
            long created = Objects.requireNonNull(control.tenant("acme")).createdMillis();
            return usage.sum("acme", created, 0, Integer.MAX_VALUE);
        }
    }

    /** A call that was answered: when, and what of each meter it was. */
    private record Acknowledged(long nanos, long[] counts) {}

    /** Calls of each kind, one after the other, for so long. */
    private List<Acknowledged> serve(ServerProcess server, String key, long nanos) throws IOException {
        List<Acknowledged> served = new ArrayList<>();
        String entry = ServerProcess.entry("n", "k");
        try (FileChannel beside =
                FileChannel.open(directory.resolve("beside"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (long begun = System.nanoTime(); System.nanoTime() - begun < nanos; ) {
                served.add(call(server, key, "PUT", entry, VALUE));
                served.add(call(server, key, "GET", entry, null));
                served.add(call(server, key, "GET", entry, null));
                served.add(call(server, key, "GET", ServerProcess.entry("n", "none"), null));
                served.add(call(server, key, "GET", "/v1/cache/n", null));
                served.add(call(server, key, "DELETE", entry, null));
                served.add(call(server, key, "DELETE", "/v1/cache/n", null));
                beside.write(ByteBuffer.wrap(VALUE), 0);
                beside.force(true);
            }
        }
        return served;
    }

    private static Acknowledged call(ServerProcess server, String key, String method, String path, byte[] body)
            throws IOException {
        HttpResponse<byte[]> answer = server.call(key, method, path, body, Map.of());
        long nanos = System.nanoTime();
        boolean whole = path.equals("/v1/cache/n");
        String from = answer.headers().firstValue("Cache-Status").orElse("");
        long[] counts = new long[UsageColumn.count()];
        UsageColumn kind = switch (method) {
            case "PUT" -> UsageColumn.WRITE;
            case "DELETE" -> whole ? UsageColumn.INVALIDATE : UsageColumn.DELETE;
            default -> {
                if (whole) {
                    yield UsageColumn.LIST;
                }
                if (answer.statusCode() == 404) {
                    yield UsageColumn.MISS;
                }
                yield from.contains("detail=l1") ? UsageColumn.HIT_L1 : UsageColumn.HIT_L2;
            }
        };
        boolean hit = kind == UsageColumn.HIT_L1 || kind == UsageColumn.HIT_L2;
        assertThat(answer.statusCode()).as(method + " " + path).isIn(200, 201, 204, 404);
        assertThat(from.contains("; hit")).isEqualTo(hit);
        counts[kind.ordinal()] = 1;
        counts[UsageColumn.BYTES_IN.ordinal()] = kind == UsageColumn.WRITE ? VALUE.length : 0;
        counts[UsageColumn.BYTES_OUT.ordinal()] = hit ? VALUE.length : 0;
        return new Acknowledged(nanos, counts);
    }
}
