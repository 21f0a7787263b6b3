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
 * @param misses reads answered by neither, or with what had ended
 * @param valueBytesWritten bytes of values as callers gave them
 * @param storedBytesWritten bytes of the envelopes that they became
 * @param evictions from L1 by reason ({@code size}, {@code expired})
 * @param missesBy misses by what the read saw ({@code absent}, {@code expired}, {@code removed}, {@code damaged})
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
        Map<String, Long> evictions,
        Map<String, Long> missesBy) {
    /** Nothing yet. */
    public static final CacheStats NONE = new CacheStats(0, 0, 0, 0, 0, 0, 0, 0, Map.of(), Map.of());

    public CacheStats {
        evictions = Map.copyOf(evictions);
        missesBy = Map.copyOf(missesBy);
    }

    /** Hits over reads, 0 where nothing was read. */
    public double hitRate() {
        long hits = hitsL1 + hitsL2;
        long reads = hits + misses;
        return reads == 0 ? 0 : (double) hits / reads;
    }

    /** Both together. */
    CacheStats plus(CacheStats other) {
        return new CacheStats(
                entries + other.entries,
                memoryBytes + other.memoryBytes,
                storageBytes + other.storageBytes,
                hitsL1 + other.hitsL1,
                hitsL2 + other.hitsL2,
                misses + other.misses,
                valueBytesWritten + other.valueBytesWritten,
                storedBytesWritten + other.storedBytesWritten,
                sum(evictions, other.evictions),
                sum(missesBy, other.missesBy));
    }

    private static Map<String, Long> sum(Map<String, Long> one, Map<String, Long> other) {
        Map<String, Long> sum = new TreeMap<>(one);
        other.forEach((reason, n) -> sum.merge(reason, n, Long::sum));
        return sum;
    }
}
