package io.riptide.proof.bench;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.ehcache.CacheManager;
import org.ehcache.config.builders.CacheConfigurationBuilder;
import org.ehcache.config.builders.CacheManagerBuilder;
import org.ehcache.config.builders.ExpiryPolicyBuilder;
import org.ehcache.config.builders.ResourcePoolsBuilder;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * A hit in L1 among 100,000 skewed keys, beside Caffeine (same weigher, expiry by entry, statistics) and Ehcache 3 on
 * heap.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g", "--enable-native-access=ALL-UNNAMED"})
public class HitBenchmark {
    private static final int KEYS = 100_000;
    private static final int VALUE_BYTES = 256;
    private static final int DRAWN = 1 << 20;

    /** Keys as they are asked for: drawn before, and each a string of its own, as a request brings one. */
    @State(Scope.Benchmark)
    public static class Asked {
        final String[] keys = new String[KEYS];
        final int[] drawn = new int[DRAWN];

        /** Draws. */
        @Setup(Level.Trial)
        public void draw() {
            SplittableRandom random = new SplittableRandom(1);
            Zipf zipf = new Zipf(KEYS, 0.99);
            for (int i = 0; i < KEYS; i++) {
                keys[i] = "article/" + i;
            }
            for (int i = 0; i < DRAWN; i++) {
                drawn[i] = zipf.next(random);
            }
        }
    }

    /** Where a thread is among the drawn. */
    @State(Scope.Thread)
    public static class Cursor {
        private int at;

        /** Each thread begins elsewhere. */
        @Setup(Level.Trial)
        public void begin(ThreadParams thread) {
            at = thread.getThreadIndex() * (DRAWN / 8);
        }

        String next(Asked asked) {
            return asked.keys[asked.drawn[at++ & (DRAWN - 1)]];
        }
    }

    /** RipTide over RocksDB, every key in L1. */
    @State(Scope.Benchmark)
    public static class RipTideCache {
        private @Nullable Rig rig;
        private @Nullable Namespace namespace;

        /** Fills the store, then L1 by reading. */
        @Setup(Level.Trial)
        public void fill(Asked asked) {
            rig = Rig.open();
            namespace = rig.tenant("bench").namespace("pages");
            Rig.fill(namespace, asked.keys, VALUE_BYTES);
        }

        /** Closes. */
        @TearDown(Level.Trial)
        public void close() {
            if (rig != null) {
                rig.close();
            }
        }
    }

    /** The same as one of several nodes over one store, whose feed is well. */
    @State(Scope.Benchmark)
    public static class SharingCache {
        private @Nullable Rig rig;
        private @Nullable Namespace namespace;

        /** Fills the store, then L1 by reading. */
        @Setup(Level.Trial)
        public void fill(Asked asked) {
            rig = Rig.openShared();
            namespace = rig.tenant("bench").namespace("pages");
            Rig.fill(namespace, asked.keys, VALUE_BYTES);
        }

        /** Closes. */
        @TearDown(Level.Trial)
        public void close() {
            if (rig != null) {
                rig.close();
            }
        }
    }

    /** The peer: what RipTide's first tier is made of. */
    @State(Scope.Benchmark)
    public static class CaffeineCache {
        private final Cache<String, byte[]> cache = Caffeine.newBuilder()
                .maximumWeight(512L << 20)
                .weigher((String key, byte[] value) -> 256 + 2 * key.length() + value.length)
                .expireAfter(Expiry.writing((String key, byte[] value) -> Duration.ofHours(1)))
                .recordStats()
                .build();

        /** Fills. */
        @Setup(Level.Trial)
        public void fill(Asked asked) {
            for (String key : asked.keys) {
                cache.put(key, new byte[VALUE_BYTES]);
            }
        }
    }

    /** Another peer. */
    @State(Scope.Benchmark)
    public static class EhcacheCache {
        private final CacheManager manager =
                CacheManagerBuilder.newCacheManagerBuilder().build(true);
        private final org.ehcache.Cache<String, byte[]> cache = manager.createCache(
                "pages",
                CacheConfigurationBuilder.newCacheConfigurationBuilder(
                                String.class, byte[].class, ResourcePoolsBuilder.heap(2L * KEYS))
                        .withExpiry(ExpiryPolicyBuilder.timeToLiveExpiration(Duration.ofHours(1))));

        /** Fills. */
        @Setup(Level.Trial)
        public void fill(Asked asked) {
            for (String key : asked.keys) {
                cache.put(key, new byte[VALUE_BYTES]);
            }
        }

        /** Closes. */
        @TearDown(Level.Trial)
        public void close() {
            manager.close();
        }
    }

    /** RipTide. */
    @Benchmark
    public Lookup riptide(Asked asked, Cursor cursor, RipTideCache riptide) {
        Lookup found = requireNonNull(riptide.namespace).get(cursor.next(asked));
        if (found instanceof Lookup.Miss) {
            throw new IllegalStateException("a miss where all is in L1");
        }
        return found;
    }

    /** RipTide as one of several nodes. */
    @Benchmark
    public Lookup riptideSharing(Asked asked, Cursor cursor, SharingCache sharing) {
        Lookup found = requireNonNull(sharing.namespace).get(cursor.next(asked));
        if (!(found instanceof Lookup.Hit hit) || hit.tier() != Lookup.Tier.L1) {
            throw new IllegalStateException("no hit where all is in L1");
        }
        return found;
    }

    /** Caffeine. */
    @Benchmark
    public byte[] caffeine(Asked asked, Cursor cursor, CaffeineCache caffeine) {
        return requireNonNull(caffeine.cache.getIfPresent(cursor.next(asked)));
    }

    /** Ehcache. */
    @Benchmark
    public byte[] ehcache(Asked asked, Cursor cursor, EhcacheCache ehcache) {
        return requireNonNull(ehcache.cache.get(cursor.next(asked)));
    }
}
