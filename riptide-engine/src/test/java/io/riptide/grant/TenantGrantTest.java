package io.riptide.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.SteppedTime;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.TenantRecord.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TenantGrantTest {
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
        grant.beginWrite();
        grant.end();
        CompletableFuture<Void> erased = CompletableFuture.runAsync(() -> {
            try {
                grant.awaitWriters();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        grant.endWrite();
        assertThat(erased).isNotDone();
        grant.endWrite();
        erased.get(10, TimeUnit.SECONDS);
        assertThat(grant.writing()).isFalse();
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

    private static TenantRecord row(Status status, long operationsPerMinute) {
        Quotas quotas = new Quotas(1 << 20, operationsPerMinute, 1 << 20, 1);
        return new TenantRecord("t", "T", "O", "o@example.com", "free", status, null, quotas, "{}", 0, 0, 1);
    }
}
