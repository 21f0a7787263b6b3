package io.riptide.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.SteppedTime;
import io.riptide.billing.UsageMeter.Meter;
import io.riptide.observe.CacheOperation;
import io.riptide.observe.CacheResult;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class UsageMeterTest {
    private final SteppedTime time = new SteppedTime();
    private final UsageMeter meter = new UsageMeter(time);

    @Test
    void operationsLeaveOutWhatIsFree() {
        for (Meter each : Meter.values()) {
            meter.add(each);
        }
        meter.add(Meter.BYTES_OUT, 1000);
        meter.add(Meter.PUT, 4);
        assertThat(meter.count(Meter.PUT)).isEqualTo(5);
        // The hits, the miss and the put twice, for single keys and batches, STALE, DELETE, LIST, INVALIDATE, FETCH;
        // not
        // LOAD, LOAD_FAILED, BYTES_IN, BYTES_OUT, DAMAGED.
        assertThat(meter.operations()).isEqualTo(13 + 4);
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

    @Test
    void whatCameOfOperationsIsToldByOperationAndResult() {
        meter.add(Meter.HIT_L1);
        meter.add(Meter.BATCH_HIT_L1, 2);
        meter.add(Meter.LOAD);
        meter.add(Meter.FETCH);
        meter.add(Meter.LIST);
        meter.addFree(CacheOperation.BATCH_GET, CacheResult.QUOTA, 5);
        meter.addFree(CacheOperation.INVALIDATE, CacheResult.OK, 1);
        long[] cells = new long[CacheOperation.CELLS];
        meter.cells(cells);
        assertThat(cells[CacheOperation.GET.cell(CacheResult.HIT_L1)]).isEqualTo(1);
        assertThat(cells[CacheOperation.BATCH_GET.cell(CacheResult.HIT_L1)]).isEqualTo(2);
        assertThat(cells[CacheOperation.LOAD.cell(CacheResult.OK)]).isEqualTo(1);
        assertThat(cells[CacheOperation.BATCH_GET.cell(CacheResult.QUOTA)]).isEqualTo(5);
        assertThat(cells[CacheOperation.INVALIDATE.cell(CacheResult.OK)]).isEqualTo(1);
        assertThat(Arrays.stream(cells).sum()).isEqualTo(10);
    }

    @Test
    void aRefusalIsNoUsageButKeepsTheMeter() {
        assertThat(meter.counted()).isFalse();
        meter.addFree(CacheOperation.PUT, CacheResult.DENIED, 1);
        assertThat(meter.operations()).isZero();
        assertThat(meter.counted()).isTrue();
    }
}
