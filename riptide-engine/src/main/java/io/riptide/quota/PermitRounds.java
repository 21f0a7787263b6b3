package io.riptide.quota;

import io.riptide.problem.RipTideException;
import io.riptide.spi.PermitLeases;
import io.riptide.spi.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the shared buckets what this node granted, many tenants at a time, and knows whether they can be asked. Where
 * they cannot, nobody waits for them, and each tenant gets this node's share until a round is answered again.
 *
 * <p>Threads: {@link #round} by one; all else by any, without a lock.
 */
public final class PermitRounds {
    private static final Logger LOG = LoggerFactory.getLogger(PermitRounds.class);

    /** How often {@link #round} is to be called. */
    public static final int PERIOD_MILLIS = 5;

    /** After so long without an answer to a round nobody else asks. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final PermitLeases leases;
    private final Time time;
    private final ConcurrentLinkedQueue<Allowance> queue = new ConcurrentLinkedQueue<>();
    private volatile int nodes = 1;
    private volatile boolean away;
    private volatile long awaySinceMillis;
    private volatile boolean waiting;
    private volatile long waitingSince;
    private long triedNanos;

    /** Over these buckets. */
    public PermitRounds(PermitLeases leases, Time time) {
        this.leases = leases;
        this.time = time;
    }

    /** A tenant's bucket: this process's own, or what it knows of the shared one. */
    public Allowance allowance(String tenantId, long operationsPerMinute) {
        return leases.shared()
                ? new Allowance(tenantId, operationsPerMinute, nodes, this, time)
                : new Allowance(operationsPerMinute, time);
    }

    /** Whether there is anything to tell anybody. */
    public boolean shared() {
        return leases.shared();
    }

    /** Since when, by wall time in milliseconds, the shared buckets cannot be asked; zero where they can. */
    public long awaySinceMillis() {
        return away ? awaySinceMillis : 0;
    }

    boolean away() {
        return away;
    }

    /** How many nodes were seen last. */
    int nodes() {
        return nodes;
    }

    void enqueue(Allowance allowance) {
        queue.add(allowance);
    }

    /** Settles a caller's claim while it waits; null where the buckets cannot be asked. */
    PermitLeases.@Nullable Settled ask(PermitLeases.Claim claim) {
        if (away || (waiting && time.nanoTime() - waitingSince > PATIENCE_NANOS)) {
            left("no answer for " + TimeUnit.NANOSECONDS.toMillis(PATIENCE_NANOS) + " ms");
            return null;
        }
        try {
            return leases.settle(List.of(claim)).getFirst();
        } catch (RipTideException e) {
            left(e.problem().code().code());
            return null;
        }
    }

    /** Tells what is to be told. While that fails it is tried every half second, also with nothing to tell. */
    public void round() {
        if (away && time.nanoTime() - triedNanos < AGAIN_NANOS) {
            return;
        }
        triedNanos = time.nanoTime();
        if (away) {
            comeBack();
            return;
        }
        boolean more = !queue.isEmpty();
        while (more) {
            more = some() >= 0 && !queue.isEmpty();
        }
    }

    /**
     * All that was granted by shares is told first: with less in the buckets callers who ask them would be granted it
     * once more. What comes by and by meanwhile is within the leases.
     */
    private void comeBack() {
        int untold = Math.max(1, queue.size());
        while (untold > 0) {
            int before = queue.size();
            int behind = some();
            if (behind < 0) {
                return;
            }
            untold += behind - Math.clamp(before, 1, PermitLeases.MOST_CLAIMS);
        }
        away = false;
        LOG.info("Permits are shared with other nodes again");
    }

    /** Tells some; how many of them owe more than a lease nevertheless, or -1 where it failed. */
    private int some() {
        List<Allowance> asking = new ArrayList<>();
        List<Long> owing = new ArrayList<>();
        List<PermitLeases.Claim> claims = new ArrayList<>();
        Allowance next;
        while (claims.size() < PermitLeases.MOST_CLAIMS && (next = queue.poll()) != null) {
            long owed = next.owing();
            asking.add(next);
            owing.add(owed);
            claims.add(next.claim(owed));
        }
        waitingSince = time.nanoTime();
        waiting = true;
        try {
            List<PermitLeases.Settled> settled = leases.settle(claims);
            int behind = 0;
            for (int i = 0; i < claims.size(); i++) {
                behind += asking.get(i).settled(owing.get(i), settled.get(i)) ? 0 : 1;
                nodes = Math.max(1, settled.get(i).nodes());
            }
            return behind;
        } catch (RipTideException e) {
            left(e.problem().code().code());
            asking.forEach(Allowance::unsettled);
            return -1;
        } finally {
            waiting = false;
        }
    }

    private void left(String why) {
        if (!away) {
            awaySinceMillis = time.wallMillis();
            away = true;
            LOG.warn("Permits cannot be shared with other nodes ({}); each tenant gets this node's share", why);
        }
    }
}
