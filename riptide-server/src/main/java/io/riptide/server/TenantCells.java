package io.riptide.server;

import io.riptide.billing.UsageMeter;
import io.riptide.grant.TenantGrant;
import io.riptide.observe.CacheOperation;
import io.riptide.quota.Breaches;
import io.riptide.spi.UsageColumn;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The counts of one tenant that metrics show, in one array: operations on the cache, billed ones, breaches. */
final class TenantCells {
    /** Billed operations by the name that metrics give them. */
    enum Billed {
        READ,
        WRITE,
        DELETE,
        LIST,
        INVALIDATE,
        FETCH;

        /** As what a column counts, or null where it is no operation. */
        static @Nullable Billed of(UsageColumn column) {
            return switch (column) {
                case HIT_L1, HIT_L2, STALE, MISS -> READ;
                case WRITE -> WRITE;
                case DELETE -> DELETE;
                case LIST -> LIST;
                case INVALIDATE -> INVALIDATE;
                case FETCH -> FETCH;
                default -> null;
            };
        }

        int cell() {
            return CacheOperation.CELLS + ordinal();
        }
    }

    private static final Billed[] BILLED = Billed.values();
    private static final UsageColumn[] COLUMNS = UsageColumn.values();
    private static final Breaches.Resource[] RESOURCES = Breaches.Resource.values();
    private static final int FIRST_BREACH = CacheOperation.CELLS + BILLED.length;
    static final int COUNT = FIRST_BREACH + 2 * RESOURCES.length;

    private final long[] operations = new long[CacheOperation.CELLS];

    static int breach(Breaches.Resource resource, boolean inShadow) {
        return FIRST_BREACH + 2 * resource.ordinal() + (inShadow ? 1 : 0);
    }

    /** Fills an array of {@link #COUNT} with a tenant's counts so far. */
    void read(TenantGrant grant, long[] cells) {
        UsageMeter meter = grant.meter();
        meter.cells(operations);
        System.arraycopy(operations, 0, cells, 0, operations.length);
        long[] usage = meter.usage();
        Arrays.fill(cells, CacheOperation.CELLS, FIRST_BREACH, 0);
        for (UsageColumn column : COLUMNS) {
            Billed billed = Billed.of(column);
            if (billed != null) {
                cells[billed.cell()] += usage[column.ordinal()];
            }
        }
        for (Breaches.Resource resource : RESOURCES) {
            cells[breach(resource, false)] = grant.breaches().count(resource);
            cells[breach(resource, true)] = grant.breaches().inShadow(resource);
        }
    }

    static List<Billed> billed() {
        return Arrays.asList(BILLED);
    }
}
