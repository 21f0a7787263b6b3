package io.riptide;

import io.riptide.audit.AuditEvent;
import io.riptide.audit.AuditKeys;
import io.riptide.audit.AuditLog;
import io.riptide.billing.Biller;
import io.riptide.billing.StorageSampler;
import io.riptide.billing.UsageBook;
import io.riptide.billing.UsageTotals;
import io.riptide.cache.PersistentCacheManager;
import io.riptide.config.PersistenceConfig;
import io.riptide.door.Door;
import io.riptide.grant.TenantGrant;
import io.riptide.quota.PermitRounds;
import io.riptide.spi.Backing;
import io.riptide.spi.ControlStore;
import io.riptide.spi.EntryStore;
import io.riptide.spi.IdempotencyRecord;
import io.riptide.spi.Time;
import io.riptide.spi.UsageStore;
import io.riptide.tenant.Keyring;
import io.riptide.tenant.TenantManager;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The managers, joined over two stores. Owns both stores: {@link #close} closes them. */
public final class RipTide implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RipTide.class);
    private static final long GRACE_SECONDS = 5;
    /** Jobs of one process at a time. */
    private static final String ERASURES = "erasures";

    private static final String UPKEEP = "upkeep";

    private static final String AUDIT = "audit";
    private static final long CUT_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final String BILLING = "billing";
    private static final String STORAGE = "storage";
    private static final long ROUND_MILLIS = 1_000;
    private static final long BILLING_MILLIS = 60_000;
    private static final long FIRST_MILLIS = 5_000;
    private static final int ERASURE_ROUNDS = 5;

    private final Backing backing;
    private final Time time;
    private final @Nullable CoarseTime ownTime;
    private final PersistentCacheManager cache;
    private final AuditLog audit;
    private final long auditKeptMillis;
    private final TenantManager tenants;
    private final PermitRounds permits;
    private final UsageBook usage;
    private final Biller billing;
    private final StorageSampler storage;
    private final Door door;
    private final Jobs jobs;
    private final ExecutorService loading;
    private final @Nullable ExecutorService background;
    private final @Nullable ExecutorService training;
    private final ExecutorService makingRoom;
    private final ScheduledExecutorService housekeeping;
    private final ScheduledExecutorService reclaiming;
    private final ScheduledExecutorService metering;
    private final ScheduledExecutorService accounting;
    private int rounds;
    private long cutNanos;
    private final @Nullable ScheduledExecutorService telling;
    private final AtomicBoolean closed = new AtomicBoolean();

    private RipTide(
            PersistenceConfig config,
            Backing backing,
            Time time,
            @Nullable CoarseTime ownTime,
            Keyring keyring,
            @Nullable String environmentAdminKey,
            @Nullable AuditKeys auditKeys,
            @Nullable ExecutorService background,
            @Nullable ExecutorService training) {
        this.backing = backing;
        this.time = time;
        this.ownTime = ownTime;
        this.loading = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("riptide-load-", 0).factory());
        this.training = training;
        this.makingRoom = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("riptide-memory").daemon().factory());
        SecureRandom random = new SecureRandom();
        this.cache = new PersistentCacheManager(
                config.cache(),
                backing.entries(),
                backing.feed(),
                backing.loads(),
                time,
                random.nextLong(),
                loading,
                training == null ? Runnable::run : training,
                ownTime == null ? Runnable::run : makingRoom);
        AuditKeys sealing = auditKeys == null ? AuditKeys.ofThisProcess(random) : auditKeys;
        this.audit = new AuditLog(backing.control().audit(), sealing, time);
        this.auditKeptMillis = TimeUnit.DAYS.toMillis(config.audit().retentionDays());
        this.tenants = new TenantManager(config.tenant(), config.billing(), backing.control(), time, random, keyring);
        tenants.onErased(id -> audit.record(
                AuditEvent.of(AuditEvent.SYSTEM, "tenant.erase").tenant(id).resource("tenants/" + id)));
        keyring.onRenewal((id, number) -> audit.note(AuditEvent.of(AuditEvent.SYSTEM, "data_key.rotate")
                .tenant(id)
                .resource("tenants/" + id + "/encryption")
                .with("data_key", number)));
        this.background = background;
        Executor erasing = background == null ? Runnable::run : background;
        this.permits = new PermitRounds(backing.permits(), time);
        this.usage = new UsageBook(backing.usage(), UUID.randomUUID().toString(), time);
        this.billing = new Biller(
                config.billing(), backing.control().invoices(), backing.usage(), tenants.byConfiguration(), time);
        this.storage = new StorageSampler(
                backing.entries(), backing.control(), backing.usage(), tenants.byConfiguration(), time);
        this.jobs = new Jobs(backing.control(), UUID.randomUUID().toString());
        this.door = new Door(
                config,
                tenants,
                backing.control(),
                cache,
                audit,
                permits,
                time,
                environmentAdminKey,
                erasing,
                () -> jobs.mine(ERASURES));
        this.cutNanos = time.nanoTime() - CUT_NANOS;
        this.housekeeping = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("riptide-housekeeping").daemon().factory());
        this.reclaiming = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("riptide-reclaim").daemon().factory());
        this.metering = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("riptide-usage").daemon().factory());
        this.accounting = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("riptide-billing").daemon().factory());
        this.telling = permits.shared()
                ? Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("riptide-permits").daemon().factory())
                : null;
    }

    /** Over these stores, with the machine's time, and with housekeeping running; usage is kept in memory alone. */
    public static RipTide open(
            PersistenceConfig config, EntryStore entries, ControlStore control, @Nullable String environmentAdminKey) {
        return open(config, Backing.alone(entries, control, UsageStore.inMemory()), environmentAdminKey);
    }

    /** The same as one of several processes over stores that they share. */
    public static RipTide open(PersistenceConfig config, Backing backing, @Nullable String environmentAdminKey) {
        return open(config, backing, null, environmentAdminKey);
    }

    /**
     * The same with tenants that may be encrypted.
     *
     * @param keyring the one that {@code backing.entries()} was opened with, or null for none
     */
    public static RipTide open(
            PersistenceConfig config,
            Backing backing,
            @Nullable Keyring keyring,
            @Nullable String environmentAdminKey) {
        return open(config, backing, keyring, environmentAdminKey, null);
    }

    /**
     * The same with keys that seal the audit log.
     *
     * @param auditKeys null: keys of this process alone, so that a later one cannot check what this one wrote
     */
    public static RipTide open(
            PersistenceConfig config,
            Backing backing,
            @Nullable Keyring keyring,
            @Nullable String environmentAdminKey,
            @Nullable AuditKeys auditKeys) {
        CoarseTime time = CoarseTime.start();
        ExecutorService background = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("riptide-erasure").daemon().factory());
        ExecutorService training = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("riptide-training").daemon().factory());
        RipTide riptide = new RipTide(
                config, backing, time, time, ring(keyring, time), environmentAdminKey, auditKeys, background, training);
        riptide.start();
        return riptide;
    }

    /**
     * Over these stores and that time; nothing runs by itself: {@link #tick} does the housekeeping and what is trained,
     * and deleting a tenant erases it before it returns. For tests.
     */
    public static RipTide withTime(
            PersistenceConfig config,
            EntryStore entries,
            ControlStore control,
            Time time,
            @Nullable String environmentAdminKey) {
        return withTime(config, Backing.alone(entries, control, UsageStore.inMemory()), time, environmentAdminKey);
    }

    /** The same as one of several over stores that they share. */
    public static RipTide withTime(
            PersistenceConfig config, Backing backing, Time time, @Nullable String environmentAdminKey) {
        return withTime(config, backing, null, time, environmentAdminKey);
    }

    /** The same with tenants that may be encrypted. */
    public static RipTide withTime(
            PersistenceConfig config,
            Backing backing,
            @Nullable Keyring keyring,
            Time time,
            @Nullable String environmentAdminKey) {
        return new RipTide(config, backing, time, null, ring(keyring, time), environmentAdminKey, null, null, null);
    }

    private static Keyring ring(@Nullable Keyring keyring, Time time) {
        return keyring == null ? Keyring.none(new SecureRandom(), time) : keyring;
    }

    private void start() {
        every(cache::tick);
        every(this::sweep);
        every(door::tick);
        every(audit::tick);
        every(this::cutOld);
        every(this::resumeErasures);
        // Apart: a store that is away must hold up nothing else.
        every(metering, this::keepUsage, ROUND_MILLIS);
        seldom(this::bill, BILLING_MILLIS);
        seldom(this::meterStorage, StorageSampler.PERIOD_MILLIS);
        // Half of the time at most: what was removed hurts nobody, and callers go first.
        every(reclaiming, cache::reclaim, PersistentCacheManager.RECLAIM_MILLIS);
        if (telling != null) {
            every(telling, permits::round, PermitRounds.PERIOD_MILLIS);
        }
    }

    /** Whatever is due of what takes long and may wait. */
    private void seldom(Runnable task, long pauseMillis) {
        every(accounting, task, FIRST_MILLIS, pauseMillis);
    }

    private void bill() {
        if (jobs.mine(BILLING)) {
            Biller.Closing closing = billing.round();
            if (closing != null && closing.made() > 0) {
                audit.record(AuditEvent.of(AuditEvent.SYSTEM, "billing.close")
                        .resource("billing/" + closing.period())
                        .with("invoices", closing.made())
                        .with("failed", closing.failed().size()));
            }
        } else {
            billing.rest();
        }
    }

    private void meterStorage() {
        if (jobs.mine(STORAGE)) {
            storage.look();
        }
    }

    private void every(Runnable task) {
        every(housekeeping, task, ROUND_MILLIS);
    }

    private void every(ScheduledExecutorService thread, Runnable task, long pauseMillis) {
        every(thread, task, pauseMillis, pauseMillis);
    }

    private void every(ScheduledExecutorService thread, Runnable task, long firstMillis, long pauseMillis) {
        AtomicBoolean failing = new AtomicBoolean();
        var unused = thread.scheduleWithFixedDelay(
                () -> goOn(task, failing, pauseMillis), firstMillis, pauseMillis, TimeUnit.MILLISECONDS);
    }

    private void sweep() {
        if (jobs.mine(UPKEEP)) {
            cache.sweep();
        }
    }

    private void keepUsage() {
        usage.round(door.grants().stream().map(RipTide::metered).toList());
    }

    private static UsageBook.Metered metered(TenantGrant grant) {
        return new UsageBook.Metered(grant.tenantId(), grant.createdMillis(), grant.meter());
    }

    /**
     * What a tenant used from an hour on, over all processes.
     *
     * @param fromHour hours since the epoch, in UTC
     * @throws io.riptide.problem.RipTideException {@code store-unavailable}
     */
    public UsageTotals usage(TenantGrant grant, long fromHour) {
        return usage.since(metered(grant), fromHour);
    }

    /** What another process left half deleted, too. */
    private void resumeErasures() {
        if (rounds++ % ERASURE_ROUNDS == 0 && jobs.mine(ERASURES)) {
            door.resumeErasures();
        }
    }

    /** Once a minute: rows that are kept for so long and no longer. */
    private void cutOld() {
        long now = time.nanoTime();
        if (now - cutNanos >= CUT_NANOS && jobs.mine(AUDIT)) {
            cutNanos = now;
            long unused = audit.cut(time.wallMillis() - auditKeptMillis);
            int unusedToo = backing.control().pruneIdempotent(time.wallMillis() - IdempotencyRecord.KEPT_MILLIS);
        }
    }

    /** One round of housekeeping, which {@link #open} runs every second. */
    public void tick() {
        cache.tick();
        sweep();
        cache.reclaim();
        door.tick();
        keepUsage();
        audit.tick();
        cutOld();
        meterStorage();
        bill();
        permits.round();
    }

    /** A task that throws would end its schedule for good. A failure is logged once, and so is its end. */
    private void goOn(Runnable task, AtomicBoolean failing, long pauseMillis) {
        try {
            task.run();
            if (failing.compareAndSet(true, false)) {
                LOG.info("Housekeeping goes on");
            }
        } catch (RuntimeException e) {
            if (!closed.get() && failing.compareAndSet(false, true)) {
                LOG.warn("A round of housekeeping failed; it is tried again after {} ms", pauseMillis, e);
            }
        }
    }

    /** The time that all of it goes by. */
    public Time time() {
        return time;
    }

    /** Entries. */
    public PersistentCacheManager cache() {
        return cache;
    }

    /** Tenants and keys. */
    public TenantManager tenants() {
        return tenants;
    }

    /** Who did what. */
    public AuditLog audit() {
        return audit;
    }

    /** Permits that are shared with other nodes. */
    public PermitRounds permits() {
        return permits;
    }

    /** What tenants owe. */
    public Biller billing() {
        return billing;
    }

    /** Credentials. */
    public Door door() {
        return door;
    }

    /** An erasure that is cut short here is taken up again at the next start; a training begins anew some time. */
    private static void stop(ExecutorService background) {
        background.shutdown();
        if (!ended(background)) {
            background.shutdownNow();
        }
    }

    private static boolean ended(ExecutorService threads) {
        try {
            return threads.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Stops housekeeping, writes what it had still to write, and closes the stores. Idempotent. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        housekeeping.close();
        metering.close();
        accounting.shutdownNow();
        if (!ended(accounting)) {
            LOG.warn("Billing is cut short; the next start goes on with it");
        }
        makingRoom.close();
        reclaiming.shutdown();
        loading.shutdownNow();
        if (!ended(loading)) {
            LOG.warn("Loads that do not heed an interruption go on while the stores are closed");
        }
        if (training != null) {
            stop(training);
        }
        if (background != null) {
            stop(background);
        }
        if (telling != null) {
            stop(telling);
        }
        door.flush();
        keepUsage();
        audit.flush();
        jobs.close();
        // A compaction that still gives space back is cut short by it.
        backing.close();
        reclaiming.close();
        if (ownTime != null) {
            ownTime.close();
        }
    }
}
