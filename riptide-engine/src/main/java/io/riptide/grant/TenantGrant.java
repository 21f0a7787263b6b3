package io.riptide.grant;

import io.riptide.billing.UsageMeter;
import io.riptide.entry.EntryCipher;
import io.riptide.observe.CacheOperation;
import io.riptide.observe.CacheResult;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.quota.Allowance;
import io.riptide.quota.Breaches;
import io.riptide.quota.Enforcement;
import io.riptide.spi.Quotas;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.Time;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one tenant may do right now. Made by the door alone; live: {@link #apply} changes what capabilities already
 * handed out may do.
 */
public final class TenantGrant {
    private final String tenantId;
    private final long createdMillis;
    private final Allowance allowance;
    private final UsageMeter meter;
    private final Enforcement enforcement;
    private final Breaches breaches = new Breaches();
    private final AtomicInteger writers = new AtomicInteger();
    private volatile TenantRecord.Status status;
    private volatile Quotas quotas;
    private volatile @Nullable Policy policy;
    private volatile EntryCipher cipher = EntryCipher.NONE;
    private volatile boolean touched = true;
    private volatile long storedBytes;

    /** A grant for a tenant as its row says, in a process alone. */
    public TenantGrant(TenantRecord tenant, Time time) {
        this(tenant, new Allowance(tenant.quotas().operationsPerMinute(), time), Enforcement.REFUSING, time);
    }

    /** The same with this bucket of permits. */
    public TenantGrant(TenantRecord tenant, Allowance allowance, Enforcement enforcement, Time time) {
        this.tenantId = tenant.id();
        this.createdMillis = tenant.createdMillis();
        this.status = tenant.status();
        this.quotas = tenant.quotas();
        this.policy = Policy.of(tenant.accessPolicies());
        this.allowance = allowance;
        this.enforcement = enforcement;
        this.meter = new UsageMeter(time);
    }

    /** Takes over what the row says now. */
    public void apply(TenantRecord tenant) {
        Quotas now = tenant.quotas();
        if (now.operationsPerMinute() != quotas.operationsPerMinute()) {
            allowance.limit(now.operationsPerMinute());
        }
        quotas = now;
        policy = Policy.of(tenant.accessPolicies());
        status = tenant.status();
    }

    /** Has entries written and read so from here on. */
    public void cipher(EntryCipher now) {
        cipher = now;
    }

    /** How the tenant's entries are written and read. */
    public EntryCipher cipher() {
        return cipher;
    }

    /** Ends the grant for good: the tenant is gone. */
    public void end() {
        status = TenantRecord.Status.DELETING;
    }

    /** When the tenant was made, epoch milliseconds: an id may be given anew. */
    public long createdMillis() {
        return createdMillis;
    }

    /** Whose it is. For the rooms that address a store; a caller of a cache never sees it. */
    public String tenantId() {
        return tenantId;
    }

    /** Where the tenant stands now. */
    public TenantRecord.Status status() {
        return status;
    }

    /** The limits as they are now. */
    public Quotas quotas() {
        return quotas;
    }

    /** What the tenant's callers may do, or null where they may do all. */
    public @Nullable Policy policy() {
        return policy;
    }

    /** The token bucket. */
    public Allowance allowance() {
        return allowance;
    }

    /** The counts. */
    public UsageMeter meter() {
        return meter;
    }

    /** Refuses where the tenant is suspended or gone. */
    public void requireServed() {
        if (status != TenantRecord.Status.ACTIVE) {
            throw refusal();
        }
    }

    /** Takes permits for so many operations, or refuses: suspended, gone, or over the rate. */
    public void permit(int operations) {
        if (status != TenantRecord.Status.ACTIVE) {
            throw refusal();
        }
        long wait = allowance.take(operations);
        if (wait != 0) {
            overRate(operations, wait);
        }
        if (!touched) {
            touched = true;
        }
    }

    /** How often it met its quotas. */
    public Breaches breaches() {
        return breaches;
    }

    /** The most that it may have stored, in bytes. */
    public long storageLimit() {
        return enforcement.shadowStorage() ? Long.MAX_VALUE : quotas.storageBytes();
    }

    /** Whether a write that is beyond it takes the place of others. */
    public boolean evicts() {
        return enforcement.evicts();
    }

    /**
     * Takes over what a write left stored.
     *
     * @return whether it is over a quota that is in shadow
     */
    public boolean stored(long bytes) {
        storedBytes = bytes;
        return enforcement.shadowStorage() && bytes > quotas.storageBytes();
    }

    /** How much of its operations a minute it has used, 0 to 1: those of the last minute, or what its bucket lacks. */
    public double operationsShare() {
        double lastMinute = Quotas.share((double) meter.operationsLastMinute(), allowance.limit());
        return Math.max(lastMinute, allowance.lacking());
    }

    /** What was stored after the last write of this process, in bytes. */
    public long storedBytes() {
        return storedBytes;
    }

    /**
     * Counts keys for which an operation on the cache was refused or failed. What was not valid is not counted.
     *
     * @param problem what the caller is told
     */
    public void refused(CacheOperation operation, int keys, Problem problem) {
        CacheResult result = switch (problem.code()) {
            case INVALID_REQUEST -> null;
            case UNAUTHENTICATED, ACCESS_DENIED, TENANT_SUSPENDED -> CacheResult.DENIED;
            case QUOTA_EXCEEDED, STORAGE_QUOTA_EXCEEDED -> CacheResult.QUOTA;
            default -> CacheResult.ERROR;
        };
        if (result != null) {
            meter.addFree(operation, result, keys);
            touched = true;
        }
    }

    /** Takes a step of an operation on so many keys; where it is refused or fails, that is counted. */
    public <T> T counting(CacheOperation operation, int keys, Supplier<T> step) {
        try {
            return step.get();
        } catch (RipTideException e) {
            refused(operation, keys, e.problem());
            throw e;
        }
    }

    /**
     * Announces a write. Between this and {@link #endWrite} the tenant's data is not erased: erasure first ends the
     * grant, then waits for the writers, so that no write lands behind it.
     */
    public void beginWrite() {
        writers.incrementAndGet();
        if (status != TenantRecord.Status.ACTIVE) {
            endWrite();
            throw refusal();
        }
    }

    /** The same for an administrator's write, which a suspended tenant's data takes too. */
    public void beginAdminWrite() {
        writers.incrementAndGet();
        if (status == TenantRecord.Status.DELETING) {
            endWrite();
            throw refusal();
        }
    }

    /** Ends what {@link #beginWrite} announced. */
    public void endWrite() {
        if (writers.decrementAndGet() == 0 && status == TenantRecord.Status.DELETING) {
            synchronized (writers) {
                writers.notifyAll();
            }
        }
    }

    /** Waits until no write is under way; after {@link #end} none begins any more. */
    public void awaitWriters() throws InterruptedException {
        synchronized (writers) {
            while (writers.get() != 0) {
                writers.wait();
            }
        }
    }

    /** Whether a write is under way. */
    public boolean writing() {
        return writers.get() != 0;
    }

    /** Whether a permit was taken since the last call of this method. */
    public boolean clearTouched() {
        boolean was = touched;
        touched = false;
        return was;
    }

    private RipTideException refusal() {
        return status == TenantRecord.Status.SUSPENDED
                ? Problem.of(ProblemCode.TENANT_SUSPENDED, "This tenant is suspended; an administrator can resume it.")
                        .asException()
                : Problem.of(ProblemCode.UNAUTHENTICATED, "A valid credential is needed.")
                        .asException();
    }

    private void overRate(int operations, long waitNanos) {
        long limit = allowance.limit();
        if (enforcement.shadowOperations()) {
            breaches.count(Breaches.Resource.OPERATIONS, true);
            return;
        }
        if (operations > limit) {
            throw Problem.invalid(
                            "keys",
                            operations + " operations at once (expected: at most " + limit
                                    + ", what the quota operations_per_minute can ever hold)")
                    .asException();
        }
        breaches.count(Breaches.Resource.OPERATIONS, false);
        touched = true;
        throw Problem.of(ProblemCode.QUOTA_EXCEEDED, "operations_per_minute: all " + limit + " permits are used.")
                .with("resource", "operations_per_minute")
                .with("limit", limit)
                .with("used", limit - allowance.probe().remaining())
                .with("retry_after_seconds", Math.ceilDiv(waitNanos, 1_000_000_000L))
                .asException();
    }
}
