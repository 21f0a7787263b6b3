package io.riptide.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.entry.Head;
import io.riptide.entry.StoreKey;
import io.riptide.spi.Condition;
import io.riptide.spi.HeadPage;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.StoreWrite;
import io.riptide.spi.WriteOutcome;
import io.riptide.spi.WriteOutcome.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Random operations of several tenants, with a clock that also goes back, against a plain map. */
class ModelTest {
    private static final List<String> TENANTS = List.of("a", "a-1", "b");
    private static final long LIMIT = 12_000;

    /** What the store should hold. */
    private final Map<StoreKey, StoreWrite> model = new HashMap<>();

    private RocksDbEntryStore store;
    private long now = Stores.NOW;
    private long version;

    /** One operation; what {@code size} and {@code step} mean depends on the kind. */
    record Op(int kind, int tenant, int key, int condition, int size, int step) {}

    @Provide
    Arbitrary<List<Op>> operations() {
        Arbitrary<Op> op = Combinators.combine(
                        Arbitraries.integers().between(0, 19),
                        Arbitraries.integers().between(0, TENANTS.size() - 1),
                        Arbitraries.integers().between(0, 5),
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.integers().between(0, 5000),
                        Arbitraries.integers().between(-30, 60))
                .as(Op::new);
        return op.list().ofMinSize(1).ofMaxSize(120);
    }

    @Property(tries = 25)
    void every_answer_is_the_models(@ForAll("operations") List<Op> operations) throws IOException {
        Path directory = Files.createTempDirectory("riptide-model");
        model.clear();
        now = Stores.NOW;
        store = Stores.open(directory);
        try {
            for (Op op : operations) {
                run(op, directory);
                check();
            }
            store.sweep(now + 1_000_000);
            assertThat(TENANTS)
                    .allSatisfy(tenant -> assertThat(store.usage(tenant)).isEqualTo(new StoreUsage(0, 0)));
        } finally {
            store.close();
            delete(directory);
        }
    }

    private void run(Op op, Path directory) {
        StoreKey key = key(op.tenant(), op.key());
        switch (op.kind()) {
            case 0 -> {
                store.close();
                store = Stores.open(directory);
            }
            case 1, 2, 3 -> {
                Condition condition = condition(op, key);
                assertThat(store.remove(key, condition, now).kind()).isEqualTo(remove(key, condition));
            }
            case 4, 5, 6 -> {
                now += op.step();
                long expired =
                        model.values().stream().filter(write -> !live(write)).count();
                model.values().removeIf(write -> !live(write));
                assertThat(store.sweep(now)).isEqualTo(expired);
            }
            case 7 -> {
                String tenant = TENANTS.get(op.tenant());
                store.removeTenant(tenant);
                model.keySet().removeIf(one -> one.tenantId().equals(tenant));
            }
            case 8, 9 -> {
                List<StoreWrite> writes = Stream.iterate(0, i -> i < 4, i -> i + 1)
                        .map(i -> write(op, key(op.tenant(), (op.key() + i * i) % 6)))
                        .toList();
                List<Kind> expected = writes.stream().map(this::put).toList();
                assertThat(store.putAll(writes)).extracting(WriteOutcome::kind).isEqualTo(expected);
            }
            case 10 -> {
                StoreWrite there = model.get(key);
                byte[] damaged = there == null || op.condition() == 0 ? new byte[] {1, 2, 3} : there.envelope();
                store.discard(key, damaged.clone());
                model.computeIfPresent(key, (same, write) -> write.envelope() == damaged ? null : write);
            }
            default -> {
                StoreWrite write = write(op, key);
                assertThat(store.put(write).kind()).isEqualTo(put(write));
            }
        }
    }

    private void check() {
        List<StoreKey> keys = Stream.iterate(0, i -> i < 18, i -> i + 1)
                .map(i -> key(i / 6, i % 6))
                .toList();
        List<byte[]> values = store.getAll(keys);
        for (int i = 0; i < keys.size(); i++) {
            StoreWrite write = model.get(keys.get(i));
            assertThat(values.get(i)).isEqualTo(write == null ? null : write.envelope());
        }
        for (String tenant : TENANTS) {
            List<StoreWrite> own = model.values().stream()
                    .filter(write -> write.key().tenantId().equals(tenant))
                    .toList();
            assertThat(store.usage(tenant)).isEqualTo(new StoreUsage(bytes(tenant), own.size()));
            List<Head> live = own.stream()
                    .filter(this::live)
                    .sorted(Comparator.comparing(write -> write.key().text()))
                    .map(StoreWrite::head)
                    .toList();
            assertThat(store.list(tenant, "ns", null, 100, now)).isEqualTo(new HeadPage(live, null));
        }
    }

    private Kind put(StoreWrite write) {
        StoreWrite old = model.get(write.key());
        if (!holds(write.condition(), old)) {
            return Kind.CONDITION_FAILED;
        }
        long more = write.envelope().length - (old == null ? 0 : old.envelope().length);
        if (more > 0 && bytes(write.key().tenantId()) + more > LIMIT) {
            return Kind.OVER_QUOTA;
        }
        model.put(write.key(), write);
        return live(old) ? Kind.REPLACED : Kind.CREATED;
    }

    private Kind remove(StoreKey key, Condition condition) {
        if (!holds(condition, model.get(key))) {
            return Kind.CONDITION_FAILED;
        }
        return live(model.remove(key)) ? Kind.REMOVED : Kind.ABSENT;
    }

    private boolean holds(Condition condition, StoreWrite there) {
        return switch (condition) {
            case Condition.Always always -> true;
            case Condition.Absent absent -> !live(there);
            case Condition.Present present -> live(there);
            case Condition.Version wanted -> live(there) && there.head().version() == wanted.version();
        };
    }

    private boolean live(StoreWrite write) {
        return write != null && write.head().expiresMillis() > now;
    }

    private long bytes(String tenant) {
        return model.values().stream()
                .filter(write -> write.key().tenantId().equals(tenant))
                .mapToLong(write -> write.envelope().length)
                .sum();
    }

    private StoreWrite write(Op op, StoreKey key) {
        StoreWrite plain = Stores.write(key.tenantId(), key.hash(), ++version, op.size(), now + op.step(), LIMIT);
        return new StoreWrite(key, plain.head(), plain.envelope(), condition(op, key), LIMIT, now);
    }

    private Condition condition(Op op, StoreKey key) {
        StoreWrite there = model.get(key);
        return switch (op.condition()) {
            case 0 -> Condition.ABSENT;
            case 1 -> Condition.PRESENT;
            case 2 -> Condition.version(there == null ? 0 : there.head().version() - op.size() % 2);
            default -> Condition.NONE;
        };
    }

    private static StoreKey key(int tenant, int key) {
        return StoreKey.of(TENANTS.get(tenant), "ns", "k" + key);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
