package io.riptide.cache;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what all tenants hold in L1 within one bound, and divides it among them as {@link Division} says.
 *
 * <p>One number counts what all hold. A fill adds its bytes before it comes in and a removal subtracts them after it is
 * out, so what is held is never above the number, and the number never above the bound by more than a twentieth: a fill
 * that would bring it there passes L1 by. Before that, at a sixty-fourth above, a pass is asked for, which lowers the
 * maxima of those who hold too much; it runs on an executor, one at a time. A hit comes nowhere near.
 *
 * <p>Locks: the set of active tenants has one, taken when a tenant comes or goes; passes have another, under which
 * entries are evicted and no fill waits.
 */
final class Governor {
    private static final int SLACK_PART = 64;
    private static final int AGAIN_PART = 256;
    private static final int OVERSHOOT_PART = 20;
    /** A maximum that would move by less stays: each move makes Caffeine forget how it had tuned itself. */
    private static final int STEADY_PART = 16;

    private final long maximumBytes;
    private final Executor executor;
    private final AtomicLong held = new AtomicLong();
    private final AtomicBoolean asked = new AtomicBoolean();
    private final ReentrantLock passing = new ReentrantLock();
    /** Guarded by this. */
    private final Set<TenantCache> active = new HashSet<>();

    private volatile long newcomerBytes;
    private volatile long passAbove;

    /**
     * Nobody holds anything yet.
     *
     * @param executor for passes; one that runs them on the caller's thread will do
     */
    Governor(long maximumBytes, Executor executor) {
        this.maximumBytes = maximumBytes;
        this.executor = executor;
        this.newcomerBytes = maximumBytes;
        this.passAbove = maximumBytes + maximumBytes / SLACK_PART;
    }

    /** Counts a tenant in and gives it a share. */
    synchronized L1Share activate(TenantCache tenant) {
        active.add(tenant);
        return tenant.newShare(newcomerBytes);
    }

    /** Counts a tenant out and takes its share, which is null where it had none. */
    synchronized @Nullable L1Share deactivate(TenantCache tenant) {
        L1Share was = tenant.takeShare();
        active.remove(tenant);
        return was;
    }

    /** Those active now. */
    synchronized Set<TenantCache> active() {
        return Set.copyOf(active);
    }

    /** Bytes that all hold, and those about to come in. */
    long heldBytes() {
        return held.get();
    }

    /** Before an entry comes in; false where it has to stay outside. */
    boolean take(int bytes) {
        long now = held.addAndGet(bytes);
        if (now > passAbove) {
            askForPass();
        }
        long most = maximumBytes + maximumBytes / OVERSHOOT_PART;
        if (now <= most || held.get() <= most) {
            return true;
        }
        held.addAndGet(-bytes);
        return false;
    }

    /** For one that comes in the place of another of the same weight, before the other goes. */
    void force(int bytes) {
        held.addAndGet(bytes);
    }

    /** After one that was taken in is out. */
    void release(int bytes) {
        held.addAndGet(-bytes);
    }

    /** Once a second: follows quotas, and divides anew what is above fair shares. */
    void round() {
        passing.lock();
        try {
            pass(true);
        } finally {
            passing.unlock();
        }
    }

    private void askForPass() {
        if (asked.compareAndSet(false, true)) {
            try {
                executor.execute(this::passAsked);
            } catch (RejectedExecutionException e) {
                // The process is stopping, and fills that pass by do no harm.
                asked.set(false);
            }
        }
    }

    private void passAsked() {
        try {
            if (passing.tryLock()) {
                try {
                    pass(false);
                } finally {
                    passing.unlock();
                }
            }
        } finally {
            asked.set(false);
        }
    }

    private void pass(boolean round) {
        List<L1Share> shares = new ArrayList<>();
        List<Claim> claims = new ArrayList<>();
        for (TenantCache tenant : active()) {
            L1Share share = tenant.shareIfActive();
            if (share != null) {
                shares.add(share);
                claims.add(share.claim(Math.min(maximumBytes, tenant.memoryQuota())));
            }
        }
        Division division = Division.of(claims, maximumBytes, round ? Division.LEVY : 0);
        newcomerBytes = division.newcomerBytes();
        for (int i = 0; i < claims.size(); i++) {
            Claim claim = claims.get(i);
            L1Share share = shares.get(i);
            long bytes = division.maxima().get(i);
            share.appetite().given(bytes);
            if (moves(share.maximum(), bytes, claim, round)) {
                share.maximum(bytes);
            }
            if (round) {
                share.nextRound();
            }
        }
        passAbove = Math.max(maximumBytes + maximumBytes / SLACK_PART, held.get() + maximumBytes / AGAIN_PART);
    }

    private static boolean moves(long from, long to, Claim claim, boolean round) {
        boolean much = Math.abs(to - from) > from / STEADY_PART;
        return to != from && (much || to == claim.limitBytes() || (!round && to < claim.heldBytes()));
    }
}
