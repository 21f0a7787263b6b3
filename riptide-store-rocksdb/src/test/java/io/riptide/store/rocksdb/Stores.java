package io.riptide.store.rocksdb;

import io.riptide.config.CacheConfig.Durability;
import io.riptide.config.StoreConfig;
import io.riptide.entry.Head;
import io.riptide.entry.StoreKey;
import io.riptide.spi.Condition;
import io.riptide.spi.EntryStore;
import io.riptide.spi.HeadPage;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.StoreWrite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Stores as the tests open them, and what they put in. */
final class Stores {
    static final long NOW = 1_793_491_200_000L;
    static final StoreConfig SMALL = new StoreConfig(8L << 20, 8L << 20);

    private Stores() {}

    /** Buffered; commits run where they are asked for. */
    static RocksDbEntryStore open(Path directory) {
        return RocksDbEntryStore.open(directory, SMALL, Durability.BUFFERED, Runnable::run);
    }

    /** An entry whose envelope follows from its key, version and length. */
    static StoreWrite write(String tenant, String key, long version, int length, long expiresMillis, long limit) {
        Head head = new Head(key, "", NOW, expiresMillis, version, length, length, List.of(), List.of());
        return new StoreWrite(
                StoreKey.of(tenant, "ns", key), head, envelope(key, version, length), Condition.NONE, limit, NOW);
    }

    static StoreWrite write(String key, int length) {
        return write("acme", key, 1, length, NOW + 60_000, Long.MAX_VALUE);
    }

    static byte[] envelope(String key, long version, int length) {
        byte[] bytes = new byte[length];
        new Random(key.hashCode() * 31L + version).nextBytes(bytes);
        return bytes;
    }

    /** Adds up a tenant's namespace by its heads, expired or not. */
    static StoreUsage recount(EntryStore store, String tenant) {
        long bytes = 0;
        long entries = 0;
        StoreKey after = null;
        do {
            HeadPage page = store.list(tenant, "ns", after, 1000, 0);
            for (Head head : page.heads()) {
                bytes += head.storedBytes();
                entries++;
            }
            after = page.next();
        } while (after != null);
        return new StoreUsage(bytes, entries);
    }

    /** The largest file of the store with that ending. */
    static Path largest(Path directory, String ending) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until a condition holds, for so many seconds at most; whether it came to hold. */
    static boolean within(int seconds, BooleanSupplier condition) {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(20_000_000);
        }
        return true;
    }
}
