package io.riptide.proof.trace;

import io.riptide.proof.bench.Zipf;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * Endless series of keys, each of a shape that caches meet. Those that draw are the same for the same seed. Not for two
 * threads at once.
 */
final class Patterns {
    private Patterns() {}

    /** Few keys often, many seldom: key r with a probability in proportion to (r + 1)^-exponent. */
    static LongSupplier zipf(int keys, double exponent, long seed) {
        Zipf zipf = new Zipf(keys, exponent);
        SplittableRandom random = new SplittableRandom(seed);
        return () -> zipf.next(random);
    }

    /** All keys in turn, again and again: the worst case of an LRU that holds not quite all. */
    static LongSupplier loop(int keys) {
        return new LongSupplier() {
            private int next;

            @Override
            public long getAsLong() {
                int key = next;
                next = (next + 1) % keys;
                return key;
            }
        };
    }

    /** Keys that are asked for once each. */
    static LongSupplier once() {
        return loop(Integer.MAX_VALUE);
    }

    /** The same with every key moved up, away from those of other patterns. */
    static LongSupplier above(long first, LongSupplier pattern) {
        return () -> first + pattern.getAsLong();
    }

    /** So many requests of one pattern, then so many of the other, and so on. */
    static LongSupplier inTurn(LongSupplier one, int ofOne, LongSupplier other, int ofOther) {
        LongSupplier places = loop(ofOne + ofOther);
        return () -> places.getAsLong() < ofOne ? one.getAsLong() : other.getAsLong();
    }

    /** A working set with favourites that, every so many requests, moves on by half of itself. */
    static LongSupplier shifting(int set, int stay, double exponent, long seed) {
        LongSupplier ranks = zipf(set, exponent, seed);
        return new LongSupplier() {
            private long at;

            @Override
            public long getAsLong() {
                long first = at++ / stay * (set / 2);
                // Counted round the set, so that a key keeps its rank as long as it is in it.
                long rank = ranks.getAsLong();
                return first + Math.floorMod(rank - first, (long) set);
            }
        };
    }
}
