package io.riptide.proof.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Load over many connections. Paced, a call has an instant at which it is due, and its latency runs from there: a
 * server that stalls makes the calls behind it late, as it would the callers ("coordinated omission" is not omitted).
 * Unpaced, each connection calls as fast as it is answered, which finds the saturating rate.
 */
final class Load {
    /** What one connection does; made for it alone. */
    interface Caller {
        /** One call; an answer that is not as it should be is an exception. */
        void call(Wire wire) throws IOException;
    }

    /** Makes the callers. */
    interface Callers {
        /** The caller of that connection. */
        Caller of(int connection);
    }

    /** Latencies in milliseconds, sorted, and how many calls a second there were. */
    record Outcome(double[] sorted, double rate) {
        double mean() {
            return Arrays.stream(sorted).average().orElse(0);
        }

        double percentile(double p) {
            return sorted.length == 0
                    ? 0
                    : sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * p / 100))];
        }
    }

    private Load() {}

    /** For so long, with that many calls a second in all; zero: as many as are answered. */
    static Outcome run(int port, int connections, double rate, double seconds, Callers callers) throws Exception {
        long began = System.nanoTime() + 50_000_000;
        long until = began + (long) (seconds * 1e9);
        try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
            List<Callable<double[]>> work = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                int connection = i;
                work.add(() -> one(port, connection, connections, rate, began, until, callers.of(connection)));
            }
            List<double[]> parts = new ArrayList<>();
            for (Future<double[]> done : threads.invokeAll(work)) {
                parts.add(done.get());
            }
            double[] all =
                    parts.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
            return new Outcome(all, all.length / ((System.nanoTime() - began) / 1e9));
        }
    }

    private static double[] one(
            int port, int connection, int connections, double rate, long began, long until, Caller caller)
            throws IOException {
        double[] latencies = new double[1024];
        int count = 0;
        try (Wire wire = new Wire(port)) {
            double step = rate == 0 ? 0 : 1e9 * connections / rate;
            double due = began + step * connection / connections;
            while (System.nanoTime() < until && due < until) {
                long now = System.nanoTime();
                if (rate == 0) {
                    due = now;
                }
                for (; now < due; now = System.nanoTime()) {
                    LockSupport.parkNanos((long) due - now);
                }
                caller.call(wire);
                if (count == latencies.length) {
                    latencies = Arrays.copyOf(latencies, count * 2);
                }
                latencies[count++] = (System.nanoTime() - due) / 1e6;
                due += step;
            }
        }
        return Arrays.copyOf(latencies, count);
    }
}
