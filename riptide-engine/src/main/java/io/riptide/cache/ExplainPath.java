package io.riptide.cache;

import io.riptide.entry.Entry;
import io.riptide.entry.EntryCipher;
import io.riptide.entry.Envelope;
import io.riptide.entry.Head;
import io.riptide.entry.Opening;
import io.riptide.entry.Removals;
import io.riptide.entry.Scope;
import io.riptide.entry.StoreKey;
import io.riptide.spi.Time;
import org.jspecify.annotations.Nullable;

/** Says how a key of one namespace stands, without counting, filling or ageing anything. */
final class ExplainPath {
    private final TenantCache cache;
    private final Namespace namespace;

    ExplainPath(TenantCache cache, Namespace namespace) {
        this.cache = cache;
        this.namespace = namespace;
    }

    Explanation explain(L1Key at) {
        Time time = cache.tiers().time();
        EntryCipher cipher = cache.grant().cipher();
        StoreKey key = cipher.storeKey(cache.grant().tenantId(), namespace.name(), at.key());
        L1Share share = cache.shareIfActive();
        Resident resident = share == null ? null : share.peek(at);
        Removals removals = cache.removals().now();
        Resident held = resident == null || resident.judge(namespace.name(), removals) == null ? null : resident;
        byte[] bytes = cache.tiers().store().get(key);
        Opening opening = bytes == null
                ? null
                : Envelope.open(key, at.key(), bytes, cache.dictionaries(namespace.name()), cipher);
        Entry entry = opening instanceof Opening.Opened opened
                ? opened.entry()
                : held == null ? null : held.hit().entry();
        if (entry != null && entry.head().saysNothing()) {
            // That a loader found nothing is no entry, and says nothing of one that was there before.
            return new Explanation(null, null, null, null, false, cache.losses().why(key));
        }
        Head head = entry == null ? null : entry.head();
        Gone gone = gone(key, opening, head, removals, time.wallMillis());
        Integer memory = held == null || gone != null
                ? null
                : (Integer) L1Share.weightOf(at, held.hit().entry());
        Explanation.Doubt doubt = memory == null ? null : doubt(held);
        return new Explanation(
                head,
                memory,
                doubt,
                memory != null || entry == null ? null : l1(share, at, entry),
                bytes != null,
                gone);
    }

    private Explanation.@Nullable Doubt doubt(@Nullable Resident held) {
        Changes changes = cache.tiers().changes();
        Seen seen = held == null ? null : held.seen();
        if (changes == null || seen == null || changes.trusts(seen)) {
            return null;
        }
        return changes.changed(seen) ? Explanation.Doubt.CHANGED : Explanation.Doubt.UNPROVEN;
    }

    /** A read finds what L1 holds and what L2 holds alike; so what L2 holds tells why there is nothing. */
    private @Nullable Gone gone(
            StoreKey key, @Nullable Opening opening, @Nullable Head head, Removals removals, long now) {
        if (opening instanceof Opening.Damaged) {
            return new Gone(Gone.Why.DAMAGED, now, null);
        }
        if (head == null) {
            return cache.losses().why(key);
        }
        long end = removals.end(namespace.name(), head);
        if (end == Removals.REMOVED || end <= now) {
            Scope by = removals.by(namespace.name(), head);
            Long at = by == null ? null : cache.losses().removedAt(by);
            return new Gone(Gone.Why.REMOVED, at, by);
        }
        return head.expiredAt(now) ? new Gone(Gone.Why.EXPIRED, head.expiresMillis(), null) : null;
    }

    private static Explanation.L1Absence l1(@Nullable L1Share share, L1Key at, Entry entry) {
        if (share != null && share.tooLarge(L1Share.weightOf(at, entry))) {
            return Explanation.L1Absence.TOO_LARGE;
        }
        boolean evicted = share != null && share.evictedLately(at);
        return evicted ? Explanation.L1Absence.EVICTED : Explanation.L1Absence.NOT_READ;
    }
}
