package io.riptide.door;

import io.riptide.entry.EntryCipher;
import io.riptide.grant.TenantGrant;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.quota.Allowance;
import io.riptide.quota.Enforcement;
import io.riptide.quota.PermitRounds;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.Time;
import io.riptide.tenant.TenantManager;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The live grants: one for a tenant at any time, so that it never has two buckets, and a change reaches whoever holds
 * one.
 *
 * <p>A grant that was not used for minutes and has counted nothing is let go, but only weakly: whoever still holds it,
 * a cached key or an embedding program, is given the very same one again, and changes go on reaching it. A grant that
 * has counted stays, for its meter has all since the start: the bound is the tenants that did something since the
 * process started.
 *
 * <p>Threads: a lookup of a live grant takes no lock. A grant is made, replaced and changed under the lock of its map
 * bin, the row being read there too: a change that is stored while a row is being read waits and then applies.
 */
final class Grants {
    private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final TenantManager tenants;
    private final Time time;
    private final PermitRounds permits;
    private final Enforcement enforcement;
    private final QuotaWatch watch;
    private final ConcurrentHashMap<String, Slot> slots = new ConcurrentHashMap<>();

    Grants(TenantManager tenants, PermitRounds permits, Enforcement enforcement, QuotaWatch watch, Time time) {
        this.enforcement = enforcement;
        this.watch = watch;
        this.tenants = tenants;
        this.permits = permits;
        this.time = time;
    }

    /** The grant of a tenant; {@code not-found} where there is no such tenant. */
    TenantGrant of(String tenantId) {
        Slot slot = slots.get(tenantId);
        TenantGrant held = slot == null ? null : slot.held;
        return held != null && !ended(held) ? held : revive(tenantId);
    }

    private TenantGrant revive(String tenantId) {
        Slot slot = slots.compute(tenantId, (id, old) -> {
            TenantGrant grant = old == null ? null : old.weak.get();
            if (grant == null) {
                return slot(tenants.tenant(id));
            }
            Slot kept = Objects.requireNonNull(old);
            if (ended(grant)) {
                TenantRecord row = rowOrNull(id);
                if (row != null && row.status() != TenantRecord.Status.DELETING) {
                    // The tenant that had this grant is erased, and this is another one that was given its id.
                    return slot(row);
                }
            }
            kept.hold(grant, time);
            return kept;
        });
        TenantGrant grant = Objects.requireNonNull(slot).weak.get();
        return grant != null ? grant : revive(tenantId);
    }

    private Slot slot(TenantRecord row) {
        Allowance allowance = permits.allowance(row.id(), row.quotas().operationsPerMinute());
        // One whose keys are to be destroyed is given none.
        boolean going = row.status() == TenantRecord.Status.DELETING;
        EntryCipher cipher = going ? EntryCipher.NONE : tenants.keyring().cipher(row);
        TenantGrant grant = new TenantGrant(row, allowance, enforcement, time);
        grant.cipher(cipher);
        return new Slot(row, grant, time);
    }

    private @Nullable TenantRecord rowOrNull(String id) {
        try {
            return tenants.tenant(id);
        } catch (RipTideException e) {
            if (e.problem().code() == ProblemCode.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    static boolean ended(TenantGrant grant) {
        return grant.status() == TenantRecord.Status.DELETING;
    }

    /**
     * Brings a live grant up to its row, unless it knows a newer one already; the grant where its tenant's encryption
     * was switched on or off with that, else null.
     */
    @Nullable TenantGrant apply(TenantRecord tenant) {
        TenantGrant[] switched = new TenantGrant[1];
        slots.computeIfPresent(tenant.id(), (id, slot) -> {
            TenantGrant grant = slot.weak.get();
            if (grant != null && slot.createdMillis != tenant.createdMillis()) {
                // The tenant that had this grant was erased elsewhere, and this is another one that was given its id.
                grant.end();
                return null;
            }
            if (slot.apply(tenant) && grant != null && tenant.status() != TenantRecord.Status.DELETING) {
                EntryCipher cipher = tenants.keyring().cipher(tenant);
                if (cipher != grant.cipher()) {
                    grant.cipher(cipher);
                    switched[0] = grant;
                }
            }
            return slot;
        });
        return switched[0];
    }

    /** Ends the grant of a tenant whose row is gone. */
    void end(String tenantId) {
        slots.computeIfPresent(tenantId, (id, slot) -> {
            TenantGrant grant = slot.weak.get();
            if (grant != null) {
                grant.end();
            }
            return null;
        });
    }

    /** Forgets the grant of a tenant that is erased. */
    void remove(TenantGrant grant) {
        slots.computeIfPresent(grant.tenantId(), (id, slot) -> slot.weak.get() == grant ? null : slot);
    }

    /** Those that are held now. */
    List<TenantGrant> live() {
        List<TenantGrant> live = new ArrayList<>();
        for (Slot slot : slots.values()) {
            TenantGrant grant = slot.held;
            if (grant != null) {
                live.add(grant);
            }
        }
        return live;
    }

    void tick() {
        watch.begin();
        slots.forEach((id, slot) -> {
            TenantGrant grant = slot.weak.get();
            if (grant != null) {
                grant.allowance().tellSoon();
            }
            if (grant != null && grant.clearTouched()) {
                grant.meter().sample();
                watch.look(grant, time.nanoTime());
                if (slot.held == null) {
                    TenantGrant unused = revive(id);
                } else {
                    slot.usedNanos = time.nanoTime();
                }
            } else if (grant == null || (slot.held != null && idle(slot, grant))) {
                letGo(id);
            }
        });
        watch.end(time.nanoTime());
    }

    private boolean idle(Slot slot, TenantGrant grant) {
        return time.nanoTime() - slot.usedNanos >= IDLE_NANOS
                && !grant.writing()
                && grant.allowance().probe().resetNanos() == 0
                && !grant.meter().counted();
    }

    private void letGo(String id) {
        slots.computeIfPresent(id, (same, slot) -> {
            TenantGrant grant = slot.weak.get();
            if (grant == null) {
                return null;
            }
            if (idle(slot, grant)) {
                slot.held = null;
            }
            return slot;
        });
    }

    /**
     * A grant, strongly while it is in use. All but the reads of {@code held} happens under the lock of the map's bin.
     */
    private static final class Slot {
        private final WeakReference<TenantGrant> weak;
        private final long createdMillis;
        private long version;
        private volatile @Nullable TenantGrant held;
        private volatile long usedNanos;

        Slot(TenantRecord row, TenantGrant grant, Time time) {
            this.weak = new WeakReference<>(grant);
            this.createdMillis = row.createdMillis();
            this.version = row.version();
            hold(grant, time);
        }

        void hold(TenantGrant grant, Time time) {
            held = grant;
            usedNanos = time.nanoTime();
        }

        /** Whether the row was newer. */
        boolean apply(TenantRecord row) {
            TenantGrant grant = weak.get();
            if (grant == null || row.version() <= version || row.createdMillis() != createdMillis) {
                return false;
            }
            version = row.version();
            grant.apply(row);
            return true;
        }
    }
}
