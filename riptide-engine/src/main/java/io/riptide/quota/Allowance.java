package io.riptide.quota;

import io.riptide.spi.PermitLeases;
import io.riptide.spi.Quotas;
import io.riptide.spi.Time;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A token bucket that holds one minute's permits, starts full and refills evenly, kept as one number: the instant at
 * which it would be full again (the "theoretical arrival time" of the generic cell rate algorithm, ITU-T I.371). To
 * take is to move that instant on by the price of a permit; it may never lie more than a minute ahead. Monotonic time
 * alone is read, so a wall clock that jumps changes nothing.
 *
 * <p>Where several nodes grant the same tenant's permits, this is what one of them knows of the shared bucket, and its
 * lease: a number of permits that it may grant before it tells. {@link PermitRounds} tells in the background. A caller
 * for whom the lease is not enough asks the shared bucket itself and waits for the answer. While the shared bucket
 * cannot be asked, this node's share of the limit is granted, beginning with what was known last.
 */
public final class Allowance {
    private final Time time;
    private final long origin;
    private final AtomicLong fullAt = new AtomicLong();
    private final String tenantId;
    private final @Nullable PermitRounds rounds;
    /** Granted, and not known to have been told. */
    private final AtomicLong owed = new AtomicLong();

    private final AtomicBoolean queued = new AtomicBoolean();
    private volatile long limit;
    private volatile Terms terms;

    /** A full bucket of so many operations a minute, from 1 to a billion, of this process alone. */
    public Allowance(long operationsPerMinute, Time time) {
        this("", operationsPerMinute, 1, null, time);
    }

    Allowance(String tenantId, long operationsPerMinute, int nodes, @Nullable PermitRounds rounds, Time time) {
        this.tenantId = tenantId;
        this.rounds = rounds;
        this.time = time;
        this.origin = time.nanoTime();
        this.limit = operationsPerMinute;
        this.terms = Terms.of(operationsPerMinute, nodes);
    }

    /** A new limit from now on. What is used stays used, as a share of the minute. */
    public void limit(long operationsPerMinute) {
        Terms next = Terms.of(operationsPerMinute, rounds == null ? 1 : rounds.nodes());
        limit = operationsPerMinute;
        terms = next;
    }

    /** Permits in a minute; also what the bucket holds at most. */
    public long limit() {
        return terms.full().limit();
    }

    /**
     * Takes permits, all or none. Waits for the shared bucket where there is one and the lease does not hold so many.
     *
     * @return zero where they were granted, else after how many nanoseconds (at least one) they could be
     */
    public long take(int permits) {
        Terms now = terms;
        return rounds == null ? take(now.full(), permits) : takeLeased(rounds, now, permits);
    }

    private long take(Rate rate, int permits) {
        long price = rate.price() * permits;
        while (true) {
            long now = now();
            long at = fullAt.get();
            long next = Math.max(at, now) + price;
            if (next - now > rate.window()) {
                return rate.wait(at, now, permits);
            }
            if (fullAt.compareAndSet(at, next)) {
                return 0;
            }
        }
    }

    private long takeLeased(PermitRounds shared, Terms now, int permits) {
        if (shared.away()) {
            return takeShare(shared, now, permits);
        }
        // Counted first: of several callers at once no more are let through than the lease holds.
        long owing = owed.addAndGet(permits);
        if (owing > now.credit()) {
            owed.addAndGet(-permits);
            return takeShared(shared, now, permits);
        }
        long wait = take(now.full(), permits);
        if (wait != 0) {
            owed.addAndGet(-permits);
        } else if (owing >= now.half()) {
            tell(shared);
        }
        return wait;
    }

    private long takeShared(PermitRounds shared, Terms now, int permits) {
        tell(shared);
        long wait = now.full().wait(fullAt.get(), now(), permits);
        if (wait != 0) {
            return wait;
        }
        PermitLeases.Settled settled =
                shared.ask(new PermitLeases.Claim(tenantId, now.full().limit(), 0, permits));
        if (settled == null) {
            return takeShare(shared, now, permits);
        }
        // Rounds lower it, for they alone know in which order they were answered.
        long known = view(settled, 0);
        fullAt.accumulateAndGet(known, Math::max);
        return settled.granted() ? 0 : Math.max(1, now.full().wait(known, now(), permits));
    }

    private long takeShare(PermitRounds shared, Terms now, int permits) {
        owed.addAndGet(permits);
        long wait = take(now.share(), permits);
        if (wait != 0) {
            owed.addAndGet(-permits);
        } else {
            tell(shared);
        }
        return wait;
    }

    private void tell(PermitRounds shared) {
        if (!queued.get() && queued.compareAndSet(false, true)) {
            shared.enqueue(this);
        }
    }

    /** Has the shared bucket told of what it was not told yet, soon. */
    public void tellSoon() {
        if (rounds != null && owed.get() != 0) {
            tell(rounds);
        }
    }

    /** What is to be told of what is owed; then {@link #settled} or {@link #unsettled} follows. */
    PermitLeases.Claim claim(long owing) {
        Terms now = terms;
        return new PermitLeases.Claim(tenantId, now.full().limit(), now.due(owing, fullAt.get() - now()), 0);
    }

    long owing() {
        return owed.get();
    }

    /** What was owed at the claim was told; whether what is owed by now is within the lease. */
    boolean settled(long owing, PermitLeases.Settled settled) {
        queued.set(false);
        int nodes = Math.max(1, settled.nodes());
        if (Math.max(1, limit / nodes) != terms.share().limit()) {
            long known;
            do {
                // A new limit that comes meanwhile is not to be lost.
                known = limit;
                terms = Terms.of(known, nodes);
            } while (known != limit);
        }
        long before;
        do {
            before = fullAt.get();
        } while (!fullAt.compareAndSet(before, view(settled, owing)));
        // Last: callers have a lease again only with what the bucket holds now in their sight.
        if (owed.addAndGet(-owing) <= terms.credit()) {
            return true;
        }
        tellSoon();
        return false;
    }

    /** It may have been told or not: it will be told again, so that a permit may count twice but is not forgotten. */
    void unsettled() {
        queued.set(false);
        tellSoon();
    }

    /** When the shared bucket will be full, with what it was not told of: all that is owed but for what was told. */
    private long view(PermitLeases.Settled settled, long told) {
        return now() + (settled.usedNanos() << Rate.FRACTION_BITS) + terms.charged(owed.get() - told);
    }

    /** Gives permits back that were taken for what then did not count. */
    public void giveBack(int permits) {
        fullAt.addAndGet(-rate().price() * permits);
        if (rounds != null) {
            owed.addAndGet(-permits);
        }
    }

    /** How things stand now, as far as this node knows. */
    public Probe probe() {
        Terms now = terms;
        Rate rate = rate();
        long used = Math.max(0, fullAt.get() - now());
        long remaining = Math.max(0, (rate.window() - used) / rate.price());
        return new Probe(now.full().limit(), remaining, used >> Rate.FRACTION_BITS);
    }

    /** Which part of its permits is used, 0 to 1; of this node's share while the shared bucket cannot be asked. */
    public double lacking() {
        Rate rate = rate();
        long used = Math.max(0, fullAt.get() - now());
        long remaining = Math.max(0, (rate.window() - used) / rate.price());
        return Quotas.share((double) (rate.limit() - remaining), rate.limit());
    }

    private Rate rate() {
        return rounds != null && rounds.away() ? terms.share() : terms.full();
    }

    private long now() {
        return (time.nanoTime() - origin) << Rate.FRACTION_BITS;
    }

    /**
     * How a bucket stands.
     *
     * @param limit what it holds at most
     * @param remaining what it holds; of this node's share while the shared bucket cannot be asked
     * @param resetNanos until it is full
     */
    public record Probe(long limit, long remaining, long resetNanos) {}
}
