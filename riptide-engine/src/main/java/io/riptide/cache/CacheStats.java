package io.riptide.cache;

import java.util.Map;

/**
 * How a cache does since the process started.
 *
 * @param entries in the store
 * @param memoryBytes in L1
 * @param storageBytes in the store
 * @param hitsL1 reads answered from L1
 * @param hitsL2 reads answered from the store
 * @param misses reads answered by neither
 * @param evictions from L1 by reason ({@code size}, {@code expired})
 */
public record CacheStats(
        long entries,
        long memoryBytes,
        long storageBytes,
        long hitsL1,
        long hitsL2,
        long misses,
        Map<String, Long> evictions) {
    public CacheStats {
        evictions = Map.copyOf(evictions);
    }

    /** Hits over reads, 0 where nothing was read. */
    public double hitRate() {
        long hits = hitsL1 + hitsL2;
        long reads = hits + misses;
        return reads == 0 ? 0 : (double) hits / reads;
    }
}
