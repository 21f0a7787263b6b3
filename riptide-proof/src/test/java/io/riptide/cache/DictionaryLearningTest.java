package io.riptide.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.config.CacheConfig.Compression;
import io.riptide.entry.StoreKey;
import io.riptide.proof.compress.Documents;
import io.riptide.spi.EntryStore;
import io.riptide.spi.StoredDictionary;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Namespaces that learn dictionaries from what is written to them. */
class DictionaryLearningTest {
    private static final int ZSTD = 2;
    private static final int ZSTD_DICTIONARY = 3;
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    private Path folder;

    private final List<byte[]> first = new Documents(1).next(200);
    private final List<byte[]> unseen = new Documents(2).next(200);
    private DictionaryRig rig;

    @BeforeEach
    void open() {
        rig = new DictionaryRig(folder);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void learn(String namespace) {
        rig.put(namespace, "first", first);
        rig.manager.tick();
        rig.manager.sweep();
        assertThat(rig.dictionaries(namespace)).hasSize(1);
    }

    @Test
    void documentsThatTrainingDidNotSeeBecomeSeventyPercentSmaller() {
        rig.put("orders", "first", first);
        double plain = rig.savedPercent();
        rig.manager.tick();
        rig.manager.sweep();
        rig.put("orders", "unseen", unseen);
        double learned = rig.savedPercent();

        assertThat(rig.codec("orders", "first0")).isEqualTo(ZSTD);
        assertThat(rig.codec("orders", "unseen0")).isEqualTo(ZSTD_DICTIONARY);
        assertThat(plain).isBetween(45.0, 60.0);
        assertThat(learned).as("with their envelopes").isGreaterThan(65);
        long values = unseen.stream().mapToLong(value -> value.length).sum();
        long payloads = IntStream.range(0, unseen.size())
                .mapToLong(i -> rig.payloadBytes("orders", "unseen" + i))
                .sum();
        assertThat(100 - 100.0 * payloads / values).isGreaterThan(70);
        rig.assertReadable("orders", "first", first);
        rig.assertReadable("orders", "unseen", unseen);
    }

    @Test
    void nothingIsTrainedOnTheThreadThatWritesAndFewValuesAreNotLearnedFrom() {
        rig.put("orders", "few", first.subList(0, 40));
        rig.manager.tick();
        rig.manager.sweep();
        assertThat(rig.dictionaries("orders")).isEmpty();

        rig.put("orders", "first", first);
        assertThat(rig.dictionaries("orders")).as("before housekeeping").isEmpty();
        rig.manager.tick();
        rig.manager.sweep();
        assertThat(rig.dictionaries("orders")).hasSize(1);
    }

    @Test
    void aNewStartGoesOnWithTheDictionaryThatIsThere() {
        learn("orders");
        StoredDictionary before = rig.dictionaries("orders").getFirst();
        rig.reopen();
        rig.put("orders", "unseen", unseen);

        assertThat(rig.codec("orders", "unseen0")).isEqualTo(ZSTD_DICTIONARY);
        rig.manager.tick();
        rig.manager.sweep();
        assertThat(rig.dictionaries("orders")).extracting(StoredDictionary::id).containsExactly(before.id());
        rig.assertReadable("orders", "first", first);
        rig.assertReadable("orders", "unseen", unseen);
    }

    @Test
    void whatWasWrittenWithADictionaryIsReadWithAnyConfiguration() {
        learn("orders");
        rig.put("orders", "unseen", unseen);
        for (Compression now : Compression.values()) {
            rig.restart(now);
            assertThat(rig.namespace("orders").get("unseen7"))
                    .isInstanceOfSatisfying(
                            Lookup.Hit.class,
                            hit -> assertThat(hit.entry().toByteArray()).isEqualTo(unseen.get(7)));
        }
    }

    @Test
    void tenantsAndNamespacesHaveTheirOwn() {
        learn("orders");
        rig.put("others", "unseen", unseen.subList(0, 10));
        assertThat(rig.codec("others", "unseen0")).isEqualTo(ZSTD);
        rig.grant = rig.grant("globex");
        rig.put("orders", "unseen", unseen);
        rig.manager.tick();
        rig.manager.sweep();

        StoreKey theirs = StoreKey.of("globex", "orders", "unseen0");
        assertThat(rig.store.get(theirs)[5]).isEqualTo((byte) ZSTD);
        assertThat(rig.store.dictionaries("globex", "orders"))
                .hasSize(1)
                .extracting(StoredDictionary::id)
                .doesNotContain(rig.dictionaries("orders").getFirst().id());
    }

    @Test
    void valuesThatDoNotShrinkAreStoredAsTheyAreAndGiveNoDictionary() {
        SplittableRandom random = new SplittableRandom(1);
        List<byte[]> noise = IntStream.range(0, 300)
                .mapToObj(i -> {
                    byte[] value = new byte[2048];
                    random.nextBytes(value);
                    return value;
                })
                .toList();
        rig.put("noise", "n", noise);
        rig.manager.tick();
        rig.manager.sweep();
        rig.put("noise", "n", noise.subList(0, 1));

        assertThat(rig.dictionaries("noise")).isEmpty();
        assertThat(rig.codec("noise", "n0")).isZero();
    }

    @Test
    void aMissingDictionaryIsACountedMissAndTheNamespaceLearnsAnew() throws Exception {
        rig.close();
        AtomicBoolean lost = new AtomicBoolean();
        rig = new DictionaryRig(folder, store -> losing(store, lost), Runnable::run);
        learn("orders");
        rig.put("orders", "unseen", unseen);
        lost.set(true);
        rig.restart(Compression.ZSTD_DICTIONARY);

        assertThat(rig.namespace("orders").get("unseen3")).isInstanceOf(Lookup.Miss.class);
        assertThat(rig.grant.meter().count(Meter.DAMAGED)).isEqualTo(1);
        assertThat(rig.store.get(StoreKey.of("acme", "orders", "unseen3"))).isNull();
        rig.put("orders", "again", unseen);
        assertThat(rig.codec("orders", "again0")).isEqualTo(ZSTD);
        lost.set(false);
        rig.manager.tick();
        rig.manager.sweep();
        rig.put("orders", "once more", first);
        rig.assertReadable("orders", "again", unseen);
        rig.assertReadable("orders", "once more", first);
    }

    /** A store that has lost its dictionaries while told so. */
    private static EntryStore losing(EntryStore store, AtomicBoolean lost) {
        return (EntryStore) Proxy.newProxyInstance(
                EntryStore.class.getClassLoader(), new Class<?>[] {EntryStore.class}, (proxy, method, args) -> {
                    if (lost.get() && method.getName().equals("dictionary")) {
                        return null;
                    }
                    try {
                        return method.invoke(store, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    // ---- How long they are kept ----

    @Test
    void aDictionaryIsKeptUntilTheLastEntryThatNeedsItHasEndedAndThenGoes() {
        learn("orders");
        rig.put("orders", "unseen", unseen, HOUR);
        rig.time.advance(HOUR.minusMillis(1));
        rig.manager.tick();
        rig.manager.sweep();
        rig.assertReadable("orders", "unseen", unseen);

        rig.time.advance(HOUR.plusMillis(1));
        rig.manager.tick();
        rig.manager.sweep();
        assertThat(rig.dictionaries("orders"))
                .as("nothing needs it, and nothing is written")
                .isEmpty();
    }

    @Test
    void whileItIsUsedItIsKeptOn() {
        learn("orders");
        int id = rig.dictionaries("orders").getFirst().id();
        for (int quarter = 0; quarter < 40; quarter++) {
            rig.time.advance(Duration.ofMinutes(15));
            rig.put("orders", "q" + quarter + "-", unseen.subList(0, 20), HOUR);
            assertThat(rig.codec("orders", "q" + quarter + "-0")).isEqualTo(ZSTD_DICTIONARY);
            rig.manager.tick();
            rig.manager.sweep();
        }
        assertThat(rig.dictionaries("orders")).extracting(StoredDictionary::id).containsExactly(id);
        for (int quarter = 37; quarter < 40; quarter++) {
            rig.assertReadable("orders", "q" + quarter + "-", unseen.subList(0, 20));
        }
    }

    @Test
    void anEntryThatOutlivesTheDictionaryIsWrittenWithoutItUntilThatIsKeptLonger() {
        learn("orders");
        Duration month = Duration.ofDays(30);
        rig.put("orders", "long", unseen.subList(0, 1), month);
        assertThat(rig.codec("orders", "long0")).isEqualTo(ZSTD);
        rig.manager.tick();
        rig.manager.sweep();
        rig.put("orders", "longer", unseen, month);
        assertThat(rig.codec("orders", "longer0")).isEqualTo(ZSTD_DICTIONARY);

        rig.time.advance(month.minusMillis(1));
        rig.manager.tick();
        rig.manager.sweep();
        rig.assertReadable("orders", "longer", unseen);
    }

    @Test
    void valuesOfAnotherKindGetAnotherDictionaryAndTheOldOneStaysAsLongAsItIsNeeded() {
        learn("orders");
        int old = rig.dictionaries("orders").getFirst().id();
        rig.put("orders", "unseen", unseen);
        rig.put("orders", "many", new Documents(3).next(1000));
        rig.manager.tick();
        rig.manager.sweep();
        assertThat(rig.dictionaries("orders"))
                .as("what is as good is not replaced")
                .hasSize(1);

        rig.put("orders", "other", others(3000));
        rig.manager.tick();
        rig.manager.sweep();
        assertThat(rig.dictionaries("orders")).extracting(StoredDictionary::id).hasSize(2);
        int newer = rig.dictionaries("orders").getFirst().id();
        assertThat(newer).isNotEqualTo(old);
        rig.savedPercent();
        List<byte[]> more = others(100);
        rig.put("orders", "more", more);
        assertThat(rig.savedPercent()).isGreaterThan(60);
        rig.assertReadable("orders", "unseen", unseen);
        rig.assertReadable("orders", "more", more);
        rig.reopen();
        rig.put("orders", "after", more);
        rig.assertReadable("orders", "unseen", unseen);
        rig.assertReadable("orders", "after", more);

        rig.time.advance(HOUR.plusMinutes(1));
        rig.put("orders", "later", more);
        rig.manager.tick();
        rig.manager.sweep();
        rig.time.advance(HOUR.minusMinutes(1));
        rig.manager.tick();
        rig.manager.sweep();
        assertThat(rig.dictionaries("orders")).extracting(StoredDictionary::id).containsExactly(newer);
        rig.assertReadable("orders", "later", more);
    }

    /** Notices with long terms that are the same in all and repeat nothing: what orders have in common is no help. */
    private static List<byte[]> others(int count) {
        String terms = letters(new SplittableRandom(5), 1500);
        SplittableRandom random = new SplittableRandom(count);
        return IntStream.range(0, count)
                .mapToObj(i -> ("<notice><to>" + letters(random, 300) + "</to><terms>" + terms + "</terms></notice>")
                        .getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    private static String letters(SplittableRandom random, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append((char) random.nextInt('a', 'z' + 1));
        }
        return text.toString();
    }

    // ---- Many at once ----

    @Test
    void nothingIsUnreadableWhileVersionsComeAndNativeMemoryGoes() throws Exception {
        rig.close();
        try (ExecutorService training = Executors.newSingleThreadExecutor();
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            rig = new DictionaryRig(folder, store -> store, training);
            AtomicBoolean done = new AtomicBoolean();
            CountDownLatch begun = new CountDownLatch(3);
            List<Future<?>> running = new ArrayList<>();
            for (int writer = 0; writer < 3; writer++) {
                int seed = writer;
                running.add(threads.submit(() -> writeAndRead(seed, begun)));
            }
            Future<?> housekeeping = threads.submit(() -> {
                for (int round = 0; !done.get(); round++) {
                    if (round < 2000) {
                        // Longer than what is idle is held in memory.
                        rig.time.advance(Duration.ofMinutes(11));
                    }
                    rig.manager.tick();
                    rig.manager.sweep();
                }
            });
            begun.await();
            for (Future<?> one : running) {
                one.get();
            }
            done.set(true);
            housekeeping.get();
        }
        assertThat(rig.grant.meter().count(Meter.DAMAGED)).isZero();
        assertThat(rig.dictionaries("orders").size()).isBetween(1, 8);
    }

    private void writeAndRead(int seed, CountDownLatch begun) {
        begun.countDown();
        Documents documents = new Documents(100 + seed);
        List<byte[]> kinds = others(500);
        Namespace orders = rig.namespace("orders");
        for (int i = 0; i < 3000; i++) {
            byte[] value = (i / 1000) % 2 == 0 ? documents.next() : kinds.get(i % kinds.size());
            String key = seed + "-" + i % 700;
            orders.put(key, value.clone(), PutOptions.ttl(Duration.ofDays(30)));
            assertThat(((Lookup.Hit) orders.get(key)).entry().toByteArray()).isEqualTo(value);
        }
    }

    // ---- Erasure ----

    @Test
    void aTenantThatIsErasedWhileItsDictionaryIsTrainedKeepsNone() {
        rig.close();
        List<Runnable> held = new ArrayList<>();
        rig = new DictionaryRig(folder, store -> store, held::add);
        rig.put("orders", "first", first);
        rig.manager.tick();
        rig.manager.sweep();
        assertThat(held).hasSize(1);
        rig.grant.end();
        rig.manager.erase(rig.grant);
        held.forEach(Runnable::run);

        assertThat(rig.dictionaries("orders")).isEmpty();
        assertThat(rig.store.dictionaryBytes("acme")).isZero();
    }

    @Test
    void erasureTakesDictionariesWithIt() {
        learn("orders");
        rig.grant.end();
        rig.manager.erase(rig.grant);

        assertThat(rig.dictionaries("orders")).isEmpty();
    }
}
