package io.riptide.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.SteppedTime;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class AllowanceTest {
    private final SteppedTime time = new SteppedTime();

    @Test
    void startsFullAndGrantsExactlyItsLimitAtOnce() {
        Allowance allowance = new Allowance(1000, time);
        assertThat(granted(allowance, 2000)).isEqualTo(1000);
        assertThat(allowance.probe().remaining()).isZero();
    }

    @Test
    void refillsEvenly() {
        Allowance allowance = new Allowance(60, time);
        granted(allowance, 60);
        time.advanceMillis(999);
        assertThat(allowance.take(1)).isPositive();
        time.advanceMillis(1);
        assertThat(allowance.take(1)).isZero();
        assertThat(allowance.take(1)).isPositive();
        time.advanceMillis(60_000);
        assertThat(granted(allowance, 100)).isEqualTo(60);
    }

    @Test
    void whenItWasMadeChangesNothing() {
        time.advanceMillis(90_000);
        Allowance allowance = new Allowance(60, time);
        assertThat(granted(allowance, 100)).isEqualTo(60);
        time.advanceMillis(999);
        assertThat(allowance.take(1)).isEqualTo(1_000_000L);
        time.advanceMillis(1);
        assertThat(allowance.take(1)).isZero();
    }

    @Test
    void saysHowItStands() {
        Allowance allowance = new Allowance(60, time);
        assertThat(allowance.probe()).isEqualTo(new Allowance.Probe(60, 60, 0));
        granted(allowance, 6);
        assertThat(allowance.probe()).isEqualTo(new Allowance.Probe(60, 54, 6_000_000_000L));
        time.advanceMillis(1_500);
        assertThat(allowance.probe()).isEqualTo(new Allowance.Probe(60, 55, 4_500_000_000L));
    }

    @Test
    void saysHowLongToWait() {
        Allowance allowance = new Allowance(60, time);
        granted(allowance, 60);
        assertThat(allowance.take(1)).isEqualTo(1_000_000_000L);
        assertThat(allowance.take(3)).isEqualTo(3_000_000_000L);
    }

    @Test
    void aRefusedBatchTakesNothing() {
        Allowance allowance = new Allowance(10, time);
        assertThat(allowance.take(11)).isPositive();
        assertThat(allowance.take(10)).isZero();
    }

    @Test
    void whatIsGivenBackCanBeTakenAgain() {
        Allowance allowance = new Allowance(10, time);
        granted(allowance, 10);
        allowance.giveBack(3);
        assertThat(granted(allowance, 10)).isEqualTo(3);
    }

    @Test
    void givingBackNeverMakesMoreThanTheLimit() {
        Allowance allowance = new Allowance(10, time);
        allowance.take(2);
        time.advanceMillis(120_000);
        allowance.giveBack(2);
        assertThat(allowance.probe().remaining()).isEqualTo(10);
        assertThat(granted(allowance, 30)).isEqualTo(10);
    }

    @Test
    void aWallClockThatJumpsChangesNothing() {
        Allowance allowance = new Allowance(10, time);
        granted(allowance, 10);
        time.jumpWallMillis(3_600_000);
        assertThat(allowance.take(1)).isPositive();
        time.jumpWallMillis(-7_200_000);
        assertThat(allowance.take(1)).isPositive();
    }

    @Test
    void aNewLimitHoldsFromNowOn() {
        Allowance allowance = new Allowance(10, time);
        granted(allowance, 10);
        allowance.limit(1000);
        assertThat(allowance.limit()).isEqualTo(1000);
        time.advanceMillis(60_000);
        assertThat(granted(allowance, 2000)).isEqualTo(1000);
        allowance.limit(5);
        time.advanceMillis(60_000);
        assertThat(granted(allowance, 2000)).isEqualTo(5);
    }

    @Test
    void refusesLimitsThatCannotBe() {
        assertThatThrownBy(() -> new Allowance(0, time)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Allowance(1_000_000_001, time)).hasMessageContaining("expected: 1 to 1000000000");
    }

    @Test
    void manyThreadsGetExactlyTheLimit() throws InterruptedException {
        Allowance allowance = new Allowance(5000, time);
        AtomicLong got = new AtomicLong();
        CountDownLatch start = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int t = 0; t < 16; t++) {
                threads.execute(() -> {
                    try {
                        start.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    for (int i = 0; i < 1000; i++) {
                        if (allowance.take(1) == 0) {
                            got.incrementAndGet();
                        }
                    }
                });
            }
            start.countDown();
        }
        assertThat(got.get()).isEqualTo(5000);
    }

    @Property
    void neverMoreThanTheLimitAtOnceNorTwiceInAMinute(
            @ForAll @LongRange(min = 1, max = 100_000) long limit,
            @ForAll @Size(min = 1, max = 60) java.util.List<@IntRange(max = 1500) Integer> pauses) {
        SteppedTime own = new SteppedTime();
        Allowance allowance = new Allowance(limit, own);
        long inAMinute = 0;
        long spent = 0;
        for (int pause : pauses) {
            if (spent + pause >= 60_000) {
                break;
            }
            spent += pause;
            own.advanceMillis(pause);
            int chunk = (int) Math.max(1, limit / 7);
            while (allowance.take(chunk) == 0) {
                inAMinute += chunk;
            }
        }
        assertThat(inAMinute).isLessThanOrEqualTo(2 * limit);
        assertThat(allowance.probe().remaining()).isBetween(0L, limit);
    }

    private static int granted(Allowance allowance, int asked) {
        int granted = 0;
        for (int i = 0; i < asked; i++) {
            if (allowance.take(1) == 0) {
                granted++;
            }
        }
        return granted;
    }
}
