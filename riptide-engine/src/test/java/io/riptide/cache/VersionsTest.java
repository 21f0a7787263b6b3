package io.riptide.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.SteppedTime;
import org.junit.jupiter.api.Test;

class VersionsTest {
    @Test
    void growWithinAMillisecondOverTimeAndWhenTheClockGoesBack() {
        SteppedTime time = new SteppedTime();
        Versions versions = new Versions(time);
        long before = versions.next();
        for (int i = 0; i < 1000; i++) {
            time.jumpWallMillis(i % 3 == 0 ? -50 : i % 3);
            long next = versions.next();
            assertThat(next).isGreaterThan(before);
            before = next;
        }
    }

    @Test
    void aProcessThatStartsLaterBeginsAboveTheOneBefore() {
        SteppedTime time = new SteppedTime();
        Versions first = new Versions(time);
        long last = 0;
        for (int i = 0; i < 1000; i++) {
            last = first.next();
        }
        time.advanceMillis(1);
        assertThat(new Versions(time).next()).isGreaterThan(last);
    }
}
