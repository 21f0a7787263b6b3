package io.riptide.store.rocksdb;

import io.riptide.entry.Removals;
import io.riptide.entry.Scope;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The removals of all tenants: one object for each as long as somebody holds it, and the jobs that are left to do. What
 * is pending is read when the store is opened, and is little: rows of {@code removal} go as their jobs end.
 */
final class RemovalBook {
    private final Rocks rocks;
    private final ConcurrentHashMap<String, Held> tenants = new ConcurrentHashMap<>();
    private final ReferenceQueue<TenantRemovals> gone = new ReferenceQueue<>();
    private final ConcurrentLinkedQueue<ReclaimJob> jobs = new ConcurrentLinkedQueue<>();

    RemovalBook(Rocks rocks) {
        this.rocks = rocks;
        Map<String, Map<Scope, Removals.Mark>> pending = new HashMap<>();
        byte[] all = Rows.removals(null);
        try (Rocks.Walk walk = rocks.walk(Column.META, all, Rows.after(all))) {
            for (; walk.valid(); walk.next()) {
                Scope scope = Rows.removalScope(walk.key(), rocks.ciphers());
                if (scope != null) {
                    pending.computeIfAbsent(Rows.removalTenant(walk.key()), id -> new HashMap<>())
                            .put(scope, Rows.mark(walk.value()));
                }
            }
        }
        pending.forEach((tenantId, marks) -> {
            TenantRemovals tenant = new TenantRemovals(tenantId, Removals.restored(latest(tenantId), marks));
            tenants.put(tenantId, new Held(tenant, gone));
            marks.keySet().forEach(scope -> jobs.add(new ReclaimJob(tenant, scope)));
        });
    }

    /** A tenant's, the same for all who hold it. */
    TenantRemovals of(String tenantId) {
        Held held = tenants.get(tenantId);
        TenantRemovals known = held == null ? null : held.get();
        return known == null ? load(tenantId) : known;
    }

    private TenantRemovals load(String tenantId) {
        for (Object ended = gone.poll(); ended != null; ended = gone.poll()) {
            if (ended instanceof Held held) {
                tenants.remove(held.tenantId, held);
            }
        }
        TenantRemovals loaded = null;
        while (loaded == null) {
            Held held = tenants.compute(
                    tenantId,
                    (id, known) -> known != null && known.get() != null
                            ? known
                            : new Held(new TenantRemovals(id, Removals.restored(latest(id), Map.of())), gone));
            loaded = held.get();
        }
        return loaded;
    }

    private long latest(String tenantId) {
        byte[] row = rocks.get(Column.META, Rows.sequence(tenantId));
        return row == null ? 0 : Rows.big(row);
    }

    /** Shares the rows of these tenants with other commits, in the order of their ids. To be let go in a finally. */
    Shared share(Collection<String> tenantIds) {
        if (tenantIds.size() == 1) {
            return new Shared(List.of(of(tenantIds.iterator().next())));
        }
        List<TenantRemovals> shared = new ArrayList<>(tenantIds.size());
        new TreeSet<>(tenantIds).forEach(id -> shared.add(of(id)));
        return new Shared(shared);
    }

    /** Adds a job behind those that wait. */
    void add(ReclaimJob job) {
        jobs.add(job);
    }

    /** The job that has waited longest, or null. */
    @Nullable ReclaimJob next() {
        return jobs.poll();
    }

    boolean idle() {
        return jobs.isEmpty();
    }

    /** Forgets a tenant whose rows are gone. None of its writers runs. */
    void forget(String tenantId) {
        jobs.removeIf(job -> job.tenant().tenantId().equals(tenantId));
        tenants.remove(tenantId);
    }

    /** Tenants whose rows are shared. */
    static final class Shared {
        private final List<TenantRemovals> tenants;
        private final long[] stamps;

        private Shared(List<TenantRemovals> tenants) {
            this.tenants = tenants;
            this.stamps = new long[tenants.size()];
            for (int i = 0; i < stamps.length; i++) {
                stamps[i] = tenants.get(i).share();
            }
        }

        /** As they stand while they are shared. */
        Removals of(String tenantId) {
            for (TenantRemovals tenant : tenants) {
                if (tenant.tenantId().equals(tenantId)) {
                    return tenant.now();
                }
            }
            throw new IllegalArgumentException("not shared");
        }

        void release() {
            for (int i = stamps.length - 1; i >= 0; i--) {
                tenants.get(i).endShare(stamps[i]);
            }
        }
    }

    private static final class Held extends WeakReference<TenantRemovals> {
        private final String tenantId;

        Held(TenantRemovals tenant, ReferenceQueue<TenantRemovals> gone) {
            super(tenant, gone);
            this.tenantId = tenant.tenantId();
        }
    }
}
