package io.riptide.cache;

import static io.riptide.cache.CacheRig.WIDE;
import static io.riptide.cache.CacheRig.bytes;
import static io.riptide.cache.CacheRig.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.cache.PutResult.Outcome;
import io.riptide.entry.Head;
import io.riptide.entry.StoreKey;
import io.riptide.grant.TenantGrant;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class NamespaceTest extends CacheFixture {
    @Test
    void aWriteIsReadFromTheStoreFirstAndFromMemoryThen() {
        assertThat(namespace
                        .put("k", bytes("v"), PutOptions.DEFAULT.contentType("text/plain"))
                        .outcome())
                .isEqualTo(Outcome.CREATED);
        Lookup.Hit first = (Lookup.Hit) namespace.get("k");
        Lookup.Hit second = (Lookup.Hit) namespace.get("k");
        assertThat(first.tier()).isEqualTo(Lookup.Tier.L2);
        assertThat(second.tier()).isEqualTo(Lookup.Tier.L1);
        assertThat(text(second)).isEqualTo("v");
        Head head = second.entry().head();
        assertThat(head.contentType()).isEqualTo("text/plain");
        assertThat(head.createdMillis()).isEqualTo(rig.time.wallMillis());
        assertThat(head.expiresMillis()).isEqualTo(rig.time.wallMillis() + 3_600_000);
        assertThat(text(namespace.get("other"))).isEqualTo("Miss");
    }

    @Test
    void theNextReadAfterAWriteSeesIt() {
        namespace.put("k", bytes("1"), PutOptions.DEFAULT);
        namespace.get("k");
        namespace.get("k");
        assertThat(namespace.put("k", bytes("2"), PutOptions.DEFAULT).outcome()).isEqualTo(Outcome.REPLACED);
        assertThat(text(namespace.get("k"))).isEqualTo("2");
        assertThat(namespace.remove("k")).isTrue();
        assertThat(namespace.remove("k")).isFalse();
        assertThat(text(namespace.get("k"))).isEqualTo("Miss");
    }

    @Test
    void anEntryEndsAtItsMillisecondInBothTiers() {
        namespace.put("l2", bytes("v"), PutOptions.ttl(Duration.ofMillis(1500)));
        namespace.put("l1", bytes("v"), PutOptions.ttl(Duration.ofMillis(1500)));
        namespace.get("l1");
        rig.time.advance(Duration.ofMillis(1499));
        assertThat(((Lookup.Hit) namespace.get("l1")).tier()).isEqualTo(Lookup.Tier.L1);
        rig.time.advance(Duration.ofMillis(1));
        assertThat(text(namespace.get("l1"))).isEqualTo("Miss");
        assertThat(text(namespace.get("l2"))).isEqualTo("Miss");
    }

    @Test
    void aNamespacesOwnTimeToLiveHolds() {
        cache.namespace("short").put("k", bytes("v"), PutOptions.DEFAULT);
        rig.time.advance(Duration.ofSeconds(5));
        assertThat(text(cache.namespace("short").get("k"))).isEqualTo("Miss");
    }

    @Test
    void conditionalWritesTakePlaceOnlyWhereTheConditionHolds() {
        assertThat(namespace.putIfPresent("k", bytes("0"), PutOptions.DEFAULT).outcome())
                .isEqualTo(Outcome.CONDITION_FAILED);
        PutResult first = namespace.putIfAbsent("k", bytes("1"), PutOptions.DEFAULT);
        assertThat(first.outcome()).isEqualTo(Outcome.CREATED);
        assertThat(first.stored()).isTrue();
        assertThat(namespace.putIfAbsent("k", bytes("x"), PutOptions.DEFAULT).stored())
                .isFalse();
        PutResult second = namespace.compareAndSet("k", first.version(), bytes("2"), PutOptions.DEFAULT);
        assertThat(second.outcome()).isEqualTo(Outcome.REPLACED);
        assertThat(namespace
                        .compareAndSet("k", first.version(), bytes("x"), PutOptions.DEFAULT)
                        .outcome())
                .isEqualTo(Outcome.CONDITION_FAILED);
        assertThat(namespace.remove("k", first.version())).isFalse();
        assertThat(text(namespace.get("k"))).isEqualTo("2");
        assertThat(namespace.putIfPresent("k", bytes("3"), PutOptions.DEFAULT).stored())
                .isTrue();
        assertThat(namespace.remove("k", second.version())).isFalse();
    }

    @Test
    void aVersionNeverComesBack() {
        long version = namespace.put("k", bytes("1"), PutOptions.DEFAULT).version();
        namespace.remove("k");
        namespace.put("k", bytes("1"), PutOptions.DEFAULT);
        assertThat(namespace
                        .compareAndSet("k", version, bytes("2"), PutOptions.DEFAULT)
                        .stored())
                .isFalse();
    }

    @Test
    void batchesAnswerInTheirOrderFromBothTiers() {
        List<BatchEntry> entries = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            entries.add(new BatchEntry("k" + i, bytes("v" + i), PutOptions.DEFAULT));
        }
        assertThat(namespace.putAll(entries)).allMatch(PutResult::stored).hasSize(100);
        namespace.get("k7");
        List<Lookup> found = namespace.getAll(List.of("k7", "nothing", "k99", "k7", "k0"));
        assertThat(found.stream().map(CacheRig::text)).containsExactly("v7", "Miss", "v99", "v7", "v0");
        assertThat(((Lookup.Hit) found.getFirst()).tier()).isEqualTo(Lookup.Tier.L1);
        assertThat(((Lookup.Hit) found.get(2)).tier()).isEqualTo(Lookup.Tier.L2);
        assertThat(namespace.getAll(List.of())).isEmpty();
        assertThat(namespace.putAll(List.of())).isEmpty();
    }

    @Test
    void aListingPagesThroughAllThatLives() {
        for (int i = 0; i < 25; i++) {
            namespace.put("k" + i, bytes("v"), PutOptions.ttl(Duration.ofSeconds(i == 3 ? 1 : 100)));
        }
        cache.namespace("n2").put("elsewhere", bytes("v"), PutOptions.DEFAULT);
        rig.time.advance(Duration.ofSeconds(1));
        List<String> keys = new ArrayList<>();
        String cursor = null;
        int pages = 0;
        do {
            KeyPage page = namespace.list(10, cursor);
            page.heads().forEach(head -> keys.add(head.key()));
            cursor = page.nextCursor();
            pages++;
        } while (cursor != null);
        assertThat(pages).isEqualTo(3);
        assertThat(keys).hasSize(24).doesNotHaveDuplicates().doesNotContain("k3", "elsewhere");
    }

    @Test
    void tenantsAndNamespacesDoNotSeeEachOther() {
        TenantCache other = rig.tenant("acme-2");
        namespace.put("k", bytes("mine"), PutOptions.DEFAULT);
        other.namespace("n").put("k", bytes("theirs"), PutOptions.DEFAULT);
        assertThat(text(namespace.get("k"))).isEqualTo("mine");
        assertThat(text(other.namespace("n").get("k"))).isEqualTo("theirs");
        assertThat(text(cache.namespace("n.").get("k"))).isEqualTo("Miss");
        other.namespace("n").remove("k");
        assertThat(text(namespace.get("k"))).isEqualTo("mine");
    }

    @Test
    void handlesBeyondThoseKeptWorkAlike() {
        for (int i = 0; i < 1100; i++) {
            cache.namespace("n" + i);
        }
        cache.namespace("late").put("k", bytes("v"), PutOptions.DEFAULT);
        cache.namespace("late").get("k");
        assertThat(((Lookup.Hit) cache.namespace("late").get("k")).tier()).isEqualTo(Lookup.Tier.L1);
        cache.namespace("late").put("k", bytes("w"), PutOptions.DEFAULT);
        assertThat(text(cache.namespace("late").get("k"))).isEqualTo("w");
    }

    @Test
    void everyOperationIsCountedOnce() {
        TenantGrant grant = cache.grant();
        namespace.put("k", bytes("v"), PutOptions.DEFAULT);
        namespace.putIfAbsent("k", bytes("v"), PutOptions.DEFAULT);
        namespace.get("k");
        namespace.get("k");
        namespace.get("absent");
        namespace.getAll(List.of("k", "absent", "absent2"));
        namespace.putAll(List.of(new BatchEntry("b", bytes("v"), PutOptions.DEFAULT)));
        namespace.list(10, null);
        namespace.remove("k");
        assertThat(grant.meter().count(Meter.PUT)).isEqualTo(2);
        assertThat(grant.meter().count(Meter.BATCH_PUT)).isEqualTo(1);
        assertThat(grant.meter().count(Meter.HIT_L2)).isEqualTo(1);
        assertThat(grant.meter().count(Meter.HIT_L1)).isEqualTo(1);
        assertThat(grant.meter().count(Meter.BATCH_HIT_L1)).isEqualTo(1);
        assertThat(grant.meter().count(Meter.MISS)).isEqualTo(1);
        assertThat(grant.meter().count(Meter.BATCH_MISS)).isEqualTo(2);
        assertThat(grant.meter().count(Meter.LIST)).isEqualTo(1);
        assertThat(grant.meter().count(Meter.DELETE)).isEqualTo(1);
        assertThat(grant.meter().operations()).isEqualTo(11);
        assertThat(WIDE.operationsPerMinute() - grant.allowance().probe().remaining())
                .isEqualTo(11);
        CacheStats stats = cache.stats();
        assertThat(stats.hitRate()).isEqualTo(0.5);
        assertThat(stats.entries()).isEqualTo(1);
        assertThat(rig.manager.stats(grant)).isEqualTo(stats);
    }

    @Test
    void whatIsNotValidIsRefusedByNameAndCostsNothing() {
        Consumer<ThrowingCallable> invalid =
                call -> assertThatThrownBy(call).isInstanceOfSatisfying(RipTideException.class, e -> {
                    assertThat(e.problem().code()).isEqualTo(ProblemCode.INVALID_REQUEST);
                    assertThat(e.problem().errors()).isNotEmpty();
                });
        invalid.accept(() -> namespace.get(""));
        invalid.accept(() -> namespace.get("a\0b"));
        invalid.accept(() -> namespace.put("k".repeat(1025), bytes("v"), PutOptions.DEFAULT));
        invalid.accept(() -> namespace.put("k", bytes("v"), PutOptions.ttl(Duration.ZERO)));
        invalid.accept(() -> namespace.put("k", bytes("v"), PutOptions.ttl(Duration.ofSeconds(86_401))));
        invalid.accept(() -> namespace.put("k", bytes("v"), PutOptions.DEFAULT.contentType("a\nb")));
        invalid.accept(() -> namespace.put("k", bytes("v"), PutOptions.DEFAULT.contentType("a".repeat(256))));
        invalid.accept(() -> namespace.list(0, null));
        invalid.accept(() -> namespace.list(1001, null));
        invalid.accept(() -> namespace.list(10, "nonsense"));
        invalid.accept(() -> namespace.getAll(Collections.nCopies(1001, "k")));
        invalid.accept(() -> namespace.remove("\ud800"));
        invalid.accept(() -> cache.namespace("a b"));
        assertThatThrownBy(() -> namespace.put("k", new byte[(1 << 20) + 1], PutOptions.DEFAULT))
                .isInstanceOfSatisfying(
                        RipTideException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.ENTRY_TOO_LARGE));
        assertThat(cache.grant().meter().operations()).isZero();
        assertThat(cache.grant().allowance().probe().remaining()).isEqualTo(WIDE.operationsPerMinute());
        assertThat(cache.stats().entries()).isZero();
    }

    @Test
    void overTheStorageQuotaNothingIsStoredCountedOrTaken() {
        TenantGrant grant = rig.grant("small", new Quotas(1 << 20, 1000, 2000, 1));
        Namespace small = rig.manager.open(grant).namespace("n");
        small.put("a", new byte[900], PutOptions.DEFAULT);
        assertThatThrownBy(() -> small.put("b", new byte[1000], PutOptions.DEFAULT))
                .isInstanceOfSatisfying(RipTideException.class, e -> {
                    assertThat(e.problem().code()).isEqualTo(ProblemCode.STORAGE_QUOTA_EXCEEDED);
                    assertThat(e.problem().values())
                            .containsEntry("limit", 2000L)
                            .containsKey("used");
                });
        assertThat(text(small.get("b"))).isEqualTo("Miss");
        assertThat(grant.meter().count(Meter.PUT)).isEqualTo(1);
        assertThat(grant.allowance().probe().remaining()).isEqualTo(998);
        List<PutResult> batch = small.putAll(List.of(
                new BatchEntry("c", new byte[100], PutOptions.DEFAULT),
                new BatchEntry("d", incompressible(1900), PutOptions.DEFAULT)));
        assertThat(batch.get(0).outcome()).isEqualTo(Outcome.CREATED);
        assertThat(batch.get(1).outcome()).isEqualTo(Outcome.OVER_QUOTA);
        assertThat(grant.meter().count(Meter.PUT)).isEqualTo(1);
        assertThat(grant.meter().count(Meter.BATCH_PUT)).isEqualTo(1);
        assertThat(rig.manager.usage(grant).bytes()).isLessThanOrEqualTo(2000);
        assertThat(small.put("a", new byte[10], PutOptions.DEFAULT).outcome()).isEqualTo(Outcome.REPLACED);
    }

    @Test
    void bytesThatDoNotOpenAreACountedMissAndGoAway() {
        namespace.put("k", bytes("v"), PutOptions.DEFAULT);
        StoreKey at = StoreKey.of("acme", "n", "k");
        byte[] envelope = rig.store.get(at);
        namespace.put("k2", bytes("other"), PutOptions.DEFAULT);
        // What a fault would leave: another entry's bytes under this key.
        Head head = ((Lookup.Hit) namespace.get("k2")).entry().head();
        byte[] foreign = rig.store.get(StoreKey.of("acme", "n", "k2"));
        rig.store.put(new io.riptide.spi.StoreWrite(
                at, head, foreign, io.riptide.spi.Condition.NONE, 1 << 20, rig.time.wallMillis()));
        assertThat(envelope).isNotEqualTo(foreign);
        assertThat(text(namespace.get("k"))).isEqualTo("Miss");
        assertThat(cache.grant().meter().count(Meter.DAMAGED)).isEqualTo(1);
        assertThat(rig.store.get(at)).isNull();
        assertThat(cache.stats().entries()).isEqualTo(1);
    }

    @Test
    void erasureRemovesOneTenantAndNoOther() {
        TenantCache other = rig.tenant("other");
        namespace.put("k", bytes("v"), PutOptions.DEFAULT);
        namespace.get("k");
        other.namespace("n").put("k", bytes("v"), PutOptions.DEFAULT);
        cache.grant().apply(CacheRig.row("acme", WIDE, Status.DELETING));
        rig.manager.erase(cache.grant());
        assertThatThrownBy(() -> namespace.get("k")).isInstanceOf(RipTideException.class);
        assertThatThrownBy(() -> namespace.put("k", bytes("v"), PutOptions.DEFAULT))
                .isInstanceOf(RipTideException.class);
        assertThat(rig.store.usage("acme").entries()).isZero();
        assertThat(text(other.namespace("n").get("k"))).isEqualTo("v");
        TenantCache anew = rig.tenant("acme");
        assertThat(text(anew.namespace("n").get("k"))).isEqualTo("Miss");
    }

    @Test
    void housekeepingSweepsWhatEndedAndGivesIdleSharesBack() {
        namespace.put("k", bytes("v"), PutOptions.ttl(Duration.ofSeconds(1)));
        namespace.put("stays", bytes("v"), PutOptions.DEFAULT);
        namespace.get("stays");
        assertThat(cache.memoryBytes()).isPositive();
        rig.time.advance(Duration.ofSeconds(2));
        rig.manager.tick();
        rig.manager.sweep();
        assertThat(cache.stats().entries()).isEqualTo(1);
        for (int i = 0; i < 200; i++) {
            rig.time.advance(Duration.ofSeconds(1));
            rig.manager.tick();
            rig.manager.sweep();
        }
        assertThat(cache.memoryBytes()).isZero();
        assertThat(text(namespace.get("stays"))).isEqualTo("v");
    }

    @Test
    void aSmallerMemoryQuotaReachesWhatIsHeld() {
        for (int i = 0; i < 100; i++) {
            namespace.put("k" + i, new byte[10_000], PutOptions.DEFAULT);
            namespace.get("k" + i);
        }
        assertThat(cache.memoryBytes()).isGreaterThan(900_000);
        cache.grant().apply(CacheRig.row("acme", new Quotas(100_000, 100_000_000, 1 << 30, 1), Status.ACTIVE));
        rig.manager.tick();
        rig.manager.sweep();
        assertThat(cache.memoryBytes()).isLessThanOrEqualTo(100_000);
        assertThat(cache.stats().evictions().get("size")).isPositive();
    }

    private static byte[] incompressible(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(1).nextBytes(bytes);
        return bytes;
    }

    @Test
    void livesInANamespaceWithJitterDifferAndACallMaySayItself() {
        Namespace uneven = cache.namespace("uneven");
        for (int i = 0; i < 500; i++) {
            uneven.put("k" + i, bytes("v"), PutOptions.DEFAULT);
        }
        LongSummaryStatistics lives = uneven.list(500, null).heads().stream()
                .mapToLong(head -> head.expiresMillis() - head.createdMillis())
                .summaryStatistics();
        assertThat(lives.getMin()).isBetween(800_000L, 830_000L);
        assertThat(lives.getMax()).isBetween(970_000L, 1_000_000L);
        uneven.put("even", bytes("v"), PutOptions.DEFAULT.jitterPercent(0));
        Lookup.Hit even = (Lookup.Hit) uneven.get("even");
        assertThat(even.entry().head().expiresMillis() - even.entry().head().createdMillis())
                .isEqualTo(1_000_000);
        namespace.put("own", bytes("v"), PutOptions.ttl(Duration.ofSeconds(10)).jitterPercent(50));
        Lookup.Hit own = (Lookup.Hit) namespace.get("own");
        assertThat(own.entry().head().expiresMillis() - own.entry().head().createdMillis())
                .isBetween(5_000L, 9_999L);
    }
}
