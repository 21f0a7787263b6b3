package io.riptide.proof.trace;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * Hit rates of one trace under one bound.
 *
 * @param share the bound as a share of what all entries weigh together
 * @param bytes the bound
 * @param percent by contender: hits in the first tier of a hundred requests, first requests of a key counted too; a
 *     mean of runs where the contender draws lots
 * @param error the standard error of the difference between RipTide's mean and Caffeine's, in points
 */
record Rates(Trace trace, double share, long bytes, Map<Contender, Double> percent, double error) {
    Rates {
        percent = Map.copyOf(percent);
    }

    /** Of one contender. */
    double of(Contender contender) {
        return requireNonNull(percent.get(contender));
    }

    /** Points by which RipTide is ahead of Caffeine alone. */
    double ahead() {
        return of(Contender.RIPTIDE) - of(Contender.CAFFEINE);
    }

    /** Half of the interval in which nineteen of twenty such differences lie, in points. */
    double margin() {
        return 2 * error;
    }
}
