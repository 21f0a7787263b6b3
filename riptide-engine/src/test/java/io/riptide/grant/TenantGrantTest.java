package io.riptide.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.SteppedTime;
import io.riptide.observe.CacheOperation;
import io.riptide.observe.CacheResult;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.quota.Allowance;
import io.riptide.quota.Breaches.Resource;
import io.riptide.quota.Enforcement;
import io.riptide.spi.AccessPolicy;
import io.riptide.spi.AccessPolicy.Effect;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.TenantRecord.Status;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TenantGrantTest {
    private static final long STORAGE = 1 << 20;
    private static final long CREATED = 1_793_491_200_000L;

    private final SteppedTime time = new SteppedTime();
    private final TenantGrant grant = new TenantGrant(row(Status.ACTIVE, 10), time);

    @Test
    void permitsUpToTheRateAndThenSaysWhatIsUsedAndWhenToComeBack() {
        grant.permit(10);
        refused(() -> grant.permit(1), ProblemCode.QUOTA_EXCEEDED);
        assertThatThrownBy(() -> grant.permit(1))
                .isInstanceOfSatisfying(
                        RipTideException.class,
                        e -> assertThat(e.problem().values())
                                .containsEntry("resource", "operations_per_minute")
                                .containsEntry("limit", 10L)
                                .containsEntry("used", 10L)
                                .containsEntry("retry_after_seconds", 6L));
    }

    @Test
    void aBatchThatCanNeverFitIsNotARateRefusal() {
        assertThatThrownBy(() -> grant.permit(11)).isInstanceOfSatisfying(RipTideException.class, e -> {
            assertThat(e.problem().code()).isEqualTo(ProblemCode.INVALID_REQUEST);
            assertThat(e.problem().detail()).contains("11").contains("10");
        });
        grant.permit(10);
    }

    @Test
    void suspensionReachesWhatIsAlreadyHeldAndCanBeTakenBack() {
        grant.apply(row(Status.SUSPENDED, 10));
        refused(() -> grant.permit(1), ProblemCode.TENANT_SUSPENDED);
        refused(grant::requireServed, ProblemCode.TENANT_SUSPENDED);
        refused(grant::beginWrite, ProblemCode.TENANT_SUSPENDED);
        assertThat(grant.writing()).isFalse();
        grant.apply(row(Status.ACTIVE, 10));
        grant.permit(10);
    }

    @Test
    void newLimitsReachWhatIsAlreadyHeld() {
        grant.apply(row(Status.ACTIVE, 1000));
        grant.permit(1000);
        assertThat(grant.quotas().operationsPerMinute()).isEqualTo(1000);
    }

    @Test
    void theEndIsForGoodAndLooksLikeNoTenantAtAll() {
        grant.end();
        refused(() -> grant.permit(1), ProblemCode.UNAUTHENTICATED);
        refused(grant::beginWrite, ProblemCode.UNAUTHENTICATED);
    }

    @Test
    void erasureWaitsForTheLastWriter() throws Exception {
        grant.beginWrite();
        grant.beginAdminWrite();
        grant.end();
        CountDownLatch erased = new CountDownLatch(1);
        Thread erasing = Thread.ofPlatform().start(() -> {
            try {
                grant.awaitWriters();
                erased.countDown();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        awaitWaiting(erasing);
        grant.endWrite();
        awaitWaiting(erasing);
        assertThat(erased.getCount()).isOne();
        grant.endWrite();
        assertThat(erased.await(10, TimeUnit.SECONDS)).isTrue();
        erasing.join();
        assertThat(grant.writing()).isFalse();
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING && thread.isAlive()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void anAdministratorWritesWhatASuspendedTenantHasAndNotWhatIsGone() {
        grant.apply(row(Status.SUSPENDED, 10));
        grant.beginAdminWrite();
        assertThat(grant.writing()).isTrue();
        grant.endWrite();
        grant.end();
        refused(grant::beginAdminWrite, ProblemCode.UNAUTHENTICATED);
        assertThat(grant.writing()).isFalse();
    }

    @Test
    void whatIsUsedIsToldWithARefusalAndCounted() {
        grant.permit(4);
        assertThatThrownBy(() -> grant.permit(7))
                .isInstanceOfSatisfying(
                        RipTideException.class,
                        e -> assertThat(e.problem().values()).containsEntry("used", 4L));
        assertThat(grant.breaches().count(Resource.OPERATIONS)).isOne();
        assertThat(grant.breaches().inShadow(Resource.OPERATIONS)).isZero();
        refused(() -> grant.permit(11), ProblemCode.INVALID_REQUEST);
        assertThat(grant.breaches().refused())
                .as("what can never fit is no breach")
                .isOne();
        assertThat(grant.operationsShare()).isEqualTo(0.4);
    }

    @Test
    void inShadowNobodyIsRefusedAndAllIsCounted() {
        Enforcement shadow = new Enforcement(true, true, true);
        TenantGrant lax = new TenantGrant(row(Status.ACTIVE, 10), new Allowance(10, time), shadow, time);
        lax.permit(10);
        lax.permit(1);
        lax.permit(11);
        assertThat(lax.breaches().inShadow(Resource.OPERATIONS)).isEqualTo(2);
        assertThat(lax.breaches().refused()).isZero();
        assertThat(lax.storageLimit()).isEqualTo(Long.MAX_VALUE);
        assertThat(lax.evicts()).isTrue();
        assertThat(lax.stored(STORAGE)).isFalse();
        assertThat(lax.stored(STORAGE + 1)).isTrue();
        assertThat(lax.storedBytes()).isEqualTo(STORAGE + 1);
    }

    @Test
    void otherwiseStorageIsWhatTheRowSays() {
        assertThat(grant.storageLimit()).isEqualTo(STORAGE);
        assertThat(grant.evicts()).isFalse();
        assertThat(grant.stored(STORAGE + 1)).as("refused, and not in shadow").isFalse();
        assertThat(grant.storedBytes()).isEqualTo(STORAGE + 1);
    }

    @Test
    void whatIsRefusedIsCountedByWhyButWhatIsNotValid() {
        assertThat(grant.clearTouched()).isTrue();
        for (ProblemCode code : List.of(
                ProblemCode.INVALID_REQUEST,
                ProblemCode.ACCESS_DENIED,
                ProblemCode.TENANT_SUSPENDED,
                ProblemCode.QUOTA_EXCEEDED,
                ProblemCode.STORE_UNAVAILABLE)) {
            RipTideException problem = Problem.of(code, "why").asException();
            assertThatThrownBy(() -> grant.counting(CacheOperation.PUT, 3, () -> {
                        throw problem;
                    }))
                    .isSameAs(problem);
            assertThat(grant.clearTouched()).isEqualTo(code != ProblemCode.INVALID_REQUEST);
        }
        assertThat(grant.counting(CacheOperation.PUT, 3, () -> "done")).isEqualTo("done");
        long[] cells = new long[CacheOperation.CELLS];
        grant.meter().cells(cells);
        assertThat(cells[CacheOperation.PUT.cell(CacheResult.DENIED)]).isEqualTo(6);
        assertThat(cells[CacheOperation.PUT.cell(CacheResult.QUOTA)]).isEqualTo(3);
        assertThat(cells[CacheOperation.PUT.cell(CacheResult.ERROR)]).isEqualTo(3);
        assertThat(Arrays.stream(cells).sum()).isEqualTo(12);
    }

    @Test
    void whoseItIsAndWhatItMayDoIsWhatTheRowSays() {
        assertThat(grant.tenantId()).isEqualTo("t");
        assertThat(grant.createdMillis()).isEqualTo(CREATED);
        assertThat(grant.policy()).isNull();
        AccessPolicy reads = new AccessPolicy(Effect.ALLOW, List.of("cache:read"), List.of("cache/a/*"));
        grant.apply(row(Status.ACTIVE, 10, reads));
        Policy policy = Objects.requireNonNull(grant.policy());
        assertThat(policy.allows(Action.CACHE_READ, Area.CACHE, "a", "k")).isTrue();
        assertThat(policy.allows(Action.CACHE_WRITE, Area.CACHE, "a", "k")).isFalse();
    }

    @Test
    void tellsOnceThatItWasTouched() {
        assertThat(grant.clearTouched()).isTrue();
        assertThat(grant.clearTouched()).isFalse();
        grant.permit(1);
        assertThat(grant.clearTouched()).isTrue();
    }

    private static void refused(ThrowingCallable call, ProblemCode code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        RipTideException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(code));
    }

    private static TenantRecord row(Status status, long operationsPerMinute, AccessPolicy... policies) {
        Quotas quotas = new Quotas(1 << 20, operationsPerMinute, STORAGE, 1);
        return new TenantRecord(
                "t",
                "T",
                "O",
                "o@example.com",
                "free",
                status,
                null,
                quotas,
                "{}",
                List.of(policies),
                false,
                CREATED,
                CREATED,
                1);
    }
}
