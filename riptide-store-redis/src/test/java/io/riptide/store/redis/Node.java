package io.riptide.store.redis;

import io.riptide.config.RedisConfig;
import io.riptide.entry.Compressor;
import io.riptide.entry.Envelope;
import io.riptide.entry.Head;
import io.riptide.entry.StoreKey;
import io.riptide.spi.Condition;
import io.riptide.spi.InvalidationFeed;
import io.riptide.spi.StoreWrite;
import io.riptide.spi.WriteOutcome;
import io.riptide.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;

/** One of several processes over a Redis, and what it was told. */
final class Node implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    final RedisBacking backing;
    final Set<StoreKey> told = ConcurrentHashMap.newKeySet();

    Node(RedisConfig config) {
        backing = RedisBacking.open(config, timer, System::nanoTime, RandomGenerator.getDefault());
        backing.feed().listen(told::add);
    }

    static StoreKey key(String key) {
        return StoreKey.of("acme", "ns", key);
    }

    WriteOutcome put(String key, String... tags) {
        long now = System.currentTimeMillis();
        long stamp = backing.entries().removals("acme").now().latest();
        Head head = new Head(key, "", now, now + 600_000, now, 0, 0, List.of(tags), Head.generations(stamp));
        Envelope.Sealed sealed = Envelope.seal(key(key), head, new byte[] {1, 2, 3}, Compressor.NONE);
        return backing.entries()
                .put(new StoreWrite(key(key), sealed.head(), sealed.bytes(), Condition.NONE, Long.MAX_VALUE, now));
    }

    InvalidationFeed.Proof proof() {
        return backing.feed().proof();
    }

    /** Waits until all that was changed before this call is proven to have been told; returns the epoch. */
    long awaitProof() {
        long now = System.nanoTime();
        Await.until(PATIENCE, "the feed to prove itself", () -> proof().nanos() - now > 0);
        return proof().epoch();
    }

    @Override
    public void close() {
        backing.feed().close();
        backing.entries().close();
        timer.shutdownNow();
    }
}
