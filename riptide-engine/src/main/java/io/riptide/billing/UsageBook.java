package io.riptide.billing;

import io.riptide.problem.RipTideException;
import io.riptide.spi.Time;
import io.riptide.spi.UsageColumn;
import io.riptide.spi.UsageStore;
import io.riptide.spi.UsageStore.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what meters count, by hour: a row for each tenant and hour, told again with larger numbers as long as the
 * hour lasts. A process that is killed loses what was counted since the last round. While the store does not answer,
 * all that is counted goes to the hour that was told last, so that a row which may have been kept is never told
 * otherwise.
 *
 * <p>The hour is the wall clock's in UTC, read once a round, and never goes back. A round sums the meters alone that
 * counted since the one before.
 *
 * <p>Threads: any. Rounds follow one another; while the store is asked, no lock is held that {@link #since} wants.
 */
public final class UsageBook {
    private static final Logger LOG = LoggerFactory.getLogger(UsageBook.class);
    /** Rows that are told at once: others who write wait for them. */
    private static final int MOST_ROWS = 2_000;

    private final UsageStore store;
    private final String epoch;
    private final Time time;
    /** Held for a whole round. */
    private final Object rounds = new Object();
    /** What follows is guarded by this; it is changed in rounds alone. */
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
        private final Metered of;
        /** Counted before the hour that is being told. */
        private long[] base = new long[UsageColumn.count()];
        /** Kept for sure. */
        private long[] kept = base;
        /** Told last, which may have been kept or not. */
        private long[] told = base;

        private long hour;
        private long round;

        Account(Metered of, long hour) {
            this.of = of;
            this.hour = hour;
        }

        boolean settled() {
            return Arrays.equals(kept, told);
        }

        /** Takes over what is counted by now; null where that was told before. */
        @Nullable Row next(long now, String epoch) {
            boolean settled = settled();
            if (!of.meter().takeUntold() && settled) {
                return null;
            }
            if (hour != now && settled) {
                base = kept;
                hour = now;
            }
            long[] counted = of.meter().usage();
            if (settled && Arrays.equals(counted, kept)) {
                return null;
            }
            told = counted;
            return new Row(epoch, of.tenantId(), of.createdMillis(), hour, minus(counted, base));
        }
    }

    private record Telling(Account account, Row row) {}

    private static long[] minus(long[] counts, long[] less) {
        long[] rest = new long[counts.length];
        for (int i = 0; i < counts.length; i++) {
            rest[i] = counts[i] - less[i];
        }
        return rest;
    }

    /**
     * Keeps what was counted since the last round; for about once a second, and at a stop. Of a meter that is not there
     * any more, for its tenant is gone, what was still to be told is told. Never throws.
     */
    public void round(Collection<Metered> metered) {
        synchronized (rounds) {
            List<Telling> telling = gather(metered);
            try {
                for (int from = 0; from < telling.size(); from += MOST_ROWS) {
                    List<Telling> some = telling.subList(from, Math.min(telling.size(), from + MOST_ROWS));
                    store.keep(some.stream().map(Telling::row).toList());
                    settle(some);
                }
                if (failing && !telling.isEmpty()) {
                    failing = false;
                    LOG.info("Usage is kept again");
                }
            } catch (RipTideException e) {
                if (!failing) {
                    failing = true;
                    LOG.warn("Usage could not be kept; it is counted on, and kept as soon as that is possible", e);
                }
            }
            forgetGone();
        }
    }

    /** In the order of the tenants' ids, so that each part of a round touches few pages of the store. */
    private synchronized List<Telling> gather(Collection<Metered> metered) {
        round++;
        hour = Math.max(hour, Math.floorDiv(time.wallMillis(), TimeUnit.HOURS.toMillis(1)));
        for (Metered one : metered) {
            Account account = accounts.get(one.meter());
            if (account == null) {
                if (!one.meter().hasUntold()) {
                    continue;
                }
                account = new Account(one, hour);
                accounts.put(one.meter(), account);
            }
            account.round = round;
        }
        List<Telling> telling = new ArrayList<>();
        for (Account account : accounts.values()) {
            Row row = account.next(hour, epoch);
            if (row != null) {
                telling.add(new Telling(account, row));
            }
        }
        telling.sort(Comparator.comparing(one -> one.row().tenantId()));
        return telling;
    }

    private synchronized void settle(List<Telling> told) {
        told.forEach(one -> one.account().kept = one.account().told);
    }

    private synchronized void forgetGone() {
        for (Iterator<Account> each = accounts.values().iterator(); each.hasNext(); ) {
            Account account = each.next();
            if (account.round != round && account.settled()) {
                each.remove();
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
    public UsageTotals since(Metered metered, long fromHour) {
        long ownHour;
        long[] own;
        synchronized (this) {
            Account account = accounts.get(metered.meter());
            own = metered.meter().usage();
            if (account == null) {
                ownHour = Long.MAX_VALUE;
            } else {
                // Earlier hours of this process are kept for sure, of this one and later it knows better.
                ownHour = account.hour;
                if (account.hour >= fromHour) {
                    own = minus(own, account.base);
                } else {
                    // What is not told yet goes to an hour to come, where nothing is left that was told in vain.
                    own = minus(own, account.settled() ? account.kept : own);
                }
            }
        }
        long[] sum = store.sumWithout(metered.tenantId(), metered.createdMillis(), fromHour, epoch, ownHour);
        for (int i = 0; i < sum.length; i++) {
            sum[i] += own[i];
        }
        return new UsageTotals(sum);
    }
}
