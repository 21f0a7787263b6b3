package io.riptide.cache;

import io.riptide.spi.LoadLeases;
import io.riptide.testkit.LoadLeasesContract;
import io.riptide.testkit.ManualTime;
import java.time.Duration;

class MemoryLoadLeasesContractTest implements LoadLeasesContract {
    private final ManualTime time = new ManualTime();
    private final MemoryLoadLeases leases = new MemoryLoadLeases(time);

    @Override
    public LoadLeases node() {
        return leases;
    }

    @Override
    public void pass(long millis) {
        time.advance(Duration.ofMillis(millis));
    }
}
