package io.riptide.cache;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.entry.DictionarySource;
import io.riptide.entry.Envelope;
import io.riptide.entry.Head;
import io.riptide.entry.Opening;
import io.riptide.entry.Removals;
import io.riptide.entry.StoreKey;
import io.riptide.grant.TenantGrant;
import io.riptide.problem.RipTideException;
import io.riptide.spi.RemovalView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads of one namespace once the permits are taken. A read that the store fails gives its permits back. */
final class ReadPath {
    private final TenantCache cache;
    private final Namespace namespace;
    private final TenantGrant grant;
    private final DictionarySource dictionaries;

    ReadPath(TenantCache cache, Namespace namespace) {
        this.cache = cache;
        this.namespace = namespace;
        this.grant = cache.grant();
        this.dictionaries = cache.dictionaries(namespace.name());
    }

    /** A read that L1 did not answer. */
    Lookup fromStore(L1Key at) {
        Lookup lookup = lookOrGiveBack(at);
        grant.meter().add(lookup instanceof Lookup.Hit ? Meter.HIT_L2 : Meter.MISS);
        countCause(lookup);
        return lookup;
    }

    private void countCause(Lookup lookup) {
        if (lookup instanceof Lookup.Miss(var cause)) {
            switch (cause) {
                case EXPIRED -> grant.meter().add(Meter.MISS_EXPIRED);
                case REMOVED -> grant.meter().add(Meter.MISS_REMOVED);
                case ABSENT, DAMAGED -> {
                    // The first is what is left, the second is counted where it was seen.
                }
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
        int hitsL2 = missing.isEmpty() ? 0 : fromStore(missing, found);
        grant.meter().add(Meter.BATCH_HIT_L1, found.length - missing.size());
        if (!missing.isEmpty()) {
            grant.meter().add(Meter.BATCH_HIT_L2, hitsL2);
            grant.meter().add(Meter.BATCH_MISS, missing.size() - hitsL2);
        }
        return Arrays.asList(found);
    }

    /** Fills the gaps in their order; returns how many of them were hits. */
    private int fromStore(List<L1Key> missing, @Nullable Lookup[] found) {
        List<Lookup> read = lookAllOrGiveBack(missing, found.length);
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

    private Lookup lookOrGiveBack(L1Key at) {
        try {
            return read(at, false).lookup();
        } catch (RipTideException e) {
            grant.allowance().giveBack(1);
            throw e;
        }
    }

    /** As {@link #find}; where the store fails it, the read's permit is given back. */
    @Nullable Found findOrGiveBack(L1Key at) {
        try {
            return find(at);
        } catch (RipTideException e) {
            grant.allowance().giveBack(1);
            throw e;
        }
    }

    private List<Lookup> lookAllOrGiveBack(List<L1Key> keys, int permits) {
        try {
            return lookAll(keys);
        } catch (RipTideException e) {
            grant.allowance().giveBack(permits);
            throw e;
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
        StoreKey key = StoreKey.of(grant.tenantId(), namespace.name(), at.key());
        RemovalView view = cache.removals();
        while (true) {
            Removals known = view.now();
            long stamp = cache.fence().stamp(at);
            byte[] bytes = cache.tiers().store().get(key);
            Removals now = view.now();
            if (now.forgotten() <= known.latest()) {
                return open(at, key, bytes, stamp, known, now, ended);
            }
        }
    }

    private List<Lookup> lookAll(List<L1Key> keys) {
        long[] stamps = new long[keys.size()];
        List<StoreKey> storeKeys = new ArrayList<>(stamps.length);
        for (int i = 0; i < stamps.length; i++) {
            stamps[i] = cache.fence().stamp(keys.get(i));
            storeKeys.add(
                    StoreKey.of(grant.tenantId(), namespace.name(), keys.get(i).key()));
        }
        Removals known = cache.removals().now();
        List<byte @Nullable []> read = cache.tiers().store().getAll(storeKeys);
        Removals now = cache.removals().now();
        boolean again = now.forgotten() > known.latest();
        List<Lookup> lookups = new ArrayList<>(stamps.length);
        for (int i = 0; i < stamps.length; i++) {
            Read one = again
                    ? read(keys.get(i), false)
                    : open(keys.get(i), storeKeys.get(i), read.get(i), stamps[i], known, now, false);
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
    private Read open(
            L1Key at, StoreKey key, byte @Nullable [] bytes, long stamp, Removals known, Removals now, boolean ended) {
        if (bytes == null) {
            return Read.ABSENT;
        }
        return switch (Envelope.open(key, at.key(), bytes, dictionaries)) {
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
                cache.share().fill(at, new Resident(inL1, end, now.latest()), cache.fence(), stamp);
                yield new Read(new Found(new Lookup.Hit(opened.entry(), Lookup.Tier.L2), end), Lookup.Cause.ABSENT);
            }
            case Opening.OtherKey other -> Read.ABSENT;
            case Opening.Damaged damaged -> {
                grant.meter().add(Meter.DAMAGED);
                cache.tiers().store().discard(key, bytes);
                yield Read.DAMAGED;
            }
        };
    }
}
