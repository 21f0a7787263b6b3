package io.riptide.observe;

import static io.riptide.observe.CacheResult.DENIED;
import static io.riptide.observe.CacheResult.ERROR;
import static io.riptide.observe.CacheResult.HIT_L1;
import static io.riptide.observe.CacheResult.HIT_L2;
import static io.riptide.observe.CacheResult.MISS;
import static io.riptide.observe.CacheResult.OK;
import static io.riptide.observe.CacheResult.QUOTA;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What is done with a cache: the label {@code operation}. A batch counts each of its keys; one that was refused before
 * its body was read counts once. What is not valid, or larger than an entry may be, is no operation; nor is a listing.
 */
public enum CacheOperation {
    /** One key read, with a loader or without. */
    GET(true),
    /** One key written, on whatever condition. */
    PUT(false),
    /** One key removed. */
    DELETE(false),
    /** A key read in a batch. */
    BATCH_GET(true),
    /** A key written in a batch. */
    BATCH_PUT(false),
    /** A value asked of a loader, or a page of its origin past the cache. */
    LOAD(false),
    /** A removal by namespace, tag or prefix, whatever it removes. */
    INVALIDATE(false);

    private static final List<CacheResult> OF_READ = List.of(HIT_L1, HIT_L2, MISS, ERROR, DENIED, QUOTA);
    private static final List<CacheResult> OF_OTHERS = List.of(OK, ERROR, DENIED, QUOTA);

    /** How many counts there are: one for each operation and each of its results. */
    public static final int CELLS =
            Arrays.stream(values()).mapToInt(o -> o.results().size()).sum();

    private static final int[][] CELL = cells();

    private final String label = name().toLowerCase(Locale.ROOT);
    private final boolean read;

    CacheOperation(boolean read) {
        this.read = read;
    }

    /** As a metric writes it. */
    public String label() {
        return label;
    }

    /** What may come of it. */
    public List<CacheResult> results() {
        return read ? OF_READ : OF_OTHERS;
    }

    /**
     * Where an array of {@link #CELLS} has the count of this operation's result.
     *
     * @throws IllegalArgumentException for a result that does not come of this operation
     */
    public int cell(CacheResult result) {
        int cell = CELL[ordinal()][result.ordinal()];
        if (cell < 0) {
            throw new IllegalArgumentException(result + " does not come of " + this);
        }
        return cell;
    }

    private static int[][] cells() {
        int[][] cells = new int[values().length][CacheResult.values().length];
        int next = 0;
        for (CacheOperation operation : values()) {
            Arrays.fill(cells[operation.ordinal()], -1);
            for (CacheResult result : operation.results()) {
                cells[operation.ordinal()][result.ordinal()] = next++;
            }
        }
        return cells;
    }
}
