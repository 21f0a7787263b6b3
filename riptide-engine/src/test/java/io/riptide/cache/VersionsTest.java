package io.riptide.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.SteppedTime;
import org.junit.jupiter.api.Test;

class VersionsTest {
    @Test
    void growWithinAMillisecondOverTimeAndWhenTheClockGoesBack() {
        SteppedTime time = new SteppedTime();
        Versions versions = new Versions(time, 0);
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
        Versions first = new Versions(time, 0);
        long last = 0;
        for (int i = 0; i < 1000; i++) {
            last = first.next();
        }
        time.advanceMillis(1);
        assertThat(new Versions(time, 0).next()).isGreaterThan(last);
    }

    @Test
    void processesThatWriteInOneMillisecondDiffer() {
        SteppedTime time = new SteppedTime();
        Versions one = new Versions(time, 0x12345678901L);
        Versions two = new Versions(time, 0x12345678902L);
        assertThat(one.next()).isNotEqualTo(two.next());
        time.advanceMillis(1);
        assertThat(two.next()).isNotEqualTo(one.next());
    }
}
