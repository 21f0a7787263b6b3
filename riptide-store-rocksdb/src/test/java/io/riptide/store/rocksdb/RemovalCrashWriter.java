package io.riptide.store.rocksdb;

import io.riptide.config.CacheConfig.Durability;
import io.riptide.entry.Head;
import io.riptide.entry.Scope;
import io.riptide.entry.StoreKey;
import io.riptide.spi.Condition;
import io.riptide.spi.Removal;
import io.riptide.spi.StoreWrite;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The process that {@link RemovalCrashTest} kills: one thread writes and removes in turn and says so before and after
 * each step, while others sweep and work removals off without a pause. A step is {@code W namespace from version} (a
 * batch of {@value #BATCH} keys), or {@code R scope}.
 */
final class RemovalCrashWriter {
    static final int KEYS = 3000;
    static final int BATCH = 500;
    static final List<String> NAMESPACES = List.of("a", "b");

    private final RocksDbEntryStore store;
    private final Random random;

    private RemovalCrashWriter(RocksDbEntryStore store, long seed) {
        this.store = store;
        this.random = new Random(seed);
    }

    public static void main(String[] arguments) {
        RocksDbEntryStore store =
                RocksDbEntryStore.open(Path.of(arguments[0]), Stores.SMALL, Durability.BUFFERED, Runnable::run);
        Thread.ofPlatform().start(() -> {
            while (true) {
                store.reclaim();
            }
        });
        Thread.ofPlatform().start(() -> {
            for (long now = Stores.NOW; true; now++) {
                store.sweep(now);
            }
        });
        new RemovalCrashWriter(store, Long.parseLong(arguments[1])).run();
    }

    /** Every third key carries one tag, every second another. */
    static List<String> tags(int key) {
        List<String> tags = new ArrayList<>();
        if (key % 3 == 0) {
            tags.add("third");
        }
        if (key % 2 == 0) {
            tags.add("second");
        }
        return tags;
    }

    static Scope scope(String word) {
        return switch (word) {
            case "all" -> Scope.ALL;
            case "third" -> new Scope.Tagged(null, "third");
            case "second-a" -> new Scope.Tagged("a", "second");
            case "prefix" -> new Scope.Prefixed("b", "1");
            default -> new Scope.InNamespace(word);
        };
    }

    private void run() {
        List<String> scopes = List.of("all", "third", "third", "second-a", "second-a", "prefix", "prefix", "a", "b");
        for (long version = System.nanoTime(); true; version++) {
            if (random.nextInt(8) == 0) {
                String scope = scopes.get(random.nextInt(scopes.size()));
                say("B R " + scope);
                store.removeAll(new Removal("acme", scope(scope), Removal.Mode.REMOVE, Stores.NOW));
                say("A R " + scope);
            } else {
                String namespace = NAMESPACES.get(random.nextInt(NAMESPACES.size()));
                int from = random.nextInt(KEYS / BATCH) * BATCH;
                String step = "W " + namespace + " " + from + " " + version;
                say("B " + step);
                write(namespace, from, version);
                say("A " + step);
            }
        }
    }

    private void write(String namespace, int from, long version) {
        long stamp = store.removals("acme").now().latest();
        List<StoreWrite> writes = new ArrayList<>();
        for (int i = from; i < from + BATCH; i++) {
            String key = Integer.toString(i);
            int length = 8 + random.nextInt(300);
            Head head = new Head(
                    key,
                    "",
                    Stores.NOW,
                    Stores.NOW + 1_000_000_000L,
                    version,
                    length,
                    length,
                    tags(i),
                    Head.generations(stamp));
            writes.add(new StoreWrite(
                    StoreKey.of("acme", namespace, key),
                    head,
                    Stores.envelope(key, version, length),
                    Condition.NONE,
                    Long.MAX_VALUE,
                    Stores.NOW));
        }
        store.putAll(writes);
    }

    private static void say(String line) {
        byte[] bytes = (line + " .\n").getBytes(StandardCharsets.US_ASCII);
        System.out.write(bytes, 0, bytes.length);
        System.out.flush();
    }
}
