package io.riptide.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.riptide.billing.UsageMeter;
import io.riptide.billing.UsageMeter.Meter;
import io.riptide.entry.Entry;
import io.riptide.entry.Removals;
import io.riptide.spi.RemovalView;
import io.riptide.spi.Time;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One tenant's part of L1, bounded by bytes. What it hands out is what it holds: a hit makes no object but its key. */
final class L1Share {
    /** What an entry costs besides its value and key: the objects around them and Caffeine's own node. */
    private static final int OVERHEAD_BYTES = 256;

    /** An entry above this part of what its tenant may hold now would push out too much of the rest. */
    private static final int LARGEST_PART = 8;

    private static final int COLDEST_LOOKED_AT = 64;
    private static final int EVICTED_NOTED = 64;
    /** So much is let go of at once: meanwhile fills of this share wait. */
    private static final long STEP_BYTES = 4 << 20;

    private final Cache<L1Key, Resident> cache;
    private final Policy.Eviction<L1Key, Resident> bound;
    /** Guarded by itself. */
    private final ArrayDeque<L1Key> evicted = new ArrayDeque<>();

    private final RemovalView removals;
    /** Null where this process alone writes to the store. */
    private final @Nullable Changes changes;

    private final Time time;
    private final UsageMeter meter;
    private final Governor governor;
    private final Appetite appetite = new Appetite();
    private volatile long maximumBytes;
    private volatile boolean closed;

    L1Share(long maximumBytes, Tiers tiers, RemovalView removals, UsageMeter meter) {
        this.maximumBytes = maximumBytes;
        this.governor = tiers.governor();
        this.removals = removals;
        this.changes = tiers.changes();
        this.time = tiers.time();
        this.meter = meter;
        this.cache = Caffeine.newBuilder()
                .maximumWeight(maximumBytes)
                .weigher(L1Share::weigh)
                .executor(Runnable::run)
                .removalListener(this::left)
                .build();
        this.bound = cache.policy().eviction().orElseThrow();
    }

    /** A fresh entry that can be relied on, or null. */
    Lookup.@Nullable Hit get(L1Key key) {
        Resident found = cache.getIfPresent(key);
        if (found != null && !found.judgedUpTo(removals.now().latest())) {
            found = judge(key, found, removals.now());
        }
        if (found == null) {
            return null;
        }
        if (changes != null && !trusts(key, found)) {
            changes.noteCheck();
            return null;
        }
        long now = time.wallMillis();
        if (found.endMillis() <= now) {
            var unused = removeIfGone(key, found, now);
            return null;
        }
        if (found.firstAsked()) {
            appetite.use(weigh(key, found));
        }
        return found.hit();
    }

    /** An entry that can be relied on, fresh or kept beyond its end, or null. */
    @Nullable Found kept(L1Key key) {
        Resident found = kept(key, time.wallMillis());
        return found == null || !trusts(key, found) ? null : new Found(found.hit(), found.endMillis());
    }

    /**
     * An entry of which no change was told, though some may have been missed, for one who can not ask the store; or
     * null. It ended, at the latest, when it was last known to be as it is.
     *
     * @param ended whether one that has ended by itself is wanted too
     */
    @Nullable Found unproven(L1Key key, boolean ended) {
        long now = time.wallMillis();
        Resident found = changes == null ? null : kept(key, now);
        Seen seen = found == null ? null : found.seen();
        if (changes == null || found == null || seen == null || changes.changed(seen)) {
            return null;
        }
        if (!ended && found.endMillis() <= now) {
            return null;
        }
        long provenMillis = now - TimeUnit.NANOSECONDS.toMillis(changes.unprovenNanos(seen));
        return new Found(found.hit(), Math.min(found.endMillis(), provenMillis));
    }

    private @Nullable Resident kept(L1Key key, long nowMillis) {
        Resident found = cache.getIfPresent(key);
        if (found != null && !found.judgedUpTo(removals.now().latest())) {
            found = judge(key, found, removals.now());
        }
        return found == null || removeIfGone(key, found, nowMillis) ? null : found;
    }

    /** Lets go of what is known to have changed. */
    private boolean trusts(L1Key key, Resident found) {
        Seen seen = found.seen();
        if (changes == null || seen == null || changes.trusts(seen)) {
            return true;
        }
        if (changes.changed(seen)) {
            var unused = cache.asMap().remove(key, found);
        }
        return false;
    }

    private @Nullable Resident judge(L1Key key, Resident found, Removals now) {
        Resident judged = found.judge(key.namespace(), now);
        if (judged == null) {
            var unused = cache.asMap().remove(key, found);
        } else if (judged != found) {
            replace(key, found, judged);
        }
        return judged;
    }

    /** Weighs the same. Taken in without being asked, for what it replaces is counted out after it. */
    private void replace(L1Key key, Resident found, Resident judged) {
        int weight = weigh(key, judged);
        governor.force(weight);
        if (!cache.asMap().replace(key, found, judged)) {
            governor.release(weight);
        }
    }

    /**
     * Judges all of it by the removals so far, so that a store can forget those of which it has nothing left. Costs
     * nothing where there was none since the last time.
     */
    void judgeAll() {
        Removals now = removals.now();
        if (now.marks().isEmpty()) {
            return;
        }
        cache.asMap().forEach((key, resident) -> {
            if (!resident.judgedUpTo(now.latest())) {
                var unused = judge(key, resident, now);
            }
        });
        removals.judged(now.latest());
    }

    private boolean removeIfGone(L1Key key, Resident resident, long nowMillis) {
        boolean gone = resident.hit().entry().head().goneAt(nowMillis);
        if (gone && cache.asMap().remove(key, resident)) {
            meter.add(Meter.EVICTED_EXPIRED);
        }
        return gone;
    }

    /**
     * Lets go of those among the entries asked for longest ago that are not kept any more. Looking at a few each second
     * stands in for a timer by entry, which every hit would have to move.
     */
    void removeGoneAmongColdest() {
        long now = time.wallMillis();
        bound.coldest(COLDEST_LOOKED_AT).forEach((key, resident) -> {
            var unused = removeIfGone(key, resident, now);
        });
    }

    /**
     * Puts an entry in where the fence still allows it, no change of it was told since it was asked for, and none that
     * was asked for later is there; atomic with {@link #invalidate} of the same key. One above an eighth of what the
     * tenant may hold now passes by, and so does any while all tenants together hold too much.
     */
    void fill(L1Key key, Resident read, Fence fence, long stamp) {
        if (!filled(key, read, fence, stamp) && read.seen() != null) {
            dropBefore(key, read.seen());
        }
    }

    private boolean filled(L1Key key, Resident read, Fence fence, long stamp) {
        int weight = weigh(key, read);
        appetite.come(key, weight);
        if (tooLarge(weight)) {
            appetite.miss(key, weight);
            return false;
        }
        if (!fence.valid(key, stamp) || changed(read) || !governor.take(weight)) {
            return false;
        }
        boolean taken =
                cache.asMap().compute(key, (k, old) -> fence.valid(k, stamp) && replaces(read, old) ? read : old)
                        == read;
        if (!taken) {
            governor.release(weight);
        }
        if (closed) {
            cache.invalidate(key);
        }
        return taken;
    }

    private static boolean replaces(Resident read, @Nullable Resident old) {
        Seen seen = read.seen();
        return old == null || seen == null || !old.askedAfter(seen);
    }

    private boolean changed(Resident read) {
        Seen seen = read.seen();
        return changes != null && seen != null && changes.changed(seen);
    }

    /**
     * The store was asked, and what it answered is not here: what lies here from an earlier time is not to stand in for
     * it later.
     */
    void dropBefore(L1Key key, Seen seen) {
        var unused = cache.asMap().computeIfPresent(key, (k, old) -> old.askedBefore(seen) ? null : old);
    }

    /** Whether an entry of that weight passes by. */
    boolean tooLarge(int weight) {
        return weight > maximumBytes / LARGEST_PART;
    }

    /** Caffeine calls it once for each entry that has gone, whatever the reason. */
    private void left(@Nullable L1Key key, @Nullable Resident resident, RemovalCause cause) {
        if (key == null || resident == null) {
            throw new IllegalStateException("neither is held weakly");
        }
        int weight = weigh(key, resident);
        governor.release(weight);
        if (resident.leave()) {
            appetite.unuse(weight);
        }
        if (cause.wasEvicted()) {
            noteEviction(key);
            appetite.miss(key, weight);
        }
    }

    /** What is held under a key, ended or not, without counting as a read. */
    @Nullable Resident peek(L1Key key) {
        return cache.policy().getIfPresentQuietly(key);
    }

    /** Whether a key is among the last that had to go for want of room. */
    boolean evictedLately(L1Key key) {
        synchronized (evicted) {
            return evicted.contains(key);
        }
    }

    private void noteEviction(L1Key key) {
        meter.add(Meter.EVICTED_BY_SIZE);
        synchronized (evicted) {
            if (evicted.size() == EVICTED_NOTED) {
                evicted.removeFirst();
            }
            evicted.addLast(key);
        }
    }

    /** Lets go of what is held under a key, but for what was written as that version; zero is none. */
    void invalidate(L1Key key, long butVersion) {
        if (butVersion == 0) {
            cache.invalidate(key);
        } else {
            // Waits for a fill that has begun.
            var unused = cache.asMap().compute(key, (k, held) -> isVersion(held, butVersion) ? held : null);
        }
    }

    private static boolean isVersion(@Nullable Resident held, long version) {
        return held != null && held.hit().entry().head().version() == version;
    }

    /** Lets go of all, and of what comes in from now on. */
    void close() {
        closed = true;
        cache.invalidateAll();
    }

    Appetite appetite() {
        return appetite;
    }

    /** Under the governor's lock. */
    Claim claim(long limitBytes) {
        return appetite.claim(bound.weightedSize().orElse(0), limitBytes);
    }

    /** Under the governor's lock. */
    void nextRound() {
        appetite.nextRound(cache.estimatedSize());
    }

    /** What it may hold. */
    long maximum() {
        return maximumBytes;
    }

    /** Under the governor's lock: changes what it may hold; less is let go of step by step. */
    void maximum(long bytes) {
        maximumBytes = bytes;
        long from = Math.min(bound.getMaximum(), bound.weightedSize().orElse(0));
        for (long at = from - STEP_BYTES; at > bytes; at -= STEP_BYTES) {
            bound.setMaximum(at);
        }
        bound.setMaximum(bytes);
    }

    /** Bytes held, as weighed. */
    long bytes() {
        cache.cleanUp();
        return bound.weightedSize().orElse(0);
    }

    /** Bytes held, counted entry by entry. */
    long recount() {
        return cache.asMap().entrySet().stream()
                .mapToLong(held -> weigh(held.getKey(), held.getValue()))
                .sum();
    }

    private static int weigh(L1Key key, Resident resident) {
        return weightOf(key, resident.hit().entry());
    }

    static int weightOf(L1Key key, Entry entry) {
        return OVERHEAD_BYTES + 2 * key.key().length() + entry.size();
    }
}
