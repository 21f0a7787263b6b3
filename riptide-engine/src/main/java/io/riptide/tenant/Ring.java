package io.riptide.tenant;

import io.riptide.entry.AesGcm;
import io.riptide.entry.DataKey;
import io.riptide.entry.DataKeys;
import io.riptide.entry.EntryCipher;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.KeyringStore;
import io.riptide.spi.KeyringStore.WrappedKey;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One tenant's keys as this process has unwrapped them. How often a key was used is counted over all processes and
 * restarts by taking uses of the store {@value #AT_ONCE} at a time before they are made: a process that ends loses at
 * most so many, and no key is ever used more often than {@value #MOST_USES} times.
 */
final class Ring implements DataKeys {
    /** Far below the 2^32 up to which random nonces of 96 bits are safe (NIST SP 800-38D, 8.3). */
    static final long MOST_USES = 1L << 31;

    static final long AT_ONCE = 1L << 20;
    static final long MOST_MILLIS = TimeUnit.DAYS.toMillis(30);
    /** For how long a key that is too old is used on before it is tried again to renew it. */
    static final long AGAIN_MILLIS = 10_000;

    private static final int MOST_UNKNOWN = 64;
    private static final long UNKNOWN_MILLIS = 10_000;

    private final Keyring keyring;
    private final String tenantId;
    private final long tenantCreatedMillis;
    private final EntryCipher cipher;
    private final ConcurrentHashMap<Integer, DataKey> keys = new ConcurrentHashMap<>();
    /** Numbers that the store did not know, and until when it isn't asked again. */
    private final Map<Integer, Long> unknown = new ConcurrentHashMap<>();

    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean active;
    private volatile InUse inUse;

    /** The key that seals, until when it need not be renewed, and how many uses of it are taken and not yet made. */
    private record InUse(DataKey key, long renewMillis, AtomicLong left) {}

    Ring(Keyring keyring, KeyringStore.Ring row, AesGcm gcm) {
        this.keyring = keyring;
        this.tenantId = row.tenantId();
        this.tenantCreatedMillis = row.tenantCreatedMillis();
        this.active = row.active();
        this.cipher = EntryCipher.of(gcm, keyring.unwrap(tenantId, row.nameSecret()), this);
        this.inUse = take(row);
    }

    private InUse take(KeyringStore.Ring row) {
        for (WrappedKey key : row.keys()) {
            keys.computeIfAbsent(key.number(), n -> new DataKey(n, keyring.unwrap(tenantId, key.bytes())));
        }
        WrappedKey newest = row.newest();
        DataKey key = Objects.requireNonNull(keys.get(newest.number()));
        return new InUse(key, newest.createdMillis() + MOST_MILLIS, new AtomicLong());
    }

    long tenantCreatedMillis() {
        return tenantCreatedMillis;
    }

    EntryCipher cipher() {
        return cipher;
    }

    boolean active() {
        return active;
    }

    void active(boolean now) {
        active = now;
    }

    @Override
    public DataKey toSealWith(long nowMillis) {
        InUse now = inUse;
        if (nowMillis < now.renewMillis && now.left.decrementAndGet() >= 0) {
            return now.key;
        }
        lock.lock();
        try {
            return nextUse(nowMillis);
        } finally {
            lock.unlock();
        }
    }

    private DataKey nextUse(long nowMillis) {
        if (nowMillis >= inUse.renewMillis) {
            renewIfPossible(nowMillis);
        }
        while (true) {
            InUse now = inUse;
            if (now.left.decrementAndGet() >= 0) {
                return now.key;
            }
            long taken = keyring.store().reserve(tenantId, tenantCreatedMillis, now.key.number(), AT_ONCE);
            if (taken < 0) {
                throw Keyring.unavailable("This tenant's keys are gone.");
            }
            if (taken > MOST_USES) {
                renewByItself();
            } else {
                now.left.set(AT_ONCE);
            }
        }
    }

    /** Its age alone is no reason to refuse a write, nor to have all writes wait for a keyring that is away. */
    private void renewIfPossible(long nowMillis) {
        InUse old = inUse;
        inUse = new InUse(old.key, nowMillis + AGAIN_MILLIS, old.left);
        try {
            renewByItself();
        } catch (RipTideException e) {
            if (e.problem().code() != ProblemCode.STORE_UNAVAILABLE) {
                throw e;
            }
        }
    }

    private void renewByItself() {
        if (renewLocked()) {
            keyring.renewedByItself(tenantId, inUse.key.number());
        }
    }

    /** Has a fresh key used from here on, or the one that another process made meanwhile; its number. */
    int renew() {
        lock.lock();
        try {
            boolean unused = renewLocked();
            return inUse.key.number();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the key that is used from here on is one that this process made. */
    private boolean renewLocked() {
        WrappedKey fresh = keyring.freshKey(tenantId, inUse.key.number() + 1);
        KeyringStore.Ring row = keyring.store().add(tenantId, tenantCreatedMillis, fresh);
        if (row == null) {
            throw Keyring.unavailable("This tenant's keys are gone.");
        }
        inUse = take(row);
        return Arrays.equals(row.newest().bytes(), fresh.bytes());
    }

    @Override
    public @Nullable DataKey byNumber(int number) {
        DataKey known = keys.get(number);
        return known == null ? lookUp(number) : known;
    }

    /** Another process may have made it. What the store does not know either it is not asked for all the time. */
    private @Nullable DataKey lookUp(int number) {
        long now = keyring.wallMillis();
        Long until = unknown.get(number);
        if (until != null && now < until) {
            return null;
        }
        KeyringStore.Ring row = keyring.store().ring(tenantId);
        if (row != null && row.tenantCreatedMillis() == tenantCreatedMillis) {
            lock.lock();
            try {
                if (row.newest().number() > inUse.key.number()) {
                    inUse = take(row);
                }
            } finally {
                lock.unlock();
            }
        }
        DataKey found = keys.get(number);
        if (found == null) {
            if (unknown.size() >= MOST_UNKNOWN) {
                unknown.clear();
            }
            unknown.put(number, now + UNKNOWN_MILLIS);
        }
        return found;
    }
}
