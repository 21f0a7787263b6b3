package io.riptide.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.cache.PutOptions;
import io.riptide.config.PersistenceConfig;
import io.riptide.grant.TenantGrant;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.quota.Enforcement;
import io.riptide.quota.PermitRounds;
import io.riptide.spi.PermitLeases;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.TenantRecord.Status;
import io.riptide.tenant.TenantManager;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrantsTest {
    @TempDir
    Path folder;

    private final Deque<Runnable> background = new ArrayDeque<>();
    private DoorRig rig;

    @BeforeEach
    void open() {
        rig = new DoorRig(folder, true, null, background::add);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void runBackground() {
        while (!background.isEmpty()) {
            background.poll().run();
        }
    }

    @Test
    void aTenantHasOneGrantHoweverManyAskAtOnce() throws Exception {
        String key = rig.tenant("acme");
        Set<TenantGrant> seen = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
        CountDownLatch go = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                boolean byKey = i % 2 == 0;
                threads.execute(() -> {
                    try {
                        go.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    seen.add(byKey ? rig.door.tenant(key, null).grant() : rig.door.grant("acme"));
                });
            }
            go.countDown();
        }
        assertThat(seen).hasSize(1);
        assertThat(rig.door.grants()).containsExactlyElementsOf(seen);
    }

    @Test
    void thereIsNoGrantOfNobody() {
        assertThatThrownBy(() -> rig.door.grant("nobody"))
                .isInstanceOfSatisfying(
                        RipTideException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.NOT_FOUND));
        assertThat(rig.door.grants()).isEmpty();
    }

    /** Another process over the same rows, of whose changes this one is not told. */
    private TenantManager elsewhere() {
        PersistenceConfig config = DoorRig.config();
        return new TenantManager(config.tenant(), config.billing(), rig.store, rig.time, new SecureRandom());
    }

    private static NewTenant acme() {
        return new NewTenant("acme", "T", "O", "o@example.com", "free", QuotaPatch.NONE, null);
    }

    @Test
    void aGrantEndsOnceARowOfAnotherTenantOfItsIdIsHeardOf() {
        TenantGrant old = rig.door.tenant(rig.tenant("acme"), null).grant();
        TenantManager elsewhere = elsewhere();
        elsewhere.delete("acme");
        elsewhere.erased("acme");
        rig.time.advance(Duration.ofSeconds(1));
        elsewhere.create(acme());
        assertThat(old.status()).as("nobody told").isEqualTo(Status.ACTIVE);
        rig.tenants.suspend("acme", null);
        assertThat(old.status()).isEqualTo(Status.DELETING);
        TenantGrant next = rig.door.grant("acme");
        assertThat(next).isNotSameAs(old);
        assertThat(next.status()).isEqualTo(Status.SUSPENDED);
    }

    @Test
    void aGrantThatEndedIsNotMadeAnewUntilAnotherTenantHasItsId() {
        TenantGrant old = rig.door.tenant(rig.tenant("acme"), null).grant();
        TenantManager elsewhere = elsewhere();
        rig.tenants.delete("acme");
        assertThat(rig.door.grant("acme")).as("its row is there").isSameAs(old);
        elsewhere.erased("acme");
        assertThat(rig.door.grant("acme")).as("its row is gone").isSameAs(old);
        assertThat(old.status()).isEqualTo(Status.DELETING);
        rig.time.advance(Duration.ofSeconds(1));
        elsewhere.create(acme());
        TenantGrant next = rig.door.grant("acme");
        assertThat(next).isNotSameAs(old);
        assertThat(next.status()).isEqualTo(Status.ACTIVE);
    }

    private void tickForMinutes(int minutes) {
        for (int i = 0; i < minutes; i++) {
            rig.door.tick();
            rig.time.advance(Duration.ofMinutes(1));
        }
        rig.door.tick();
    }

    @Test
    void aGrantThatDidNothingForMinutesIsLetGoAndWhoeverHoldsItIsGivenTheSameAgain() {
        String key = rig.tenant("acme");
        TenantGrant held = rig.door.tenant(key, null).grant();
        tickForMinutes(3);
        assertThat(rig.door.grants()).containsExactly(held);
        tickForMinutes(6);
        assertThat(rig.door.grants()).isEmpty();
        rig.tenants.suspend("acme", null);
        assertThat(held.status()).as("a change reaches it all the same").isEqualTo(Status.SUSPENDED);
        assertThat(rig.door.grant("acme")).isSameAs(held);
        assertThat(rig.door.grants()).containsExactly(held);
    }

    @Test
    void aGrantThatIsUsedAgainByWhoHoldsItIsLiveAgain() {
        TenantGrant held = rig.door.tenant(rig.tenant("acme"), null).grant();
        tickForMinutes(8);
        assertThat(rig.door.grants()).isEmpty();
        held.permit(1);
        rig.door.tick();
        assertThat(rig.door.grants()).containsExactly(held);
    }

    @Test
    void aGrantIsLetGoFiveMinutesAfterItsLastUseToTheNanosecond() {
        rig.time.advance(Duration.ofHours(1));
        TenantGrant held = rig.door.tenant(rig.tenant("acme"), null).grant();
        rig.time.advance(Duration.ofMinutes(2));
        rig.door.tick();
        rig.time.advance(Duration.ofMinutes(5).minusNanos(1));
        rig.door.tick();
        assertThat(rig.door.grants()).containsExactly(held);
        rig.time.advance(Duration.ofNanos(1));
        rig.door.tick();
        assertThat(rig.door.grants()).isEmpty();
        assertThat(rig.door.grant("acme")).isSameAs(held);
        rig.door.tick();
        assertThat(rig.door.grants()).as("asked for just now").containsExactly(held);
    }

    /** Where buckets are shared: what it is told, in order. It grants all. */
    private static final class Told implements PermitLeases {
        private final List<Claim> claims = new ArrayList<>();

        @Override
        public List<Settled> settle(List<Claim> some) {
            claims.addAll(some);
            return some.stream().map(claim -> new Settled(true, 0, 1)).toList();
        }

        @Override
        public void close() {
            // It holds nothing open.
        }
    }

    @Test
    void whatWasGrantedIsToldWithinARoundThoughTheLeaseIsNotUsedUp() {
        rig.tenant("acme");
        Told told = new Told();
        PermitRounds rounds = new PermitRounds(told, rig.time);
        PersistenceConfig config = DoorRig.config();
        QuotaWatch watch = new QuotaWatch(config.tenant(), rig.tenants, rig.cache, rig.audit);
        Grants grants = new Grants(rig.tenants, rounds, Enforcement.REFUSING, watch, rig.time);
        grants.of("acme").permit(1);
        rounds.round();
        assertThat(told.claims).as("within its lease").isEmpty();
        grants.tick();
        rounds.round();
        assertThat(told.claims).containsExactly(new PermitLeases.Claim("acme", 1_000, 1, 0));
        grants.tick();
        rounds.round();
        assertThat(told.claims).as("nothing is owed").hasSize(1);
    }

    @Test
    void anOlderRowThanTheOneThatIsKnownChangesNothing() {
        TenantGrant grant = rig.door.tenant(rig.tenant("acme"), null).grant();
        TenantRecord before = rig.tenants.tenant("acme");
        PersistenceConfig config = DoorRig.config();
        QuotaWatch watch = new QuotaWatch(config.tenant(), rig.tenants, rig.cache, rig.audit);
        Grants grants = new Grants(
                rig.tenants, new PermitRounds(PermitLeases.none(), rig.time), Enforcement.REFUSING, watch, rig.time);
        TenantRecord suspended = rig.tenants.suspend("acme", null);
        TenantGrant other = grants.of("acme");
        assertThat(grants.apply(before)).isNull();
        assertThat(other.status()).isEqualTo(Status.SUSPENDED);
        assertThat(grants.apply(suspended)).isNull();
        TenantRecord active = rig.tenants.resume("acme");
        assertThat(grants.apply(active)).isNull();
        assertThat(other.status()).isEqualTo(Status.ACTIVE);
        assertThat(grant.status()).isEqualTo(Status.ACTIVE);
        grants.remove(grant);
        assertThat(grants.live()).as("another grant of the id").containsExactly(other);
        grants.remove(other);
        assertThat(grants.live()).isEmpty();
    }

    @Test
    void whetherAnEndedGrantsIdIsAnothersIsNotGuessedWhileTheStoreIsAway() {
        TenantGrant old = rig.door.tenant(rig.tenant("acme"), null).grant();
        rig.tenants.delete("acme");
        rig.storeAway = true;
        RipTideException e = catchThrowableOfType(RipTideException.class, () -> rig.door.grant("acme"));
        assertThat(e.problem().code()).isEqualTo(ProblemCode.STORE_UNAVAILABLE);
        rig.storeAway = false;
        assertThat(rig.door.grant("acme")).isSameAs(old);
    }

    @Test
    void aGrantThatHasCountedStays() {
        TenantGrant counted = rig.door.tenant(rig.tenant("acme"), null).grant();
        counted.meter().add(Meter.BYTES_OUT, 1);
        tickForMinutes(30);
        assertThat(rig.door.grants()).containsExactly(counted);
    }

    @Test
    void aGrantStaysWhileAWriteIsUnderWay() {
        TenantGrant writing = rig.door.tenant(rig.tenant("acme"), null).grant();
        writing.beginWrite();
        tickForMinutes(10);
        assertThat(rig.door.grants()).containsExactly(writing);
        writing.endWrite();
        rig.door.tick();
        assertThat(rig.door.grants()).isEmpty();
    }

    @Test
    void activeMetersAreSampledEachRound() {
        TenantGrant grant = rig.door.tenant(rig.tenant("acme"), null).grant();
        for (int i = 0; i < 90; i++) {
            grant.permit(1);
            grant.meter().add(Meter.MISS);
            rig.door.tick();
            rig.time.advance(Duration.ofSeconds(1));
        }
        assertThat(grant.meter().operationsLastMinute()).isBetween(58L, 61L);
        assertThat(grant.meter().operations()).isEqualTo(90);
    }

    @Test
    void aDeletedTenantIsNobodyAtOnceAndItsDataGoesInTheBackground() {
        String key = rig.tenant("acme");
        TenantCaller in = rig.door.tenant(key, null);
        in.cache().namespace("n").put("k", new byte[] {1}, PutOptions.DEFAULT);
        assertThat(rig.tenants.delete("acme").status()).isEqualTo(Status.DELETING);
        assertThat(rig.door.caller(key)).isNull();
        RipTideException late = catchThrowableOfType(
                RipTideException.class, () -> in.cache().namespace("n").put("k2", new byte[] {1}, PutOptions.DEFAULT));
        assertThat(late.problem().code()).isEqualTo(ProblemCode.UNAUTHENTICATED);
        assertThat(rig.tenants.tenant("acme").status()).isEqualTo(Status.DELETING);
        assertThatThrownBy(() -> rig.tenant("acme")).hasMessageContaining("conflict");
        assertThat(background).hasSize(1);
        rig.tenants.delete("acme");
        rig.door.resumeErasures();
        assertThat(background).as("it is begun once").hasSize(1);
        runBackground();
        assertThat(rig.cache.usage(in.grant()).entries()).isZero();
        assertThatThrownBy(() -> rig.tenants.tenant("acme")).hasMessageContaining("not-found");
        assertThat(rig.door.grants()).isEmpty();
        assertThat(rig.door.caller(key)).isNull();
    }

    @Test
    void aTenantCreatedAnewHasAFreshGrantAndTheOldKeyDoesNotOpenIt() {
        String old = rig.tenant("acme");
        TenantCaller before = rig.door.tenant(old, null);
        before.cache().namespace("n").put("k", new byte[] {1}, PutOptions.DEFAULT);
        before.grant().permit(500);
        rig.tenants.delete("acme");
        runBackground();
        String fresh = rig.tenant("acme");
        TenantCaller after = rig.door.tenant(fresh, null);
        assertThat(after.grant()).isNotSameAs(before.grant());
        assertThat(after.grant().allowance().probe().remaining()).isEqualTo(1_000);
        assertThat(after.cache().namespace("n").list(10, null).heads()).isEmpty();
        assertThat(rig.door.caller(old)).isNull();
        assertThatThrownBy(() -> before.grant().permit(1)).hasMessageContaining("unauthenticated");
        rig.tenants.delete("acme");
        runBackground();
        assertThat(rig.store.tenant("acme")).as("erased like the one before it").isNull();
    }

    @Test
    void anErasureThatFailsIsTriedAgain() {
        String key = rig.tenant("acme");
        rig.door.tenant(key, null);
        rig.tenants.delete("acme");
        rig.storeAway = true;
        runBackground();
        rig.door.tick();
        assertThat(background).as("not at once").isEmpty();
        rig.time.advance(Duration.ofSeconds(10));
        rig.door.tick();
        rig.storeAway = false;
        runBackground();
        assertThatThrownBy(() -> rig.tenants.tenant("acme")).hasMessageContaining("not-found");
        rig.time.advance(Duration.ofSeconds(20));
        rig.door.tick();
        assertThat(background).isEmpty();
    }

    @Test
    void anErasureThatIsTriedAgainLeavesATenantAloneThatWasGivenTheIdSince() {
        rig.door.tenant(rig.tenant("acme"), null);
        AtomicBoolean failing = new AtomicBoolean(true);
        rig.tenants.onKeyRevoked(key -> {
            if (failing.getAndSet(false)) {
                throw new IllegalStateException("after the row is gone");
            }
        });
        rig.tenants.delete("acme");
        runBackground();
        assertThat(failing).isFalse();
        TenantCaller other = rig.door.tenant(rig.tenant("acme"), null);
        other.cache().namespace("n").put("k", new byte[] {1}, PutOptions.DEFAULT);
        rig.time.advance(Duration.ofSeconds(10));
        rig.door.tick();
        assertThat(background).as("tried again").hasSize(1);
        runBackground();
        assertThat(rig.cache.usage(other.grant()).entries()).isEqualTo(1);
        assertThat(rig.tenants.tenant("acme").status()).isEqualTo(Status.ACTIVE);
        other.grant().permit(1);
    }

    @Test
    void anErasureThatAStopCutShortIsTakenUpAtTheNextStart() {
        String key = rig.tenant("acme");
        rig.tenant("kept");
        rig.door.tenant(key, null).cache().namespace("n").put("k", new byte[] {1}, PutOptions.DEFAULT);
        rig.tenants.delete("acme");
        background.clear();
        rig.close();
        open();
        assertThat(rig.tenants.tenant("acme").status()).isEqualTo(Status.DELETING);
        assertThat(rig.door.caller(key)).isNull();
        TenantGrant deleting = rig.door.grant("acme");
        assertThat(rig.cache.usage(deleting).entries()).isEqualTo(1);
        rig.door.resumeErasures();
        runBackground();
        assertThat(rig.cache.usage(deleting).entries()).isZero();
        assertThatThrownBy(() -> rig.tenants.tenant("acme")).hasMessageContaining("not-found");
        assertThat(rig.tenants.tenant("kept").status()).isEqualTo(Status.ACTIVE);
    }

    @Test
    void erasureWaitsForTheWriterThatIsUnderWay() throws Exception {
        String key = rig.tenant("acme");
        TenantGrant grant = rig.door.tenant(key, null).grant();
        grant.beginWrite();
        rig.tenants.delete("acme");
        Thread eraser = Thread.ofPlatform().start(background.poll());
        assertThat(eraser.join(Duration.ofMillis(200))).as("waits").isFalse();
        assertThat(rig.tenants.tenant("acme").status()).isEqualTo(Status.DELETING);
        grant.endWrite();
        assertThat(eraser.join(Duration.ofSeconds(10))).isTrue();
        assertThatThrownBy(() -> rig.tenants.tenant("acme")).hasMessageContaining("not-found");
    }

    @Test
    void aRefusedBackgroundIsTriedAgainToo() {
        rig.close();
        int[] refusals = {1};
        rig = new DoorRig(folder, true, null, task -> {
            if (refusals[0]-- > 0) {
                throw new java.util.concurrent.RejectedExecutionException("full");
            }
            task.run();
        });
        rig.tenant("acme");
        rig.tenants.delete("acme");
        assertThat(rig.tenants.tenant("acme").status()).isEqualTo(Status.DELETING);
        rig.time.advance(Duration.ofSeconds(10));
        rig.door.tick();
        assertThatThrownBy(() -> rig.tenants.tenant("acme")).hasMessageContaining("not-found");
    }
}
