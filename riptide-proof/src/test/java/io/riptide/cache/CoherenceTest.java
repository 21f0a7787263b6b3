package io.riptide.cache;

import static io.riptide.cache.CacheRig.bytes;
import static io.riptide.cache.CacheRig.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.cache.Loader.Loaded;
import io.riptide.cache.Lookup.Stale;
import io.riptide.entry.StoreKey;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one process holds in memory while another writes: told, proven, suspect, and without the store. */
class CoherenceTest {
    @TempDir
    Path folder;

    private Nodes nodes;
    private Nodes.Node one;
    private Namespace there;
    private Namespace here;
    private Namespace forgiving;

    @BeforeEach
    void open() {
        nodes = new Nodes(folder);
        one = nodes.one;
        here = one.namespace();
        forgiving = one.forgiving();
        there = nodes.two.namespace();
    }

    @AfterEach
    void close() {
        nodes.close();
    }

    private void afterMillis(long millis) {
        nodes.time.advance(Duration.ofMillis(millis));
    }

    private static void put(Namespace namespace, String value) {
        namespace.put("k", bytes(value), PutOptions.DEFAULT);
    }

    /** How often the store is read for a read of the key. */
    private int asked(Namespace namespace, String expected) {
        int before = one.reads.get();
        assertThat(text(namespace.get("k"))).isEqualTo(expected);
        return one.reads.get() - before;
    }

    private void assertAway(ThrowingCallable read) {
        assertThatThrownBy(read)
                .isInstanceOfSatisfying(
                        RipTideException.class,
                        e -> assertThat(e.problem())
                                .extracting(Problem::code)
                                .isEqualTo(ProblemCode.STORE_UNAVAILABLE));
    }

    @Test
    void whatIsProvenAnswersWithoutTheStore() {
        put(there, "v1");
        assertThat(asked(here, "v1")).isEqualTo(1);
        for (int i = 0; i < 100; i++) {
            afterMillis(100);
            one.feed.prove();
            afterMillis(399);
            assertThat(asked(here, "v1")).isZero();
        }
    }

    @Test
    void aChangeThatWasToldIsReadOnce() {
        put(there, "v1");
        assertThat(asked(here, "v1")).isEqualTo(1);
        put(there, "v2");
        one.feed.tell(here, "k");
        assertThat(asked(here, "v2")).isEqualTo(1);
        assertThat(asked(here, "v2")).isZero();
        assertThat(one.manager.coherence()).satisfies(figures -> {
            assertThat(figures.changes()).isEqualTo(1);
            assertThat(figures.checks()).isEqualTo(1);
        });
    }

    @Test
    void anOwnWriteThatIsToldCostsOneReadMore() {
        put(here, "v1");
        assertThat(asked(here, "v1")).isEqualTo(1);
        one.feed.tell(here, "k");
        assertThat(asked(here, "v1")).isEqualTo(1);
        assertThat(asked(here, "v1")).isZero();
    }

    @Test
    void whatIsNotProvenForHalfASecondIsAskedForOnceInThatTime() {
        put(there, "v1");
        assertThat(asked(here, "v1")).isEqualTo(1);
        put(there, "v2");
        afterMillis(499);
        assertThat(asked(here, "v1")).isZero();
        afterMillis(1);
        assertThat(asked(here, "v2")).isEqualTo(1);
        afterMillis(499);
        assertThat(asked(here, "v2")).isZero();
        afterMillis(1);
        assertThat(asked(here, "v2")).isEqualTo(1);
    }

    @Test
    void aProofOfALaterEpochProvesNothingOfWhatWasReadBefore() {
        put(there, "v1");
        assertThat(asked(here, "v1")).isEqualTo(1);
        put(there, "v2");
        afterMillis(500);
        one.feed.begin();
        assertThat(asked(here, "v2")).isEqualTo(1);
        afterMillis(499);
        one.feed.prove();
        afterMillis(499);
        assertThat(asked(here, "v2")).isZero();
    }

    @Test
    void aProcessThatWasFrozenAsksBeforeItAnswers() {
        put(there, "v1");
        assertThat(asked(here, "v1")).isEqualTo(1);
        one.feed.prove();
        put(there, "v2");
        afterMillis(60_000);
        assertThat(asked(here, "v2")).isEqualTo(1);
    }

    @Test
    void aBatchAsksForWhatIsSuspectAlone() {
        put(there, "v1");
        there.put("other", bytes("o1"), PutOptions.DEFAULT);
        assertThat(here.getAll(List.of("k", "other")))
                .extracting(CacheRig::text)
                .containsExactly("v1", "o1");
        put(there, "v2");
        there.put("other", bytes("o2"), PutOptions.DEFAULT);
        one.feed.tell(here, "k");
        assertThat(here.getAll(List.of("k", "other")))
                .extracting(CacheRig::text)
                .containsExactly("v2", "o1");
        assertThat(one.cache.grant().meter().count(Meter.BATCH_HIT_L1)).isEqualTo(1);
        assertThat(one.cache.grant().meter().count(Meter.BATCH_HIT_L2)).isEqualTo(3);
    }

    @Test
    void aReadWithALoaderSeesWhatAnotherWrote() throws Exception {
        Loader never = key -> {
            throw new IOException("not to be called");
        };
        assertThat(text(here.getOrLoad("k", key -> new Loaded(bytes("v1"), PutOptions.DEFAULT))))
                .isEqualTo("v1");
        assertThat(text(here.getOrLoad("k", never))).isEqualTo("v1");
        put(there, "v2");
        one.feed.tell(here, "k");
        assertThat(text(here.getOrLoad("k", never))).isEqualTo("v2");
        put(there, "v3");
        afterMillis(500);
        assertThat(text(here.getOrLoad("k", never))).isEqualTo("v3");
    }

    @Test
    void withoutTheStoreWhatIsSuspectIsServedWhereThatIsAllowed() {
        put(forgiving, "v1");
        assertThat(text(forgiving.get("k"))).isEqualTo("v1");
        afterMillis(400);
        one.feed.prove();
        long proven = nodes.time.wallMillis();
        one.storeAway = true;
        assertThat(text(forgiving.get("k"))).isEqualTo("v1");
        afterMillis(500);
        assertThat(forgiving.get("k")).isInstanceOfSatisfying(Stale.class, stale -> {
            assertThat(stale.entry().toByteArray()).asString().isEqualTo("v1");
            assertThat(stale.tier()).isEqualTo(Lookup.Tier.L1);
            assertThat(stale.why()).isEqualTo(Lookup.Why.FAILED);
            assertThat(stale.endedMillis()).isEqualTo(proven);
        });
        afterMillis(59_499);
        assertThat(forgiving.get("k")).isInstanceOf(Stale.class);
        afterMillis(1);
        assertAway(() -> forgiving.get("k"));
        assertThat(one.cache.grant().meter().count(Meter.STALE)).isEqualTo(2);
        assertThat(one.cache.grant().meter().operations()).isEqualTo(5);
        assertThat(one.manager.coherence())
                .isNotNull()
                .extracting(Coherence::stale)
                .isEqualTo(2L);
        one.storeAway = false;
        assertThat(asked(forgiving, "v1")).isEqualTo(1);
    }

    @Test
    void withoutTheStoreNothingSuspectIsServedElsewhere() {
        put(here, "v1");
        assertThat(text(here.get("k"))).isEqualTo("v1");
        one.storeAway = true;
        afterMillis(499);
        assertThat(text(here.get("k"))).isEqualTo("v1");
        afterMillis(1);
        assertAway(() -> here.get("k"));
        assertAway(() -> here.getOrLoad("k", key -> Loaded.nothing()));
        assertThat(one.cache.grant().meter().operations()).isEqualTo(3);
    }

    @Test
    void withoutTheStoreAReadWithALoaderTakesWhatItAllowsItself() {
        put(here, "v1");
        assertThat(text(here.get("k"))).isEqualTo("v1");
        one.storeAway = true;
        afterMillis(500);
        LoadOptions options = LoadOptions.DEFAULT.staleIfError(Duration.ofSeconds(10));
        assertThat(here.getOrLoad("k", key -> Loaded.nothing(), options)).isInstanceOf(Stale.class);
        afterMillis(9500);
        assertAway(() -> here.getOrLoad("k", key -> Loaded.nothing(), options));
    }

    @Test
    void whatIsKnownToHaveChangedIsNeverServed() {
        put(forgiving, "v1");
        assertThat(text(forgiving.get("k"))).isEqualTo("v1");
        one.feed.tell(forgiving, "k");
        one.storeAway = true;
        assertAway(() -> forgiving.get("k"));
    }

    @Test
    void whatTheStoreSaidLastIsNotUndoneByItsAbsence() {
        put(forgiving, "v1");
        assertThat(text(forgiving.get("k"))).isEqualTo("v1");
        nodes.two.forgiving().remove("k");
        afterMillis(500);
        assertThat(forgiving.get("k")).isEqualTo(Lookup.MISS);
        one.storeAway = true;
        assertAway(() -> forgiving.get("k"));
    }

    @Test
    void anEntryThatEndedByItselfIsNoStandInForAPlainRead() {
        put(forgiving, "v1");
        assertThat(text(forgiving.get("k"))).isEqualTo("v1");
        one.storeAway = true;
        afterMillis(100_000);
        assertAway(() -> forgiving.get("k"));
    }

    @Test
    void aBatchIsAnsweredAsAWholeOrNotAtAll() {
        put(forgiving, "v1");
        forgiving.put("other", bytes("o1"), PutOptions.DEFAULT);
        List<String> both = List.of("k", "other");
        assertThat(forgiving.getAll(both)).extracting(CacheRig::text).containsExactly("v1", "o1");
        one.storeAway = true;
        afterMillis(500);
        assertThat(forgiving.getAll(both)).hasOnlyElementsOfType(Stale.class);
        assertAway(() -> forgiving.getAll(List.of("k", "absent")));
        one.feed.tell(forgiving, "other");
        assertAway(() -> forgiving.getAll(both));
        assertThat(forgiving.getAll(List.of("k"))).hasOnlyElementsOfType(Stale.class);
        assertThat(one.cache.grant().meter().count(Meter.BATCH_MISS)).isEqualTo(3);
        one.storeAway = false;
        assertThat(one.cache.stats().missesBy()).containsEntry("expired", 3L);
        assertThat(one.cache.grant().meter().operations()).isEqualTo(7);
    }

    @Test
    void aReadThatWasOvertakenIsNotKept() {
        put(there, "v1");
        Changes changes = one.cache.tiers().changes();
        assertThat(changes).isNotNull();
        L1Key at = new L1Key(here, "k");
        Seen before = changes.before(StoreKey.of("acme", "n", "k"));
        Lookup.Hit old = new Lookup.Hit(((Lookup.Hit) here.get("k")).entry(), Lookup.Tier.L1);
        put(there, "v2");
        one.feed.tell(here, "k");
        assertThat(text(here.get("k"))).isEqualTo("v2");
        long stamp = one.cache.fence().stamp(at);
        one.cache.share().fill(at, new Resident(old, Long.MAX_VALUE, 0, before), one.cache.fence(), stamp);
        assertThat(asked(here, "v2")).isZero();
    }

    @Test
    void memoryAnswersBesideAnOwnWriteUntilThatIsOver() {
        put(here, "v1");
        assertThat(asked(here, "v1")).isEqualTo(1);
        one.beforePut = () -> assertThat(asked(here, "v1")).isZero();
        one.afterPut = () -> assertThat(asked(here, "v1")).isZero();
        put(here, "v2");
        assertThat(asked(here, "v2")).isEqualTo(1);
        assertThat(asked(here, "v2")).isZero();
    }

    @Test
    void whatWasReadOfAnOwnWriteBeforeThatIsOverStays() {
        put(here, "v1");
        assertThat(asked(here, "v1")).isEqualTo(1);
        one.afterPut = () -> {
            one.feed.tell(here, "k");
            assertThat(asked(here, "v2")).isEqualTo(1);
        };
        put(here, "v2");
        assertThat(asked(here, "v2")).isZero();
    }

    @Test
    void whatAnotherWroteBesideAnOwnWriteDoesNotStay() {
        put(here, "v1");
        one.afterPut = () -> {
            put(there, "v3");
            assertThat(asked(here, "v3")).isEqualTo(1);
        };
        put(here, "v2");
        assertThat(asked(here, "v3")).isEqualTo(1);
    }

    @Test
    void aReadFromBeforeAnOwnWriteIsNotKeptAfterIt() {
        put(here, "v1");
        Changes changes = one.cache.tiers().changes();
        assertThat(changes).isNotNull();
        L1Key at = new L1Key(here, "k");
        Seen before = changes.before(StoreKey.of("acme", "n", "k"));
        long stamp = one.cache.fence().stamp(at);
        Lookup.Hit old = new Lookup.Hit(((Lookup.Hit) here.get("k")).entry(), Lookup.Tier.L1);
        put(here, "v2");
        one.cache.share().fill(at, new Resident(old, Long.MAX_VALUE, 0, before), one.cache.fence(), stamp);
        assertThat(asked(here, "v2")).isEqualTo(1);
    }

    @Test
    void ofAnOwnWriteOfWhichNobodyKnowsMemoryHoldsNothing() {
        put(here, "v1");
        assertThat(asked(here, "v1")).isEqualTo(1);
        one.afterPut = () -> {
            throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "The answer is lost.")
                    .asException();
        };
        assertAway(() -> put(here, "v2"));
        assertThat(asked(here, "v2")).isEqualTo(1);
    }

    @Test
    void aReadThatTookLongDoesNotReplaceALaterOne() {
        put(there, "v1");
        Changes changes = one.cache.tiers().changes();
        assertThat(changes).isNotNull();
        L1Key at = new L1Key(here, "k");
        Seen before = changes.before(StoreKey.of("acme", "n", "k"));
        Lookup.Hit old = new Lookup.Hit(((Lookup.Hit) here.get("k")).entry(), Lookup.Tier.L1);
        afterMillis(1);
        one.feed.begin();
        put(there, "v2");
        afterMillis(500);
        assertThat(text(here.get("k"))).isEqualTo("v2");
        long stamp = one.cache.fence().stamp(at);
        one.cache.share().fill(at, new Resident(old, Long.MAX_VALUE, 0, before), one.cache.fence(), stamp);
        one.feed.prove();
        assertThat(asked(here, "v2")).isZero();
    }

    @Test
    void explainTellsWhatARelianceOnMemoryWants() {
        put(there, "v1");
        assertThat(text(here.get("k"))).isEqualTo("v1");
        assertThat(here.explain("k").doubt()).isNull();
        afterMillis(500);
        assertThat(here.explain("k").doubt()).isEqualTo(Explanation.Doubt.UNPROVEN);
        one.feed.prove();
        assertThat(here.explain("k").doubt()).isNull();
        one.feed.tell(here, "k");
        assertThat(here.explain("k").doubt()).isEqualTo(Explanation.Doubt.CHANGED);
        assertThat(here.explain("k").memoryBytes()).isPositive();
        assertThat(text(here.get("k"))).isEqualTo("v1");
        assertThat(here.explain("k").doubt()).isNull();
    }

    @Test
    void whatOthersRemovedIsNotSaidToBeNeverStored() {
        here.put("other", bytes("o1"), PutOptions.DEFAULT);
        put(there, "v1");
        there.remove("k");
        assertThat(here.explain("k").gone()).isNotNull().extracting(Gone::why).isEqualTo(Gone.Why.UNKNOWN);
    }

    @Test
    void figuresTellHowOldTheProofIs() {
        afterMillis(70);
        assertThat(one.manager.coherence().proofAgeNanos()).isEqualTo(70_000_000);
    }
}
