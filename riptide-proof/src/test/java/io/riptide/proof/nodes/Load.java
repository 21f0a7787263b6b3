package io.riptide.proof.nodes;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Callers that each write and read keys of their own through any node, and hold what they are answered against what was
 * acknowledged to them. A value is the number of its write.
 */
final class Load implements AutoCloseable {
    private static final int CALLERS = 4;
    private static final int KEYS = 20;
    /** What a node has in memory may be older than an acknowledged write by so much, and no more. */
    private static final long BOUND_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Nodes nodes;
    private final String apiKey;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong longestNanos = new AtomicLong();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private volatile boolean ended;

    Load(Nodes nodes, String apiKey) {
        this.nodes = nodes;
        this.apiKey = apiKey;
        for (int i = 0; i < CALLERS; i++) {
            int caller = i;
            threads.add(Thread.ofPlatform().daemon().start(() -> run(caller)));
        }
    }

    /** What was acknowledged of one key, and when; {@code doubted} from the number of a write whose fate is unknown. */
    private static final class Key {
        private long acknowledged;
        private long atNanos;
        private long tried;
    }

    private void run(int caller) {
        Key[] keys = new Key[KEYS];
        for (int i = 0; i < KEYS; i++) {
            keys[i] = new Key();
        }
        for (int step = caller; !ended; step++) {
            int which = step % KEYS;
            String path = "/v1/cache/load/" + caller + "-" + which;
            if (step % 3 == 0) {
                write(step, path, keys[which]);
            } else {
                read(step, path, keys[which]);
            }
        }
    }

    private void write(int step, String path, Key key) {
        long number = ++key.tried;
        byte[] value = Long.toString(number).getBytes(StandardCharsets.US_ASCII);
        HttpResponse<byte[]> answer = call(step, "PUT", path, value);
        if (answer != null && answer.statusCode() < 300) {
            key.acknowledged = number;
            key.atNanos = System.nanoTime();
        }
    }

    private void read(int step, String path, Key key) {
        long begun = System.nanoTime();
        HttpResponse<byte[]> answer = call(step, "GET", path, null);
        if (answer == null) {
            return;
        }
        long number =
                answer.statusCode() == 200 ? Long.parseLong(new String(answer.body(), StandardCharsets.US_ASCII)) : 0;
        if (number > key.tried) {
            wrong.add(path + ": " + number + " was never written");
        }
        if (number < key.acknowledged && begun - key.atNanos > BOUND_NANOS) {
            wrong.add(path + ": " + number + " was read, and " + key.acknowledged + " acknowledged "
                    + TimeUnit.NANOSECONDS.toMillis(begun - key.atNanos) + " ms before");
        }
    }

    private HttpResponse<byte[]> call(int step, String method, String path, byte[] body) {
        long begun = System.nanoTime();
        HttpResponse<byte[]> answer = nodes.call(step, apiKey, method, path, body);
        longestNanos.accumulateAndGet(System.nanoTime() - begun, Math::max);
        (answer == null ? failed : answered).incrementAndGet();
        return answer;
    }

    long answered() {
        return answered.get();
    }

    /** Calls that failed twice. */
    long failed() {
        return failed.get();
    }

    /** The longest call since the last time this was asked. */
    long longestMillis() {
        return TimeUnit.NANOSECONDS.toMillis(longestNanos.getAndSet(0));
    }

    /** Ends it; what was answered against what was acknowledged. */
    List<String> end() {
        ended = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return List.copyOf(wrong);
    }

    @Override
    public void close() {
        var unused = end();
    }
}
