package io.riptide.proof.bench;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Ranks from 0 to {@code n - 1}, of which rank r comes with a probability in proportion to (r + 1)^-s (G. K. Zipf,
 * Human Behavior and the Principle of Least Effort, 1949). Drawn by inversion of the exact distribution: a table of n
 * doubles and a binary search. Immutable; the generator is the caller's.
 */
public final class Zipf {
    private final double[] upTo;

    /** Over so many ranks (at least one) with that exponent (zero: all alike). */
    public Zipf(int n, double exponent) {
        upTo = new double[n];
        double sum = 0;
        for (int rank = 0; rank < n; rank++) {
            sum += Math.pow(rank + 1.0, -exponent);
            upTo[rank] = sum;
        }
    }

    /** The next rank. */
    public int next(RandomGenerator random) {
        double at = random.nextDouble() * upTo[upTo.length - 1];
        int found = Arrays.binarySearch(upTo, at);
        return found >= 0 ? Math.min(found + 1, upTo.length - 1) : -found - 1;
    }

    /** The share of draws that fall on that rank. */
    public double probability(int rank) {
        double below = rank == 0 ? 0 : upTo[rank - 1];
        return (upTo[rank] - below) / upTo[upTo.length - 1];
    }
}
