package io.riptide.spi;

import java.util.Locale;

/** What is kept of what a tenant used. Counts stand in this order wherever they are an array. */
public enum UsageColumn {
    /** Keys answered from the first tier. */
    HIT_L1(true),
    /** Keys answered from the second tier. */
    HIT_L2(true),
    /** Keys answered with an entry that had ended. */
    STALE(true),
    /** Keys that were not there. */
    MISS(true),
    /** Keys written. */
    WRITE(true),
    /** Keys deleted. */
    DELETE(true),
    /** Listings. */
    LIST(true),
    /** Removals of many keys at once. */
    INVALIDATE(true),
    /** Pages fetched past the cache. */
    FETCH(true),
    /** Values and pages loaded for a read, which is counted by itself. */
    LOAD(false),
    /** Loads that failed. */
    LOAD_FAILED(false),
    /** Bytes of values taken from the tenant. */
    BYTES_IN(false),
    /** Bytes of values and pages sent to the tenant. */
    BYTES_OUT(false),
    /** Stored bytes times the hours that they were kept. */
    STORAGE_BYTE_HOURS(false);

    private static final UsageColumn[] ALL = values();

    private final boolean operation;

    UsageColumn(boolean operation) {
        this.operation = operation;
    }

    /** How many there are. */
    public static int count() {
        return ALL.length;
    }

    /** Operations among counts, as the contract counts them. */
    public static long operations(long[] counts) {
        long sum = 0;
        for (UsageColumn column : ALL) {
            sum += column.operation ? counts[column.ordinal()] : 0;
        }
        return sum;
    }

    /** Whether it is a number of operations. */
    public boolean isOperation() {
        return operation;
    }

    /** Its name in SQL. */
    public String columnName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
