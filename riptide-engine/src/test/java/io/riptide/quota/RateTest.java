package io.riptide.quota;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void theLeastAndTheMostAreTaken() {
        assertThat(Rate.of(1).price()).isEqualTo((60 * SECOND) << Rate.FRACTION_BITS);
        assertThat(Rate.of(1_000_000_000).price()).isEqualTo(60 << Rate.FRACTION_BITS);
    }

    @Test
    void whatJustFitsNeedsNoWaitAndWhatDoesNotWaitsForItsPrice() {
        Rate rate = Rate.of(60);
        long now = (1_000 * SECOND) << Rate.FRACTION_BITS;
        assertThat(rate.wait(0, now, 60)).isZero();
        assertThat(rate.wait(0, now, 61)).isEqualTo(SECOND);
        assertThat(rate.wait(now + 2 * rate.price(), now, 58)).isZero();
        assertThat(rate.wait(now + 2 * rate.price(), now, 60)).isEqualTo(2 * SECOND);
        assertThat(rate.wait(now + 1, now, 60)).as("less than a nanosecond").isEqualTo(1);
    }
}
