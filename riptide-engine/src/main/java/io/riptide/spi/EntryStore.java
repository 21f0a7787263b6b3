package io.riptide.spi;

import io.riptide.entry.StoreKey;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The second tier: envelopes by key. It is the truth; what it acknowledges survives the process. A write and its
 * accounting are one step: a crash leaves both or neither. Writes of one key are ordered, and a read that begins after
 * a write was acknowledged sees it.
 *
 * <p>Every method throws a {@code RipTideException} with {@code store-unavailable} where the store cannot answer; the
 * write is then not acknowledged.
 */
public interface EntryStore extends AutoCloseable {
    /** The envelope under a key as it was written, expired, removed or not, or null. The caller opens and judges it. */
    byte @Nullable [] get(StoreKey key);

    /** Many at once in one round trip, in the order of the keys; null where there is none. */
    List<byte @Nullable []> getAll(List<StoreKey> keys);

    /** Writes one entry under its condition and limit. */
    WriteOutcome put(StoreWrite write);

    /** Writes many in one round trip, in order, each with an outcome of its own; not atomic as a whole. */
    List<WriteOutcome> putAll(List<StoreWrite> writes);

    /** Removes one entry where the condition holds. */
    WriteOutcome remove(StoreKey key, Condition condition, long nowMillis);

    /** Removes bytes that did not open, where they are still the ones that were read; what replaced them stays. */
    void discard(StoreKey key, byte[] damaged);

    /**
     * Lists a namespace from heads alone.
     *
     * @param after where the last page ended ({@link HeadPage#next()}), or null to begin
     * @param limit at least 1
     */
    HeadPage list(String tenantId, String namespace, @Nullable StoreKey after, int limit, long nowMillis);

    /**
     * Removes many, or makes them stale. That takes place at once: every read and write that begins after this returned
     * finds them so, and usage is freed of up to {@value Removed#COUNTED} of them, and of a whole namespace or tenant
     * however many there are. Bytes, and the usage of the rest, go with {@link #reclaim}. A read of the store may still
     * return their bytes: {@link #removals} tells how they stand.
     */
    Removed removeAll(Removal removal, Departures departures);

    /** The same where nobody asks what went. */
    default Removed removeAll(Removal removal) {
        return removeAll(removal, Departures.UNHEARD);
    }

    /** The tenant's removals: the same live view for all, as long as somebody holds it. */
    RemovalView removals(String tenantId);

    /**
     * Frees what removals left behind: a step of some milliseconds, by one thread at a time; true where more is to be
     * done.
     */
    boolean reclaim(long nowMillis, Departures departures);

    /** The same where nobody asks what went. */
    default boolean reclaim() {
        return reclaim(0, Departures.UNHEARD);
    }

    /**
     * Keeps a dictionary, as durably as a write, until the instant that it names: an entry that is written after this
     * returns may need it. Where one of that id is there already its bytes stay, and it is needed until the later of
     * both instants.
     */
    void keepDictionary(StoredDictionary dictionary);

    /** One dictionary of a tenant's namespace, or null where it is not there or not whole. */
    @Nullable StoredDictionary dictionary(String tenantId, String namespace, int id);

    /** All of a tenant's namespace that are there and whole, the newest first; there are few. */
    List<StoredDictionary> dictionaries(String tenantId, String namespace);

    /** Removes all of a tenant's dictionaries; entries that need one are damaged from here on. */
    void removeDictionaries(String tenantId);

    /** What a tenant's dictionaries occupy, in bytes. Not part of its usage; linear in their number. */
    long dictionaryBytes(String tenantId);

    /** Removes every trace of a tenant; its usage is zero afterwards. No writer of that tenant may be running. */
    void removeTenant(String tenantId);

    /** What a tenant occupies; cheap, exact. */
    StoreUsage usage(String tenantId);

    /**
     * Removes what had expired at {@code nowMillis}, in batches that check each entry once more, and dictionaries that
     * are not needed any more. Called about once a second by one thread; returns how many entries went.
     */
    long sweep(long nowMillis, Departures departures);

    /** The same where nobody asks what went. */
    default long sweep(long nowMillis) {
        return sweep(nowMillis, Departures.UNHEARD);
    }

    /**
     * Makes room in a tenant's usage: takes out those of its entries that end first, as far as a sample of some hundred
     * tells, until so many bytes are free or none is left. Usage is freed with it.
     *
     * @param bytes at least 1
     * @param departures is told of each that had not ended
     * @return how many bytes were freed, which may be somewhat more
     */
    long evict(String tenantId, long bytes, long nowMillis, Departures departures);

    /**
     * Whether writes are taken. False where the last one was refused (a full disk, say) and so is another, which this
     * call tries then and which changes nothing; costs nothing while writes are taken. Called about once a second.
     */
    boolean takesWrites();

    /** How calls go; known without asking the store. */
    default StoreCalls calls() {
        return StoreCalls.NONE;
    }

    /**
     * What keeps an acknowledged write, in a sentence for who runs the store, which is asked for it.
     *
     * @throws io.riptide.problem.RipTideException {@code store-unavailable}
     */
    String durability();

    /** Figures of the store itself in bytes and counts (disk, native memory), by name. */
    Map<String, Long> report();

    /** Flushes and lets go; idempotent. */
    @Override
    void close();
}
