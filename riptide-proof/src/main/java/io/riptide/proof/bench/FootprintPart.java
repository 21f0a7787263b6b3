package io.riptide.proof.bench;

import io.riptide.RipTide;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.door.TenantCaller;
import io.riptide.spi.TenantRecord;
import io.riptide.tenant.TenantManager;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** What tenants cost that only exist, and those that do something: heap, a page of their list, a new one. */
final class FootprintPart {
    private static final int PAGE = 100;
    private static final int PAGES = 400;
    private static final int VALUE_BYTES = 64;
    private static final int MORE_ENTRIES = 4;
    private static final int QUIET_ROUNDS = 400;
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(30);

    private final Results results;
    private final int tenants;

    FootprintPart(Results results, int tenants) {
        this.results = results;
        this.tenants = tenants;
    }

    void run() throws Exception {
        long none;
        try (WholeRig rig = WholeRig.open(0)) {
            none = heap(rig);
        }
        try (WholeRig rig = WholeRig.open(tenants)) {
            double idle = (double) (heap(rig) - none) / tenants;
            results.add("footprint", "heap of an idle tenant", idle, "B", "under 200");
        }
        int many = 10 * tenants;
        try (WholeRig few = WholeRig.open(PAGE);
                WholeRig rig = WholeRig.open(many)) {
            // Both are read warm, in turn.
            var unused = page(few.riptide(), PAGE);
            unused = page(rig.riptide(), many);
            results.add("footprint", "a page of 100 of 100 tenants, median", page(few.riptide(), PAGE), "ms", "");
            String figure = String.format(Locale.ROOT, "a page of 100 of %,d tenants, median", many);
            results.add("footprint", figure, page(rig.riptide(), many), "ms", "the same");
        }
        try (WholeRig rig = WholeRig.open(PAGE)) {
            active(rig);
        }
    }

    /** Tenants that each wrote an entry and read it twice, and whose callers are held; then, left alone for long. */
    private void active(WholeRig rig) {
        List<String> keys = create(rig.riptide().tenants());
        long before = heap(rig);
        List<TenantCaller> callers = new ArrayList<>();
        for (String key : keys) {
            TenantCaller caller = rig.riptide().door().tenant(key, null);
            entry(caller, 0);
            callers.add(caller);
        }
        long one = heap(rig);
        for (TenantCaller caller : callers) {
            for (int i = 1; i <= MORE_ENTRIES; i++) {
                entry(caller, i);
            }
        }
        double entry = (double) (heap(rig) - one) / tenants / MORE_ENTRIES;
        double each = (double) (one - before) / tenants - entry;
        results.add("footprint", "heap of an entry of 64 bytes", entry, "B", "");
        results.add("footprint", "heap of an active tenant besides its entry", each / 1024, "KiB", "under 20");
        Objects.requireNonNull(callers.getFirst());
        callers.clear();
        long begun = rig.time().nanoTime();
        // A cache is let go by the count of rounds, which come a second apart.
        for (int i = 0; i < QUIET_ROUNDS || rig.time().nanoTime() - begun < QUIET_NANOS; i++) {
            rig.riptide().tick();
        }
        double quiet = (double) (heap(rig) - before) / tenants;
        results.add("footprint", "heap of a tenant that was active, and then not for 30 minutes", quiet, "B", "");
    }

    private List<String> create(TenantManager manager) {
        List<String> keys = new ArrayList<>();
        Samples creating = new Samples();
        for (int i = 0; i < tenants; i++) {
            long begun = System.nanoTime();
            keys.add(manager.create(new NewTenant("act-" + i, "A", "O", "o@example.com", "free", QuotaPatch.NONE, null))
                    .key()
                    .apiKey());
            creating.add((System.nanoTime() - begun) / 1e6);
        }
        results.add("footprint", "creating a tenant, p50", Samples.percentile(creating.sorted(), 50), "ms", "");
        return keys;
    }

    private static void entry(TenantCaller caller, int number) {
        Namespace namespace = caller.cache().namespace("n");
        namespace.put("k" + number, new byte[VALUE_BYTES], PutOptions.DEFAULT);
        var unused = namespace.get("k" + number);
        unused = namespace.get("k" + number);
    }

    /** The median time of a page that begins anywhere, in milliseconds. */
    private static double page(RipTide riptide, int tenants) {
        Samples samples = new Samples();
        for (int i = 0; i < PAGES; i++) {
            // Of as many tenants as a page holds there is one page only.
            String after = tenants == PAGE ? null : "tenant-" + (long) i * tenants / PAGES;
            long begun = System.nanoTime();
            List<TenantRecord> rows = riptide.tenants().list(after, PAGE, null, null);
            samples.add((System.nanoTime() - begun) / 1e6);
            if (rows.size() > PAGE) {
                throw new IllegalStateException("a page of " + rows.size());
            }
        }
        return Samples.percentile(samples.sorted(), 50);
    }

    private static long heap(WholeRig rig) {
        // Held until after the collection.
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        Objects.requireNonNull(rig.riptide());
        return least;
    }
}
