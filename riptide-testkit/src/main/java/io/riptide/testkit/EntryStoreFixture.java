package io.riptide.testkit;

import io.riptide.entry.Ciphers;
import io.riptide.entry.Head;
import io.riptide.entry.StoreKey;
import io.riptide.spi.Condition;
import io.riptide.spi.EntryStore;
import io.riptide.spi.HeadPage;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.StoreWrite;
import io.riptide.spi.WriteOutcome;
import io.riptide.spi.WriteOutcome.Kind;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store opened before each test and closed after it, and short words for what is put into it. */
abstract class EntryStoreFixture {
    /** An instant at which the tests play: long ahead, for a store may drop by its own clock what has ended. */
    static final long NOW = 4_102_444_800_000L;

    static final long TTL = 60_000;
    static final long NO_LIMIT = Long.MAX_VALUE;

    @TempDir
    private Path directory;

    /** What is tested. */
    EntryStore store;

    /** Opens the store; opened once more over the same directory, after it was closed, it finds what was there. */
    protected abstract EntryStore open(Path directory);

    /**
     * How tenants' bytes lie in the store. A subclass that opens a store with others than these overrides it, and holds
     * the store to its contract once more for tenants that are encrypted.
     */
    protected Ciphers ciphers() {
        return Ciphers.NONE;
    }

    /**
     * By how many of the entries being replaced usage may exceed a limit for a moment: a store that counts the new one
     * before the old one is gone has one for each writer.
     */
    protected int replacedTwice() {
        return 0;
    }

    @BeforeEach
    final void openStore() {
        store = open(directory);
    }

    @AfterEach
    final void closeStore() {
        store.close();
    }

    final void reopen() {
        store.close();
        store = open(directory);
    }

    final WriteOutcome put(String tenant, String namespace, String key, byte[] envelope, long expires) {
        StoreWrite unstamped = write(key(tenant, namespace, key), key, envelope, expires, 1, Condition.NONE, NO_LIMIT);
        Head head = unstamped.head();
        Head stamped = new Head(
                head.key(),
                head.contentType(),
                head.createdMillis(),
                expires,
                1,
                head.valueBytes(),
                head.storedBytes(),
                List.of(),
                Head.generations(store.removals(tenant).now().latest()));
        return store.put(new StoreWrite(unstamped.key(), stamped, envelope, Condition.NONE, NO_LIMIT, NOW));
    }

    final Kind put(String tenant, String key, int length, long expires, Condition condition) {
        return store.put(write(key(tenant, "ns", key), key, bytes(length, 1), expires, 1, condition, NO_LIMIT))
                .kind();
    }

    final WriteOutcome putLimited(String key, int length, long limit) {
        return store.put(write(key("acme", "ns", key), key, bytes(length, 1), NOW + TTL, 1, Condition.NONE, limit));
    }

    final StoreKey key(String tenant, String namespace, String key) {
        return ciphers().of(tenant).storeKey(tenant, namespace, key);
    }

    static StoreWrite write(
            StoreKey at, String key, byte[] envelope, long expires, long version, Condition condition, long limit) {
        return new StoreWrite(at, head(key, envelope.length, expires, version), envelope, condition, limit, NOW);
    }

    static Head head(String key, int storedBytes, long expires, long version) {
        return new Head(key, "text/plain", NOW, expires, version, storedBytes, storedBytes, List.of(), List.of());
    }

    static byte[] bytes(int length, int seed) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) (seed + 1));
        return bytes;
    }

    /** What a walk over all pages of a namespace finds, expired or not. */
    final StoreUsage recount(String tenant, String namespace) {
        long bytes = 0;
        long entries = 0;
        StoreKey after = null;
        do {
            HeadPage page = store.list(tenant, namespace, after, 100, 0);
            for (Head head : page.heads()) {
                bytes += head.storedBytes();
                entries++;
            }
            after = page.next();
        } while (after != null);
        return new StoreUsage(bytes, entries);
    }
}
