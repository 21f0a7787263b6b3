package io.riptide.tenant;

import io.riptide.entry.AesGcm;
import io.riptide.entry.Ciphers;
import io.riptide.entry.DataKey;
import io.riptide.entry.EntryCipher;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.KeyWrapper;
import io.riptide.spi.KeyringStore;
import io.riptide.spi.KeyringStore.WrappedKey;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.Time;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of encrypted tenants: made, wrapped, kept, found again, renewed and destroyed here. All of them are known
 * from the start, so that what lies in a store is read without asking; those that other processes make are learned of
 * with their tenants' rows, or when bytes name them.
 *
 * <p>Any number of threads.
 */
public final class Keyring implements Ciphers {
    private static final Logger LOG = LoggerFactory.getLogger(Keyring.class);
    private static final int PAGE = 1_000;
    private static final int MOST_UNKNOWN = 10_000;
    private static final long UNKNOWN_MILLIS = 1_000;
    private static final String SETTING = "security.master_key";

    private final KeyringStore store;
    private final @Nullable KeyWrapper wrapper;
    private final AesGcm gcm;
    private final SecureRandom random;
    private final LongSupplier wallMillis;
    private final ConcurrentHashMap<String, Ring> rings = new ConcurrentHashMap<>();
    /** Tenants that had no ring when it was looked, and until when it is not looked again. */
    private final Map<String, Long> unknown = new ConcurrentHashMap<>();

    private final List<Renewals> listeners = new CopyOnWriteArrayList<>();

    /** Who is told of keys that were renewed because they were used up or too old. */
    @FunctionalInterface
    public interface Renewals {
        /** A tenant has a data key of that number now; called by a writer, which waits: to be noted, not worked on. */
        void renewed(String tenantId, int number);
    }

    private Keyring(
            KeyringStore store,
            @Nullable KeyWrapper wrapper,
            AesGcm gcm,
            SecureRandom random,
            LongSupplier wallMillis) {
        this.store = store;
        this.wrapper = wrapper;
        this.gcm = gcm;
        this.random = random;
        this.wallMillis = wallMillis;
    }

    /** Without a master key, and with no tenant encrypted. */
    public static Keyring none(SecureRandom random, Time time) {
        return new Keyring(KeyringStore.inMemory(), null, new AesGcm(random), random, time::wallMillis);
    }

    /**
     * Over this store, which the caller closes.
     *
     * @param wrapper null where there is no master key
     * @param wallMillis epoch milliseconds now
     * @throws RipTideException {@code config-invalid}, naming {@code security.master_key}, where keys are there that it
     *     does not open, or a tenant is encrypted and there is none
     */
    public static Keyring open(
            KeyringStore store,
            @Nullable KeyWrapper wrapper,
            AesGcm gcm,
            SecureRandom random,
            LongSupplier wallMillis) {
        Keyring keyring = new Keyring(store, wrapper, gcm, random, wallMillis);
        String after = null;
        List<KeyringStore.Ring> page;
        do {
            page = store.rings(after, PAGE);
            page.forEach(keyring::learn);
            after = page.isEmpty() ? null : page.getLast().tenantId();
        } while (page.size() == PAGE);
        return keyring;
    }

    private void learn(KeyringStore.Ring row) {
        if (wrapper == null) {
            if (row.active()) {
                throw wrong("not set, and a tenant is encrypted (expected: the key that its keys were wrapped with)");
            }
            return;
        }
        rings.put(row.tenantId(), new Ring(this, row, gcm));
    }

    private static RipTideException wrong(String what) {
        return Problem.of(ProblemCode.CONFIG_INVALID, SETTING + ": " + what).asException();
    }

    static RipTideException unavailable(String text) {
        return Problem.of(ProblemCode.STORE_UNAVAILABLE, text).asException();
    }

    KeyringStore store() {
        return store;
    }

    long wallMillis() {
        return wallMillis.getAsLong();
    }

    byte[] unwrap(String tenantId, byte[] wrapped) {
        byte[] key = wrapper == null ? null : wrapper.unwrap(tenantId, wrapped);
        if (key == null || key.length != DataKey.BYTES) {
            throw wrong("does not open the keys of a tenant (expected: the key that they were wrapped with)");
        }
        return key;
    }

    WrappedKey freshKey(String tenantId, int number) {
        return new WrappedKey(number, wrap(tenantId), wallMillis.getAsLong());
    }

    private byte[] wrap(String tenantId) {
        KeyWrapper by = wrapper;
        if (by == null) {
            throw unavailable("This node has no " + SETTING + ", which an encrypted tenant needs.");
        }
        byte[] key = new byte[DataKey.BYTES];
        random.nextBytes(key);
        return by.wrap(tenantId, key);
    }

    /** Whether tenants can be encrypted: there is a master key. */
    public boolean canEncrypt() {
        return wrapper != null;
    }

    @Override
    public EntryCipher of(String tenantId) {
        Ring ring = rings.get(tenantId);
        return ring != null && ring.active() ? ring.cipher() : EntryCipher.NONE;
    }

    @Override
    public EntryCipher find(String tenantId) {
        Ring known = rings.get(tenantId);
        if (known != null) {
            return known.cipher();
        }
        Long until = unknown.get(tenantId);
        if (until != null && wallMillis.getAsLong() < until) {
            return EntryCipher.NONE;
        }
        KeyringStore.Ring row = wrapper == null ? null : store.ring(tenantId);
        if (row == null) {
            if (unknown.size() >= MOST_UNKNOWN) {
                unknown.clear();
            }
            unknown.put(tenantId, wallMillis.getAsLong() + UNKNOWN_MILLIS);
            return EntryCipher.NONE;
        }
        return rings.computeIfAbsent(tenantId, id -> new Ring(this, row, gcm)).cipher();
    }

    /**
     * How the entries of a tenant are written and read from here on, as its row says: makes its keys where it has none,
     * and a fresh one where it was switched off before.
     *
     * @throws RipTideException {@code store-unavailable} where the keys can be neither found nor kept, or there is no
     *     master key
     */
    public EntryCipher cipher(TenantRecord tenant) {
        String id = tenant.id();
        Ring known = rings.get(id);
        if (!tenant.encryptionEnabled()) {
            if (known != null && known.active()) {
                boolean unused = store.activate(id, known.tenantCreatedMillis(), false);
                known.active(false);
            }
            return EntryCipher.NONE;
        }
        if (known != null && known.active() && known.tenantCreatedMillis() == tenant.createdMillis()) {
            return known.cipher();
        }
        Ring ring = rings.compute(id, (same, there) -> begun(tenant, there));
        return ring.cipher();
    }

    private Ring begun(TenantRecord tenant, @Nullable Ring there) {
        String id = tenant.id();
        long created = tenant.createdMillis();
        Ring ring = there != null && there.tenantCreatedMillis() == created ? there : null;
        if (ring == null) {
            KeyringStore.Ring kept = store.ring(id);
            if (kept == null || kept.tenantCreatedMillis() != created) {
                WrappedKey first = freshKey(id, 1);
                kept = store.begin(new KeyringStore.Ring(id, created, wrap(id), true, List.of(first)));
                LOG.info("The tenant {} has keys of its own now", id);
            }
            ring = new Ring(this, kept, gcm);
        }
        if (!ring.active()) {
            int unused = ring.renew();
            boolean unusedToo = store.activate(id, created, true);
            ring.active(true);
        }
        return ring;
    }

    /** Has a fresh data key of an encrypted tenant used from here on; its number. Old ones go on opening. */
    public int rotate(TenantRecord tenant) {
        EntryCipher cipher = cipher(tenant);
        Ring ring = rings.get(tenant.id());
        if (!cipher.encrypts() || ring == null) {
            throw Problem.of(ProblemCode.CONFLICT, "The tenant is not encrypted: it has no data key to rotate.")
                    .asException();
        }
        return ring.renew();
    }

    /** Called with each data key that this process made without anybody asking for it. */
    public void onRenewal(Renewals listener) {
        listeners.add(listener);
    }

    void renewedByItself(String tenantId, int number) {
        LOG.info("The tenant {} has the data key {} now: the one before was used up or too old", tenantId, number);
        listeners.forEach(listener -> listener.renewed(tenantId, number));
    }

    /** Destroys a tenant's keys: whatever is left of its bytes, here or in a copy, does not open any more. */
    public void destroy(String tenantId) {
        store.destroy(tenantId);
        rings.remove(tenantId);
    }

    /** Lets go of the keys of a tenant that is gone. */
    public void forget(String tenantId) {
        rings.remove(tenantId);
    }
}
