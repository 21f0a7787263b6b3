package io.riptide.cache;

import java.util.Map;
import java.util.TreeMap;

/**
 * How a cache does; counts since the process started.
 *
 * @param entries in the store
 * @param memoryBytes in L1
 * @param storageBytes in the store
 * @param hitsL1 reads answered from L1
 * @param hitsL2 reads answered from the store
 * @param misses reads answered by neither
 * @param valueBytesWritten bytes of values as callers gave them
 * @param storedBytesWritten bytes of the envelopes that they became
 * @param evictions from L1 by reason ({@code size}, {@code expired})
 */
public record CacheStats(
        long entries,
        long memoryBytes,
        long storageBytes,
        long hitsL1,
        long hitsL2,
        long misses,
        long valueBytesWritten,
        long storedBytesWritten,
        Map<String, Long> evictions) {
    /** Nothing yet. */
    public static final CacheStats NONE = new CacheStats(0, 0, 0, 0, 0, 0, 0, 0, Map.of());

    public CacheStats {
        evictions = Map.copyOf(evictions);
    }

    /** Hits over reads, 0 where nothing was read. */
    public double hitRate() {
        long hits = hitsL1 + hitsL2;
        long reads = hits + misses;
        return reads == 0 ? 0 : (double) hits / reads;
    }

    /** Both together. */
    CacheStats plus(CacheStats other) {
        Map<String, Long> sum = new TreeMap<>(evictions);
        other.evictions.forEach((reason, n) -> sum.merge(reason, n, Long::sum));
        return new CacheStats(
                entries + other.entries,
                memoryBytes + other.memoryBytes,
                storageBytes + other.storageBytes,
                hitsL1 + other.hitsL1,
                hitsL2 + other.hitsL2,
                misses + other.misses,
                valueBytesWritten + other.valueBytesWritten,
                storedBytesWritten + other.storedBytesWritten,
                sum);
    }
}
