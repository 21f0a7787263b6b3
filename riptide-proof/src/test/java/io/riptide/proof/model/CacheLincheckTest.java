package io.riptide.proof.model;

import io.riptide.cache.Loader;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.cache.PutResult.Outcome;
import io.riptide.cache.TenantCache;
import io.riptide.grant.TenantGrant;
import io.riptide.spi.Removal;
import io.riptide.testkit.ManualTime;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One key of a namespace is a register: writes, removals, conditional writes and loads are atomic, each read sees the
 * last.
 */
@Tag("lincheck")
class CacheLincheckTest {
    private static final String KEY = "k";
    private static final byte LOADED = 9;

    @Test
    void conditionalWritesAreAtomic() {
        check(Conditional.class, Register.class);
    }

    @Test
    void oneLoadRunsAndIsSeenByAll() {
        check(SingleFlight.class, Loads.class);
    }

    @Test
    void aLoadNeverUndoesAWriteThatCameLater() {
        check(LoadsAmongWrites.class, RegisterWithLoads.class);
    }

    @Test
    void aCacheThatGoesWhileItIsUsedLosesNothing() {
        check(ComingAndGoing.class, Register.class);
    }

    @Test
    void removalsOfManyAreAtomic() {
        check(Removals.class, RemovedRegister.class);
    }

    @Test
    void aLoadIsNeverKeptBeyondARemovalOfMany() {
        check(RemovalsAmongLoads.class, RegisterWithLoads.class);
    }

    private static void check(Class<?> operations, Class<?> specification) {
        new StressOptions()
                .iterations(5)
                .invocationsPerIteration(100)
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(1)
                .actorsAfter(2)
                .sequentialSpecification(specification)
                .check(operations);
    }

    private static Namespace namespace() {
        return Caches.over(new MemoryEntryStore(), new ManualTime()).tenant("t").namespace("n");
    }

    private static int value(Lookup lookup) {
        return lookup instanceof Lookup.Hit hit ? hit.entry().value().get() : 0;
    }

    /** Conditional writes. */
    @Param(name = "value", gen = IntGen.class, conf = "1:3")
    public static class Conditional {
        private final Namespace namespace = namespace();

        @Operation
        public int get() {
            return value(namespace.get(KEY));
        }

        @Operation
        public boolean put(@Param(name = "value") int value) {
            return namespace
                            .put(KEY, new byte[] {(byte) value}, PutOptions.DEFAULT)
                            .outcome()
                    == Outcome.CREATED;
        }

        @Operation
        public boolean putIfAbsent(@Param(name = "value") int value) {
            return namespace
                            .putIfAbsent(KEY, new byte[] {(byte) value}, PutOptions.DEFAULT)
                            .outcome()
                    == Outcome.CREATED;
        }

        @Operation
        public boolean remove() {
            return namespace.remove(KEY);
        }

        /** Reads and sets, again where another was faster. */
        @Operation
        public int increment() {
            while (true) {
                if (!(namespace.get(KEY) instanceof Lookup.Hit hit)) {
                    return 0;
                }
                int next = value(hit) + 1;
                Outcome outcome = namespace
                        .compareAndSet(KEY, hit.entry().head().version(), new byte[] {(byte) next}, PutOptions.DEFAULT)
                        .outcome();
                if (outcome == Outcome.REPLACED) {
                    return next;
                }
            }
        }
    }

    /** Removals of many, which cover the key or do not, among writes and housekeeping that forgets them. */
    @Param(name = "value", gen = IntGen.class, conf = "1:3")
    public static class Removals {
        private static final PutOptions TAGGED = PutOptions.DEFAULT.tags("t");

        private final Caches caches = Caches.over(new MemoryEntryStore(), new ManualTime());
        private final TenantCache cache = caches.tenant("t");
        private final Namespace namespace = cache.namespace("n");

        @Operation
        public int get() {
            return value(namespace.get(KEY));
        }

        @Operation
        public void put(@Param(name = "value") int value) {
            namespace.put(KEY, new byte[] {(byte) value}, TAGGED);
        }

        @Operation
        public long removeTagged() {
            return cache.removeTagged("t", Removal.Mode.REMOVE).entries();
        }

        @Operation
        public long removeAll() {
            return namespace.removeAll(Removal.Mode.REMOVE).entries();
        }

        @Operation
        public long removeOthers() {
            return cache.removeTagged("other", Removal.Mode.REMOVE).entries();
        }

        @Operation(nonParallelGroup = "housekeeping")
        public void tick() {
            caches.manager().tick();
            caches.manager().sweep();
        }
    }

    /** The same for one thread. */
    public static class RemovedRegister {
        private int value;

        public int get() {
            return value;
        }

        public void put(int next) {
            value = next;
        }

        public long removeTagged() {
            return removeAll();
        }

        public long removeAll() {
            long was = value == 0 ? 0 : 1;
            value = 0;
            return was;
        }

        public long removeOthers() {
            return 0;
        }

        public void tick() {
            // What was removed is gone already.
        }
    }

    /**
     * Loads among writes and removals of many. What the removals counted is left out: a load that one overtakes is
     * answered and never kept, so nobody counts it.
     */
    @Param(name = "value", gen = IntGen.class, conf = "1:3")
    public static class RemovalsAmongLoads {
        private static final PutOptions TAGGED = PutOptions.DEFAULT.tags("t");
        private static final Loader LOADER = key -> new Loader.Loaded(new byte[] {LOADED}, TAGGED);

        private final TenantCache cache =
                Caches.over(new MemoryEntryStore(), new ManualTime()).tenant("t");
        private final Namespace namespace = cache.namespace("n");

        @Operation
        public int get() {
            return value(namespace.get(KEY));
        }

        @Operation
        public int getOrLoad() {
            return value(namespace.getOrLoad(KEY, LOADER));
        }

        @Operation
        public void put(@Param(name = "value") int value) {
            namespace.put(KEY, new byte[] {(byte) value}, TAGGED);
        }

        @Operation
        public void remove() {
            var unused = cache.removeTagged("t", Removal.Mode.REMOVE);
        }
    }

    /** Each asks for the tenant's cache anew, while housekeeping gives its share back and nothing else holds it. */
    @Param(name = "value", gen = IntGen.class, conf = "1:3")
    public static class ComingAndGoing {
        private static final int UNTIL_IDLE = 120;

        private final Caches caches = Caches.over(new MemoryEntryStore(), new ManualTime());
        private final TenantGrant grant = caches.grant("t");

        @Operation
        public int get() {
            return value(namespace().get(KEY));
        }

        @Operation
        public boolean put(@Param(name = "value") int value) {
            return namespace()
                            .put(KEY, new byte[] {(byte) value}, PutOptions.DEFAULT)
                            .outcome()
                    == Outcome.CREATED;
        }

        @Operation
        public boolean remove() {
            return namespace().remove(KEY);
        }

        @Operation(nonParallelGroup = "housekeeping")
        public void idle() {
            for (int second = 0; second < UNTIL_IDLE; second++) {
                caches.manager().tick();
                caches.manager().sweep();
            }
            System.gc();
        }

        private Namespace namespace() {
            return caches.manager().open(grant).namespace("n");
        }
    }

    /** The same for one thread; zero is nothing. */
    public static class Register {
        private int value;

        public void idle() {
            // What nobody asks for is kept.
        }

        public int get() {
            return value;
        }

        public boolean put(int next) {
            boolean created = value == 0;
            value = next;
            return created;
        }

        public boolean putIfAbsent(int next) {
            return value == 0 && put(next);
        }

        public boolean remove() {
            boolean was = value != 0;
            value = 0;
            return was;
        }

        public int increment() {
            value = value == 0 ? 0 : value + 1;
            return value;
        }
    }

    /**
     * Loads of one key, of which the n-th brings n: a second load where one would do shows in the next number. There
     * are no removals in it: a load that one overtakes brings a number that nobody may ever see.
     */
    public static class SingleFlight {
        private final Namespace namespace = namespace();
        private final AtomicInteger loads = new AtomicInteger();
        private final Loader loader =
                key -> new Loader.Loaded(new byte[] {(byte) loads.incrementAndGet()}, PutOptions.DEFAULT);

        @Operation
        public int getOrLoad() {
            return value(namespace.getOrLoad(KEY, loader));
        }

        @Operation
        public int get() {
            return value(namespace.get(KEY));
        }
    }

    /** The same for one thread. */
    public static class Loads {
        private int value;
        private int loads;

        public int getOrLoad() {
            if (value == 0) {
                value = ++loads;
            }
            return value;
        }

        public int get() {
            return value;
        }
    }

    /** Loads that always bring the same, among writes. */
    @Param(name = "value", gen = IntGen.class, conf = "1:3")
    public static class LoadsAmongWrites {
        private static final Loader LOADER = key -> new Loader.Loaded(new byte[] {LOADED}, PutOptions.DEFAULT);

        private final Namespace namespace = namespace();

        @Operation
        public int getOrLoad() {
            return value(namespace.getOrLoad(KEY, LOADER));
        }

        @Operation
        public int get() {
            return value(namespace.get(KEY));
        }

        @Operation
        public void put(@Param(name = "value") int value) {
            namespace.put(KEY, new byte[] {(byte) value}, PutOptions.DEFAULT);
        }

        @Operation
        public void remove() {
            namespace.remove(KEY);
        }
    }

    /** The same for one thread. */
    public static class RegisterWithLoads {
        private int value;

        public int getOrLoad() {
            value = value == 0 ? LOADED : value;
            return value;
        }

        public int get() {
            return value;
        }

        public void put(int next) {
            value = next;
        }

        public void remove() {
            value = 0;
        }
    }
}
