package io.riptide.cache;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.entry.DictionarySource;
import io.riptide.entry.EntryCipher;
import io.riptide.entry.Envelope;
import io.riptide.entry.Head;
import io.riptide.entry.Opening;
import io.riptide.entry.Removals;
import io.riptide.entry.StoreKey;
import io.riptide.grant.TenantGrant;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.RemovalView;
import io.riptide.spi.TenantRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads of one namespace once the permits are taken. A read that the store fails gives its permits back. */
final class ReadPath {
    private final TenantCache cache;
    private final Namespace namespace;
    private final TenantGrant grant;
    private final DictionarySource dictionaries;
    private final long ownStaleMillis;

    ReadPath(TenantCache cache, Namespace namespace) {
        this.cache = cache;
        this.namespace = namespace;
        this.grant = cache.grant();
        this.dictionaries = cache.dictionaries(namespace.name());
        long seconds = cache.tiers().config().namespace(namespace.name()).load().staleIfErrorSeconds();
        this.ownStaleMillis = TimeUnit.SECONDS.toMillis(seconds);
    }

    /** A read that L1 did not answer. */
    Lookup fromStore(L1Key at) {
        Lookup lookup;
        try {
            lookup = read(at, false).lookup();
        } catch (RipTideException e) {
            return unprovenOrThrow(at, ownStaleMillis, null, e);
        }
        grant.meter().add(lookup instanceof Lookup.Hit ? Meter.HIT_L2 : Meter.MISS);
        countCause(lookup);
        return lookup;
    }

    /**
     * What stands in where the store failed a read: what L1 holds and can not be relied on without it. Where there is
     * none, the read fails as the store did, and its permit is given back.
     *
     * @param windowMillis how long ago it may have been proven
     * @param loader of a read with one, which is to accept it, and for which what has ended and is still kept will do
     */
    Lookup.Stale unprovenOrThrow(L1Key at, long windowMillis, @Nullable Loader loader, RipTideException failure) {
        Lookup.Stale stale = unproven(at, windowMillis, loader != null, failure);
        if (stale == null || (loader != null && !loader.accepts(stale.entry()))) {
            grant.allowance().giveBack(1);
            throw failure;
        }
        grant.meter().add(Meter.STALE);
        noteStale(1);
        return stale;
    }

    private void noteStale(int keys) {
        Changes changes = cache.tiers().changes();
        if (changes != null) {
            changes.noteStale(keys);
        }
    }

    private Lookup.@Nullable Stale unproven(L1Key at, long windowMillis, boolean ended, RipTideException failure) {
        if (windowMillis == 0
                || failure.problem().code() != ProblemCode.STORE_UNAVAILABLE
                || grant.status() != TenantRecord.Status.ACTIVE) {
            return null;
        }
        Found found = cache.share().unproven(at, ended);
        return found == null
                        || found.head().saysNothing()
                        || found.staleMillis(windowMillis, cache.tiers().time().wallMillis()) <= 0
                ? null
                : found.stale(Lookup.Why.FAILED);
    }

    private void countCause(Lookup lookup) {
        switch (lookup) {
            case Lookup.Stale stale -> grant.meter().add(Meter.MISS_EXPIRED);
            case Lookup.Miss(var cause)
            when cause == Lookup.Cause.EXPIRED -> grant.meter().add(Meter.MISS_EXPIRED);
            case Lookup.Miss(var cause)
            when cause == Lookup.Cause.REMOVED -> grant.meter().add(Meter.MISS_REMOVED);
            default -> {
                // What is absent is what is left, and what is damaged is counted where it was seen.
            }
        }
    }

    /** Reads many, what L1 does not hold in one round trip; takes the permits once all keys are known to be valid. */
    List<Lookup> all(List<String> keys) {
        Lookup[] found = new Lookup[keys.size()];
        List<L1Key> missing = List.of();
        L1Share share = cache.share();
        for (int i = 0; i < found.length; i++) {
            L1Key at = new L1Key(namespace, keys.get(i));
            Lookup.Hit hit = share.get(at);
            if (hit != null) {
                found[i] = hit;
                continue;
            }
            StoreKey.requireKey(at.key());
            if (missing.isEmpty()) {
                missing = new ArrayList<>();
            }
            missing.add(at);
        }
        grant.permit(found.length);
        int hitsL2 = missing.isEmpty() ? 0 : fill(found, lookAllOrGiveBack(missing, found.length));
        grant.meter().add(Meter.BATCH_HIT_L1, found.length - missing.size());
        if (!missing.isEmpty()) {
            grant.meter().add(Meter.BATCH_HIT_L2, hitsL2);
            grant.meter().add(Meter.BATCH_MISS, missing.size() - hitsL2);
        }
        return Arrays.asList(found);
    }

    /** Fills the gaps in their order; returns how many of them were hits. */
    private int fill(@Nullable Lookup[] found, List<? extends Lookup> read) {
        int hits = 0;
        int next = 0;
        for (int i = 0; i < found.length; i++) {
            if (found[i] == null) {
                Lookup lookup = read.get(next++);
                found[i] = lookup;
                hits += lookup instanceof Lookup.Hit ? 1 : 0;
                countCause(lookup);
            }
        }
        return hits;
    }

    /** Where the store fails them and there is nothing to stand in for each of them, all permits are given back. */
    private List<? extends Lookup> lookAllOrGiveBack(List<L1Key> keys, int permits) {
        try {
            return lookAll(keys);
        } catch (RipTideException e) {
            List<Lookup.Stale> stale = new ArrayList<>(keys.size());
            for (L1Key at : keys) {
                Lookup.Stale one = unproven(at, ownStaleMillis, false, e);
                if (one == null) {
                    grant.allowance().giveBack(permits);
                    throw e;
                }
                stale.add(one);
            }
            noteStale(stale.size());
            return stale;
        }
    }

    /** What the store holds, which then fills L1; null where nothing live is there. */
    Lookup.@Nullable Hit look(L1Key at) {
        return read(at, false).lookup() instanceof Lookup.Hit hit ? hit : null;
    }

    /** What the store holds, fresh or kept beyond its end, which then fills L1; null where nothing is there. */
    @Nullable Found find(L1Key at) {
        return read(at, true).found();
    }

    /** What a read of the store came to: an entry, or else the cause. */
    private record Read(@Nullable Found found, Lookup.Cause cause) {
        private static final Read ABSENT = new Read(null, Lookup.Cause.ABSENT);
        private static final Read EXPIRED = new Read(null, Lookup.Cause.EXPIRED);
        private static final Read REMOVED = new Read(null, Lookup.Cause.REMOVED);
        private static final Read DAMAGED = new Read(null, Lookup.Cause.DAMAGED);

        private Lookup lookup() {
            return found == null ? new Lookup.Miss(cause) : found.hit();
        }
    }

    private Read read(L1Key at, boolean ended) {
        EntryCipher cipher = grant.cipher();
        StoreKey key = cipher.storeKey(grant.tenantId(), namespace.name(), at.key());
        RemovalView view = cache.removals();
        while (true) {
            Removals known = view.now();
            Seen seen = seen(key);
            long stamp = cache.fence().stamp(at);
            byte[] bytes = cache.tiers().store().get(key);
            Removals now = view.now();
            if (now.forgotten() <= known.latest()) {
                return open(new Asked(at, key, cipher, stamp, seen), bytes, known, now, ended);
            }
        }
    }

    /** What was asked of the store, and what was known before. */
    private record Asked(
            L1Key at,
            StoreKey key,
            EntryCipher cipher,
            long stamp,
            @Nullable Seen seen) {}

    private @Nullable Seen seen(StoreKey key) {
        Changes changes = cache.tiers().changes();
        return changes == null ? null : changes.before(key);
    }

    private List<Lookup> lookAll(List<L1Key> keys) {
        List<Asked> asked = new ArrayList<>(keys.size());
        EntryCipher cipher = grant.cipher();
        for (L1Key at : keys) {
            long stamp = cache.fence().stamp(at);
            StoreKey key = cipher.storeKey(grant.tenantId(), namespace.name(), at.key());
            asked.add(new Asked(at, key, cipher, stamp, seen(key)));
        }
        Removals known = cache.removals().now();
        List<byte @Nullable []> read =
                cache.tiers().store().getAll(asked.stream().map(Asked::key).toList());
        Removals now = cache.removals().now();
        boolean again = now.forgotten() > known.latest();
        List<Lookup> lookups = new ArrayList<>(asked.size());
        for (int i = 0; i < asked.size(); i++) {
            Read one = again ? read(keys.get(i), false) : open(asked.get(i), read.get(i), known, now, false);
            lookups.add(one.lookup());
        }
        return lookups;
    }

    /**
     * Opens and judges what was read.
     *
     * @param known the removals before it was read, of which some may have been worked off and forgotten since
     * @param now the removals after it was read
     * @param ended whether what has ended and is still kept is wanted too
     */
    private Read open(Asked asked, byte @Nullable [] bytes, Removals known, Removals now, boolean ended) {
        Read read = bytes == null ? Read.ABSENT : opened(asked, bytes, known, now, ended);
        if (read.found() == null && asked.seen() != null) {
            cache.share().dropBefore(asked.at(), asked.seen());
        }
        return read;
    }

    private Read opened(Asked asked, byte[] bytes, Removals known, Removals now, boolean ended) {
        L1Key at = asked.at();
        return switch (Envelope.open(asked.key(), at.key(), bytes, dictionaries, asked.cipher())) {
            case Opening.Opened opened -> {
                Head head = opened.entry().head();
                long end = Math.min(known.end(namespace.name(), head), now.end(namespace.name(), head));
                if (end == Removals.REMOVED || (head.saysNothing() && !ended)) {
                    yield head.saysNothing() ? Read.ABSENT : Read.REMOVED;
                }
                boolean byRemoval = end < head.expiresMillis();
                end = Math.min(head.expiresMillis(), end);
                if ((ended ? head.keptMillis() : end) <= cache.tiers().time().wallMillis()) {
                    yield byRemoval ? Read.REMOVED : Read.EXPIRED;
                }
                Lookup.Hit inL1 = new Lookup.Hit(opened.entry(), Lookup.Tier.L1);
                Resident resident = new Resident(inL1, end, now.latest(), asked.seen());
                cache.share().fill(at, resident, cache.fence(), asked.stamp());
                yield new Read(new Found(new Lookup.Hit(opened.entry(), Lookup.Tier.L2), end), Lookup.Cause.ABSENT);
            }
            case Opening.OtherKey other -> Read.ABSENT;
            case Opening.Damaged damaged -> {
                grant.meter().add(Meter.DAMAGED);
                cache.tiers().store().discard(asked.key(), bytes);
                yield Read.DAMAGED;
            }
        };
    }
}
