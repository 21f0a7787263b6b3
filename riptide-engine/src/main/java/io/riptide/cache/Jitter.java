package io.riptide.cache;

/** Lives of entries made unequal, so that what was written together does not end, and is not loaded, all at once. */
final class Jitter {
    private static final double UNIT = 0x1.0p-53;
    private static final double PERCENT = 100;

    private Jitter() {}

    /**
     * A life shortened by an even share of up to that many percent, at least 1 ms. The share follows from the entry's
     * version, which no other entry has, through the finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable
     * Pseudorandom Number Generators, 2014), so that it needs no source of chance.
     */
    static long shorten(long lifeMillis, int percent, long version) {
        if (percent == 0) {
            return lifeMillis;
        }
        double even = (mix(version) >>> 11) * UNIT;
        return Math.max(1, lifeMillis - (long) (lifeMillis * (percent / PERCENT) * even));
    }

    private static long mix(long bits) {
        long z = bits;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
