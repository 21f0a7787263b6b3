package io.riptide.store.rocksdb;

import io.riptide.config.CacheConfig.Durability;
import io.riptide.entry.Head;
import io.riptide.entry.StoreKey;
import io.riptide.spi.Condition;
import io.riptide.spi.StoreWrite;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The process that {@link CrashTest} kills. Each thread writes keys of its own tenant and says when it begins and when
 * it was acknowledged. A state is {@code version:length.}, {@code -.} where nothing is there; the dot shows that a line
 * is whole.
 */
final class CrashWriter {
    static final int THREADS = 4;
    private static final int KEYS = 60;

    private final RocksDbEntryStore store;
    private final int thread;
    private final Random random;

    private CrashWriter(RocksDbEntryStore store, int thread, long seed) {
        this.store = store;
        this.thread = thread;
        this.random = new Random(seed * THREADS + thread);
    }

    public static void main(String[] arguments) {
        ExecutorService commits = Executors.newFixedThreadPool(4);
        ExecutorService writers = Executors.newFixedThreadPool(THREADS);
        RocksDbEntryStore store =
                RocksDbEntryStore.open(Path.of(arguments[0]), Stores.SMALL, Durability.valueOf(arguments[1]), commits);
        for (int i = 0; i < THREADS; i++) {
            CrashWriter writer = new CrashWriter(store, i, Long.parseLong(arguments[2]));
            writers.execute(writer::run);
        }
    }

    /** What an envelope says of itself; {@code damaged.} where its bytes are not those that were written. */
    static String state(String key, byte[] envelope) {
        if (envelope == null) {
            return "-.";
        }
        long version = ByteBuffer.wrap(envelope).getLong();
        return Arrays.equals(envelope, envelope(key, version, envelope.length))
                ? version + ":" + envelope.length + "."
                : "damaged.";
    }

    private static byte[] envelope(String key, long version, int length) {
        byte[] bytes = Stores.envelope(key, version, length);
        ByteBuffer.wrap(bytes).putLong(version);
        return bytes;
    }

    private void run() {
        long version = System.nanoTime();
        while (true) {
            String key = "t" + thread + "-" + random.nextInt(KEYS);
            switch (random.nextInt(10)) {
                case 0 -> remove(key);
                case 1 -> putMany(version += KEYS);
                default -> put(key, ++version);
            }
        }
    }

    private void put(String key, long version) {
        StoreWrite write = write(key, version);
        say("B", write);
        store.put(write);
        say("A", write);
    }

    private void putMany(long version) {
        List<StoreWrite> writes = new ArrayList<>();
        for (int i = random.nextInt(KEYS - 10); writes.size() < 10; i++) {
            writes.add(write("t" + thread + "-" + i, version - i));
        }
        writes.forEach(write -> say("B", write));
        store.putAll(writes);
        writes.forEach(write -> say("A", write));
    }

    private void remove(String key) {
        say("B", key, "-.");
        store.remove(StoreKey.of("t" + thread, "ns", key), Condition.NONE, Stores.NOW);
        say("A", key, "-.");
    }

    private StoreWrite write(String key, long version) {
        int length = random.nextInt(4) == 0 ? 8 + random.nextInt(20_000) : 8 + random.nextInt(600);
        long expires = Stores.NOW + 1 + random.nextInt(1000);
        Head head = new Head(key, "", Stores.NOW, expires, version, length, length, List.of(), List.of());
        StoreKey at = StoreKey.of("t" + thread, "ns", key);
        return new StoreWrite(at, head, envelope(key, version, length), Condition.NONE, Long.MAX_VALUE, Stores.NOW);
    }

    private static void say(String what, StoreWrite write) {
        say(what, write.head().key(), write.head().version() + ":" + write.envelope().length + ".");
    }

    /** One write call a line, so that a line is in the pipe before what it announces begins. */
    private static void say(String what, String key, String state) {
        byte[] line = (what + " " + key + " " + state + "\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        synchronized (System.out) {
            System.out.write(line, 0, line.length);
            System.out.flush();
        }
    }
}
