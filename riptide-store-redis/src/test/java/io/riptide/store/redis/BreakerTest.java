package io.riptide.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When calls are let through, by a clock that the test moves. */
class BreakerTest {
    private final AtomicLong nanos = new AtomicLong(1_000_000_000L);
    private final Breaker breaker = new Breaker(nanos::get);

    private void pass(int millis) {
        nanos.addAndGet(Duration.ofMillis(millis).toNanos());
    }

    private void fail() {
        breaker.enter();
        breaker.failed(nanos.get(), new IllegalStateException());
    }

    private void succeed() {
        breaker.enter();
        breaker.succeeded(nanos.get());
    }

    private void assertRefuses() {
        assertThatThrownBy(breaker::enter)
                .isInstanceOfSatisfying(
                        RipTideException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.STORE_UNAVAILABLE));
    }

    @Test
    void a_few_failures_among_many_calls_refuse_nobody() {
        for (int i = 0; i < 200; i++) {
            succeed();
            if (i % 3 == 0) {
                fail();
            }
        }
        assertThat(breaker.figures(0).refusing()).isFalse();
    }

    private void open() {
        for (int i = 0; i < 10; i++) {
            fail();
        }
    }

    @Test
    void where_half_fail_all_are_refused_until_one_succeeds_and_then_nobody_is() {
        open();
        assertRefuses();
        pass(499);
        assertRefuses();
        pass(2);
        succeed();
        assertThat(breaker.figures(0).refusing()).isFalse();
        for (int i = 0; i < 9; i++) {
            fail();
        }
        succeed();
    }

    @Test
    void only_one_is_let_through_to_find_out_and_its_failure_refuses_again() {
        open();
        pass(501);
        breaker.enter();
        assertRefuses();
        breaker.failed(nanos.get(), new IllegalStateException());
        assertRefuses();
        pass(501);
        breaker.enter();
    }
}
