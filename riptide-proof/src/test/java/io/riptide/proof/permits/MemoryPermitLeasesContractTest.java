package io.riptide.proof.permits;

import io.riptide.spi.PermitLeases;
import io.riptide.testkit.ManualTime;
import io.riptide.testkit.PermitLeasesContract;
import java.time.Duration;

class MemoryPermitLeasesContractTest implements PermitLeasesContract {
    private final ManualTime time = new ManualTime();
    private final MemoryPermitLeases buckets = new MemoryPermitLeases(time);
    private int nodes;

    @Override
    public PermitLeases node() {
        nodes++;
        return buckets.node("n" + nodes);
    }

    @Override
    public void pass(long millis) {
        time.advance(Duration.ofMillis(millis));
    }
}
