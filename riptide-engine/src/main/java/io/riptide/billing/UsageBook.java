package io.riptide.billing;

import io.riptide.problem.RipTideException;
import io.riptide.spi.Time;
import io.riptide.spi.UsageColumn;
import io.riptide.spi.UsageStore;
import io.riptide.spi.UsageStore.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what meters count, by hour: a row for each tenant and hour, told again with larger numbers as long as the
 * hour lasts. A process that is killed loses what was counted since the last round. While the store does not answer,
 * all that is counted goes to the hour that was told last, so that a row which may have been kept is never told
 * otherwise.
 *
 * <p>The hour is the wall clock's in UTC, read once a round, and never goes back. Threads: any.
 */
public final class UsageBook {
    private static final Logger LOG = LoggerFactory.getLogger(UsageBook.class);
    /** Rows that are told at once: others who write wait for them. */
    private static final int MOST_ROWS = 2_000;

    private final UsageStore store;
    private final String epoch;
    private final Time time;
    /** All below is guarded by this. */
    private final IdentityHashMap<UsageMeter, Account> accounts = new IdentityHashMap<>();

    private long hour = Long.MIN_VALUE;
    private long round;
    private boolean failing;

    /**
     * Over a store.
     *
     * @param epoch names this process, unlike any other at any time
     */
    public UsageBook(UsageStore store, String epoch, Time time) {
        this.store = store;
        this.epoch = epoch;
        this.time = time;
    }

    /**
     * Whose meter it is.
     *
     * @param createdMillis when the tenant was made, epoch milliseconds
     */
    public record Metered(String tenantId, long createdMillis, UsageMeter meter) {}

    /** How much of a meter was told. */
    private static final class Account {
        /** Counted before the hour that is being told. */
        private long[] base = new long[UsageColumn.count()];
        /** Kept for sure. */
        private long[] kept = base;
        /** Told last, which may have been kept or not. */
        private long[] told = base;

        private long hour;
        private long round;

        Account(long hour) {
            this.hour = hour;
        }

        boolean settled() {
            return Arrays.equals(kept, told);
        }
    }

    /** Keeps what was counted since the last round; for about once a second, and at a stop. Never throws. */
    public synchronized void round(Collection<Metered> metered) {
        round++;
        hour = Math.max(hour, Math.floorDiv(time.wallMillis(), TimeUnit.HOURS.toMillis(1)));
        List<Account> telling = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        for (Metered one : metered) {
            Account account = accounts.get(one.meter());
            if (account == null) {
                if (!one.meter().counted()) {
                    continue;
                }
                account = new Account(hour);
                accounts.put(one.meter(), account);
            }
            account.round = round;
            if (account.hour != hour && account.settled()) {
                account.base = account.kept;
                account.hour = hour;
            }
            long[] now = one.meter().usage();
            if (!account.settled() || !Arrays.equals(now, account.kept)) {
                account.told = now;
                telling.add(account);
                rows.add(row(one, account));
            }
        }
        tell(rows, telling);
        accounts.values().removeIf(account -> account.round != round);
    }

    private Row row(Metered of, Account account) {
        long[] counts = new long[UsageColumn.count()];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = account.told[i] - account.base[i];
        }
        return new Row(epoch, of.tenantId(), of.createdMillis(), account.hour, counts);
    }

    private void tell(List<Row> rows, List<Account> accounts) {
        try {
            for (int from = 0; from < rows.size(); from += MOST_ROWS) {
                int to = Math.min(rows.size(), from + MOST_ROWS);
                store.keep(rows.subList(from, to));
                accounts.subList(from, to).forEach(account -> account.kept = account.told);
            }
            if (failing && !rows.isEmpty()) {
                failing = false;
                LOG.info("Usage is kept again");
            }
        } catch (RipTideException e) {
            if (!failing) {
                failing = true;
                LOG.warn("Usage could not be kept; it is counted on, and kept as soon as that is possible", e);
            }
        }
    }

    /**
     * What a tenant used from an hour on, over all processes; of this process all of it, of others what they kept,
     * which is about a second old.
     *
     * @param fromHour hours since the epoch
     * @throws RipTideException {@code store-unavailable}
     */
    public synchronized UsageTotals since(Metered metered, long fromHour) {
        long[] sum = store.sum(metered.tenantId(), metered.createdMillis(), fromHour, Long.MAX_VALUE);
        Account account = accounts.get(metered.meter());
        long[] now = metered.meter().usage();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += now[i] - (account == null ? 0 : account.kept[i]);
        }
        return new UsageTotals(sum);
    }
}
