package io.riptide.proof.bench;

import java.util.Arrays;
import java.util.Collection;

/** Numbers as they come, without an object for each: what measures should leave nothing to collect. One thread's. */
final class Samples {
    private double[] values = new double[1024];
    private int count;

    void add(double value) {
        if (count == values.length) {
            values = Arrays.copyOf(values, count * 2);
        }
        values[count++] = value;
    }

    boolean isEmpty() {
        return count == 0;
    }

    double[] sorted() {
        return Arrays.stream(values, 0, count).sorted().toArray();
    }

    static double[] sorted(Collection<Samples> all) {
        return all.stream()
                .flatMapToDouble(some -> Arrays.stream(some.values, 0, some.count))
                .sorted()
                .toArray();
    }

    static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(0);
    }

    /** The value that so many per cent are below. */
    static double percentile(double[] sorted, double p) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * p / 100))];
    }
}
