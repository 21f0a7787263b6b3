package io.riptide.door;

import io.riptide.cache.PersistentCacheManager;
import io.riptide.grant.TenantGrant;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.Time;
import io.riptide.tenant.TenantManager;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Erases tenants in the background: ends the grant, removes the data once no writer is left, then the row. The row says
 * {@code deleting} until all else is gone, so that a stop or failure anywhere is made good by beginning again.
 */
final class Erasures {
    private static final Logger LOG = LoggerFactory.getLogger(Erasures.class);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** Until then other processes have heard that the tenant is gone, and their last writes have ended. */
    private static final long HEARD_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final TenantManager tenants;
    private final Grants grants;
    private final PersistentCacheManager cache;
    private final Time time;
    private final Executor background;
    private final boolean shared;

    /** What is to be done, and whether it runs or until when it waits. Bounded by the tenants. */
    private final ConcurrentHashMap<String, State> pending = new ConcurrentHashMap<>();

    private sealed interface State {
        record Running() implements State {}

        record Waiting(long untilNanos) implements State {}
    }

    Erasures(
            TenantManager tenants,
            Grants grants,
            PersistentCacheManager cache,
            Time time,
            Executor background,
            boolean shared) {
        this.tenants = tenants;
        this.grants = grants;
        this.cache = cache;
        this.time = time;
        this.background = background;
        this.shared = shared;
    }

    /** Has a tenant erased whose row says {@code deleting}; once, however often it is asked. */
    void begin(String tenantId) {
        if (shared) {
            pending.putIfAbsent(tenantId, new State.Waiting(time.nanoTime() + HEARD_NANOS));
        } else if (pending.putIfAbsent(tenantId, new State.Running()) == null) {
            submit(tenantId);
        }
    }

    /** Begins those that have waited long enough. */
    void tick() {
        long now = time.nanoTime();
        pending.forEach((id, state) -> {
            if (state instanceof State.Waiting waiting
                    && now - waiting.untilNanos() >= 0
                    && pending.replace(id, waiting, new State.Running())) {
                submit(id);
            }
        });
    }

    private void submit(String tenantId) {
        try {
            background.execute(() -> run(tenantId));
        } catch (RuntimeException e) {
            failed(tenantId, e);
        }
    }

    private void run(String tenantId) {
        try {
            erase(tenantId);
            pending.remove(tenantId);
        } catch (RipTideException e) {
            if (e.problem().code() == ProblemCode.NOT_FOUND) {
                pending.remove(tenantId);
            } else {
                failed(tenantId, e);
            }
        } catch (RuntimeException e) {
            failed(tenantId, e);
        }
    }

    /** The row is asked first: where it is gone, what it said is done, and its id may be another tenant's by now. */
    private void erase(String tenantId) {
        if (tenants.tenant(tenantId).status() != TenantRecord.Status.DELETING) {
            return;
        }
        TenantGrant grant = grants.of(tenantId);
        grant.end();
        // First: whatever goes wrong from here on, what is left of it does not open any more.
        tenants.keyring().destroy(tenantId);
        cache.erase(grant);
        tenants.keyring().forget(tenantId);
        tenants.erased(tenantId);
        grants.remove(grant);
    }

    private void failed(String tenantId, RuntimeException e) {
        pending.put(tenantId, new State.Waiting(time.nanoTime() + RETRY_NANOS));
        LOG.warn("The tenant {} could not be erased yet; it is tried again", tenantId, e);
    }
}
