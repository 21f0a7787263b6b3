package io.riptide.proof.nodes;

import io.riptide.proof.ServerProcess;
import io.riptide.proof.nodes.Step.Fate;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Callers of all nodes: some that each write, remove and read keys of their own through any node, and one at each node
 * that reads the keys of all. Each tries once more, at the next node. Half of the keys lie in a namespace that allows
 * stale answers. Nothing is asked without a pause, so that a machine that is busy is not what is tested.
 */
final class Load implements AutoCloseable {
    /** The namespace that allows stale answers. */
    static final String LENIENT = "lenient";

    private static final String STRICT = "strict";
    private static final int WRITERS = 3;
    private static final int KEYS = 12;
    /** Each so manieth write of a key removes it. */
    private static final int REMOVAL = 7;
    /** Keys from this on are written once in so many rounds, so that copies of them last. */
    private static final int QUIET = 6;

    private static final int QUIET_ROUNDS = 300;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

    private final Nodes nodes;
    private final String apiKey;
    private final Duration patience;
    private final History history = new History(key -> key.startsWith(LENIENT));
    private final Tally tally = new Tally();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile int unwritten = Nodes.NONE;

    /**
     * Begins.
     *
     * @param patience how long a caller waits for one answer
     */
    Load(Nodes nodes, String apiKey, Duration patience) {
        this.nodes = nodes;
        this.apiKey = apiKey;
        this.patience = patience;
        for (int i = 0; i < WRITERS; i++) {
            Writer writer = new Writer(i);
            begin(writer::step);
        }
        for (int i = 0; i < Nodes.COUNT; i++) {
            Reader reader = new Reader(i);
            begin(reader::step);
        }
    }

    private void begin(Runnable step) {
        threads.add(Thread.ofPlatform().daemon().start(() -> {
            while (!ended.get()) {
                step.run();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }));
    }

    private static String key(int writer, int which) {
        return (which % 2 == 0 ? STRICT : LENIENT) + "/" + writer + "-" + which;
    }

    /** Writes, removes and reads keys of its own. One thread. */
    private final class Writer {
        private final int number;
        private final long[] places = new long[KEYS];
        private int steps;

        Writer(int number) {
            this.number = number;
        }

        void step() {
            int which = steps % KEYS;
            String key = key(number, which);
            int round = steps++ / KEYS;
            if (which < QUIET ? round % 2 == 0 : round % QUIET_ROUNDS == 0) {
                write(key, number + round / 2, ++places[which]);
            } else {
                read(key, number + round / 2 + 1);
            }
        }
    }

    /** Reads the keys of all, at one node. One thread. */
    private final class Reader {
        private final int node;
        private int steps;

        Reader(int node) {
            this.node = node;
        }

        void step() {
            read(key(steps / KEYS % WRITERS, steps % KEYS), node);
            steps++;
        }
    }

    private void write(String key, int first, long place) {
        boolean removal = place % REMOVAL == 0;
        byte[] value = removal ? null : Long.toString(place).getBytes(StandardCharsets.US_ASCII);
        twice(first, at -> {
            int node = at == unwritten ? (at + 1) % Nodes.COUNT : at;
            long begun = System.nanoTime();
            HttpResponse<byte[]> answer = call(node, removal ? "DELETE" : "PUT", key, value);
            Fate fate = answer == null ? Fate.UNKNOWN : answer.statusCode() < 300 ? Fate.KEPT : Fate.REFUSED;
            history.add(key, new Step.Write(node, place, removal, begun, System.nanoTime(), fate));
            return fate == Fate.KEPT;
        });
    }

    private void read(String key, int first) {
        twice(first, node -> {
            long begun = System.nanoTime();
            HttpResponse<byte[]> answer = call(node, "GET", key, null);
            if (answer == null || answer.statusCode() != 200 && answer.statusCode() != 404) {
                return false;
            }
            String told = answer.headers().firstValue("Cache-Status").orElse("");
            long place = answer.statusCode() == 404
                    ? 0
                    : Long.parseLong(new String(answer.body(), StandardCharsets.US_ASCII));
            boolean stale = told.contains("detail=stale");
            tally.read(node, told.contains("detail=l1"), stale);
            history.add(key, new Step.Read(node, place, stale, begun, System.nanoTime()));
            return true;
        });
    }

    private interface Attempt {
        boolean at(int node);
    }

    private void twice(int first, Attempt attempt) {
        int second = Math.floorMod(first + 1, Nodes.COUNT);
        tally.call(attempt.at(Math.floorMod(first, Nodes.COUNT)) || attempt.at(second));
    }

    /** Null where no answer came. */
    private @Nullable HttpResponse<byte[]> call(int node, String method, String key, byte @Nullable [] body) {
        long begun = System.nanoTime();
        try {
            HttpResponse<byte[]> answer =
                    nodes.node(node).call(apiKey, method, "/v1/cache/" + key, body, Map.of(), patience);
            tally.attempt(node, answer.statusCode(), said(answer), System.nanoTime() - begun);
            return answer;
        } catch (IOException e) {
            // The node is stopping, gone, or stands still.
            tally.attempt(node, Tally.NO_ANSWER, "", System.nanoTime() - begun);
            return null;
        }
    }

    private static String said(HttpResponse<byte[]> answer) {
        return answer.statusCode() < 500
                ? ""
                : ServerProcess.json(answer).path("detail").asText();
    }

    /** Whether a node takes a write now. */
    boolean probe(int node) {
        HttpResponse<byte[]> answer = call(node, "PUT", STRICT + "/probe", new byte[0]);
        return answer != null && answer.statusCode() < 300;
    }

    /** What was done and answered. */
    History history() {
        return history;
    }

    /** How many were answered, and how fast. */
    Tally tally() {
        return tally;
    }

    /** No write goes through this node until another one is named, so that none is left in it unanswered. */
    void doNotWriteThrough(int node) {
        unwritten = node;
    }

    /** Ends all callers; idempotent. */
    void end() {
        ended.set(true);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        end();
    }
}
