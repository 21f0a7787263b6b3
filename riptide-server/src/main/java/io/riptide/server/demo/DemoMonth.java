package io.riptide.server.demo;

import io.riptide.billing.Biller;
import io.riptide.billing.Period;
import io.riptide.config.BillingConfig;
import io.riptide.config.PersistenceConfig;
import io.riptide.server.Stores;
import io.riptide.spi.Backing;
import io.riptide.spi.Time;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The end of a month, which nobody who looks on wants to wait for: the job that a server runs by itself when the hours
 * of grace are over, run over its data with the clock put forward, while no server runs.
 */
final class DemoMonth {
    private DemoMonth() {}

    /** Closes the month that runs in a server's data folder. */
    static Biller.Closing close(Path data) {
        BillingConfig config = PersistenceConfig.defaults().billing();
        Period month = Period.at(System.currentTimeMillis());
        long over = month.untilMillis() + TimeUnit.HOURS.toMillis(config.gracePeriodHours() + 1);
        try (Stores stores = Stores.open(PersistenceConfig.defaults(), data)) {
            Backing backing = stores.backing();
            try {
                return new Biller(config, backing.control().invoices(), backing.usage(), null, new Forward(over))
                        .close(month.toString());
            } finally {
                backing.entries().close();
            }
        }
    }

    /** Wall time at which a month is over; nothing else is asked of it. */
    private record Forward(long wallMillis) implements Time {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }
    }
}
