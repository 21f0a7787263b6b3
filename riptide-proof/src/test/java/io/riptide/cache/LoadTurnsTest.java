package io.riptide.cache;

import static io.riptide.cache.CacheRig.bytes;
import static io.riptide.cache.CacheRig.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.cache.Loader.Loaded;
import io.riptide.entry.StoreKey;
import io.riptide.spi.Removal;
import io.riptide.testkit.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes that are asked for one key: who loads, who waits, and for how long. */
class LoadTurnsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final StoreKey KEY = StoreKey.of("acme", "n", "k");

    @TempDir
    Path folder;

    private final AtomicInteger loads = new AtomicInteger();
    private final CountDownLatch loading = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private ExecutorService threads;
    private Nodes nodes;
    private Namespace here;
    private Namespace there;

    @BeforeEach
    void open() {
        threads = Executors.newVirtualThreadPerTaskExecutor();
        nodes = new Nodes(folder);
        here = nodes.one.namespace();
        there = nodes.two.namespace();
    }

    @AfterEach
    void close() {
        go.countDown();
        threads.close();
        nodes.close();
    }

    /** Begins a load at the other node, which ends once it may go. */
    private Future<String> loadThere(Loader loader, LoadOptions options) throws InterruptedException {
        Future<String> load = threads.submit(() -> text(there.getOrLoad(
                "k",
                key -> {
                    loading.countDown();
                    go.await();
                    return loader.load(key);
                },
                options)));
        assertThat(loading.await(20, TimeUnit.SECONDS)).isTrue();
        return load;
    }

    private Loaded counted(String key) {
        return new Loaded(bytes("v" + loads.incrementAndGet()), PutOptions.DEFAULT);
    }

    private Future<String> readHere(LoadOptions options) {
        return threads.submit(() -> text(here.getOrLoad("k", this::counted, options)));
    }

    /** Begins a read here, which waits for the load there. */
    private Future<String> waitHere(LoadOptions options) {
        Future<String> read = readHere(options);
        Await.until(PATIENCE, "the read to wait", () -> nodes.loads.refused() > 0);
        return read;
    }

    private void afterMillis(long millis) {
        nodes.time.advance(Duration.ofMillis(millis));
    }

    @Test
    void oneLoadsAndTheOtherGetsWhatItBrought() throws Exception {
        Future<String> load = loadThere(this::counted, LoadOptions.DEFAULT);
        Future<String> read = waitHere(LoadOptions.DEFAULT);
        go.countDown();
        assertThat(load.get()).isEqualTo("v1");
        nodes.one.feed.tell(here, "k");
        assertThat(read.get()).isEqualTo("v1");
        assertThat(loads).hasValue(1);
    }

    @Test
    void whatTheFeedDoesNotTellIsFoundAllTheSame() throws Exception {
        Future<String> load = loadThere(this::counted, LoadOptions.DEFAULT);
        Future<String> read = waitHere(LoadOptions.DEFAULT);
        go.countDown();
        assertThat(load.get()).isEqualTo("v1");
        assertThat(read.get()).isEqualTo("v1");
        assertThat(loads).hasValue(1);
    }

    @Test
    void aChangeThatIsToldIsSeenAtOnce() throws Exception {
        Future<String> read;
        loadThere(this::counted, LoadOptions.DEFAULT);
        read = waitHere(LoadOptions.DEFAULT);
        there.put("k", bytes("written"), PutOptions.DEFAULT);
        nodes.one.feed.tell(here, "k");
        assertThat(read.get()).isEqualTo("written");
        assertThat(loads).hasValue(0);
    }

    @Test
    void afterALoadThatFailedTheTurnComes() throws Exception {
        Future<String> load = loadThere(
                key -> {
                    throw new IOException("broken");
                },
                LoadOptions.DEFAULT);
        Future<String> read = waitHere(LoadOptions.DEFAULT);
        go.countDown();
        assertThatThrownBy(load::get).isInstanceOf(ExecutionException.class);
        assertThat(read.get()).isEqualTo("v1");
    }

    @Test
    void nobodyWaitsForTwoLoadsOfOthers() throws Exception {
        assertThat(nodes.loads.take(KEY, "first", 60_000)).isEqualTo("first");
        Future<String> read = waitHere(LoadOptions.DEFAULT);
        nodes.loads.release(KEY, "first");
        String second = nodes.loads.take(KEY, "second", 60_000);
        assertThat(read.get()).isEqualTo("v1");
        assertThat(second).as("which came between, or the read itself").isNotEqualTo("first");
    }

    @Test
    void aNodeThatDiedIsWaitedForAsLongAsItsLease() throws Exception {
        assertThat(nodes.loads.take(KEY, "dead", LoadTurns.LEASE_MILLIS)).isEqualTo("dead");
        Future<String> read = waitHere(LoadOptions.DEFAULT);
        afterMillis(LoadTurns.LEASE_MILLIS - 1);
        int refused = nodes.loads.refused();
        Await.until(PATIENCE, "it to wait on", () -> nodes.loads.refused() > refused);
        assertThat(loads).hasValue(0);
        afterMillis(1);
        assertThat(read.get()).isEqualTo("v1");
    }

    @Test
    void aLoadThatTakesLongIsWaitedForAsLongAsItRuns() throws Exception {
        Future<String> load = loadThere(this::counted, LoadOptions.DEFAULT);
        Future<String> read = waitHere(LoadOptions.DEFAULT);
        for (int i = 0; i < 10; i++) {
            afterMillis(LoadTurns.LEASE_MILLIS - 1);
            nodes.two.manager.tick();
        }
        int refused = nodes.loads.refused();
        Await.until(PATIENCE, "it to wait on", () -> nodes.loads.refused() > refused);
        go.countDown();
        assertThat(load.get()).isEqualTo("v1");
        assertThat(read.get()).isEqualTo("v1");
    }

    @Test
    void aLoadThatWasGivenUpIsNotWaitedFor() throws Exception {
        Future<String> load = loadThere(
                key -> {
                    throw new IOException("never");
                },
                LoadOptions.DEFAULT.hardTimeout(Duration.ofSeconds(1)));
        Future<String> read = waitHere(LoadOptions.DEFAULT);
        afterMillis(1_000);
        assertThatThrownBy(load::get).isInstanceOf(ExecutionException.class);
        for (int i = 0; i < 2; i++) {
            nodes.two.manager.tick();
            afterMillis(LoadTurns.LEASE_MILLIS / 2);
        }
        assertThat(read.get()).isEqualTo("v1");
    }

    @Test
    void whoWaitsHasItsOwnTimeouts() throws Exception {
        loadThere(this::counted, LoadOptions.DEFAULT);
        Future<String> read = waitHere(LoadOptions.DEFAULT.hardTimeout(Duration.ofSeconds(1)));
        afterMillis(1_000);
        assertThatThrownBy(read::get).hasMessageContaining("origin-failed");
        assertThat(loads).hasValue(0);
    }

    @Test
    void whereTheLeasesAreOutOfReachEachLoadsForItself() throws Exception {
        nodes.loads.reachable(false);
        Future<String> load = loadThere(this::counted, LoadOptions.DEFAULT);
        assertThat(readHere(LoadOptions.DEFAULT).get()).isEqualTo("v1");
        go.countDown();
        assertThat(load.get()).as("what was there when it came to write").isEqualTo("v1");
        nodes.loads.reachable(true);
    }

    @Test
    void aRemovalOvertakesALoadOfTheSameNode() throws Exception {
        Future<String> load = loadThere(this::counted, LoadOptions.DEFAULT);
        there.removeAll(Removal.Mode.REMOVE);
        assertThat(text(there.getOrLoad("k", key -> new Loaded(bytes("new"), PutOptions.DEFAULT))))
                .isEqualTo("new");
        go.countDown();
        assertThat(load.get()).isIn("new", "v1");
        assertThat(text(there.get("k"))).isEqualTo("new");
    }

    @Test
    void nothingIsHeldAfterwards() throws Exception {
        assertThat(readHere(LoadOptions.DEFAULT).get()).isEqualTo("v1");
        assertThat(nodes.loads.take(KEY, "next", 1)).isEqualTo("next");
    }
}
