package io.riptide.cache;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.entry.StoreKey;
import io.riptide.grant.TenantGrant;
import io.riptide.spi.StoreWrite;
import io.riptide.spi.WriteOutcome;
import io.riptide.spi.WriteOutcome.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes into the second tier, for whose room a tenant's entries that end first go where {@code storage_full} says so.
 * What is larger than the whole quota is refused in any case, and takes nothing with it.
 */
final class Room {
    /** How often room is made for one write: other writers of the tenant may take it. */
    private static final int TRIES = 8;

    private final TenantCache cache;
    private final TenantGrant grant;

    Room(TenantCache cache) {
        this.cache = cache;
        this.grant = cache.grant();
    }

    WriteOutcome put(StoreWrite write) {
        return settled(write, cache.tiers().store().put(write));
    }

    List<WriteOutcome> putAll(List<StoreWrite> writes) {
        if (writes.size() == 1) {
            return List.of(put(writes.getFirst()));
        }
        List<WriteOutcome> first = cache.tiers().store().putAll(writes);
        if (!grant.evicts() || first.stream().noneMatch(outcome -> outcome.kind() == Kind.OVER_QUOTA)) {
            return first;
        }
        List<WriteOutcome> outcomes = new ArrayList<>(first.size());
        for (int i = 0; i < first.size(); i++) {
            outcomes.add(settled(writes.get(i), first.get(i)));
        }
        return outcomes;
    }

    private WriteOutcome settled(StoreWrite write, WriteOutcome first) {
        WriteOutcome outcome = first;
        for (int i = 0; i < TRIES && outcome.kind() == Kind.OVER_QUOTA && fits(write); i++) {
            long missing = Math.max(1, outcome.used() + write.envelope().length - write.storageLimit());
            cache.tiers().store().evict(grant.tenantId(), missing, write.nowMillis(), (key, by, at) -> gone(key, at));
            outcome = cache.tiers().store().put(write);
        }
        return outcome;
    }

    private boolean fits(StoreWrite write) {
        return grant.evicts() && write.envelope().length <= write.storageLimit();
    }

    /** The first tier may serve it on until it ends there: it was neither removed nor changed. */
    private void gone(StoreKey key, long atMillis) {
        cache.losses().note(key, Gone.Why.EVICTED, null, atMillis);
        grant.meter().add(Meter.EVICTED_FOR_STORAGE);
    }
}
