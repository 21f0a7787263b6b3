package io.riptide.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.SteppedTime;
import io.riptide.billing.UsageMeter.Meter;
import org.junit.jupiter.api.Test;

class UsageMeterTest {
    private final SteppedTime time = new SteppedTime();
    private final UsageMeter meter = new UsageMeter(time);

    @Test
    void operationsLeaveOutWhatIsFree() {
        for (Meter each : Meter.values()) {
            meter.add(each);
        }
        meter.add(Meter.TRANSFER_BYTES, 1000);
        meter.add(Meter.PUT, 4);
        assertThat(meter.count(Meter.PUT)).isEqualTo(5);
        // HIT_L1, HIT_L2, MISS, PUT, DELETE, LIST, INVALIDATE, FETCH; not LOAD, LOAD_FAILED, TRANSFER_BYTES, DAMAGED.
        assertThat(meter.operations()).isEqualTo(8 + 4);
    }

    @Test
    void theLastMinuteForgetsWhatIsOlder() {
        meter.add(Meter.HIT_L1, 10);
        meter.sample();
        assertThat(meter.operationsLastMinute()).isEqualTo(10);
        for (int second = 0; second < 30; second++) {
            time.advanceMillis(1000);
            meter.sample();
        }
        meter.add(Meter.HIT_L1, 5);
        assertThat(meter.operationsLastMinute()).isEqualTo(15);
        for (int second = 0; second < 31; second++) {
            time.advanceMillis(1000);
            meter.sample();
        }
        assertThat(meter.operationsLastMinute()).isEqualTo(5);
        time.advanceMillis(60_000);
        assertThat(meter.operationsLastMinute()).isZero();
    }

    @Test
    void theLastMinuteIsRightWithoutSamplesInBetween() {
        meter.add(Meter.PUT, 3);
        assertThat(meter.operationsLastMinute()).isEqualTo(3);
        time.advanceMillis(10_000);
        meter.add(Meter.PUT, 4);
        assertThat(meter.operationsLastMinute()).isEqualTo(7);
    }
}
