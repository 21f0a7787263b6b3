package io.riptide.store.redis;

import io.lettuce.core.protocol.CommandType;
import io.riptide.entry.EntryCipher;
import io.riptide.entry.Envelope;
import io.riptide.entry.Head;
import io.riptide.entry.Removals;
import io.riptide.entry.Scope;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Departures;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * Works off what removals left behind, some members of the index at a time, the jobs in turn: what is gone is deleted,
 * what was made stale is written with its end in it, what was written since stays. After the last one the mark goes,
 * once a failover can bring nothing back that it covers. A crash anywhere leaves the mark, and another process begins
 * the job again: who holds a tenant's lease does its jobs, and where two should hold it, both do the same.
 */
final class Reclaim {
    private static final byte[] LEASE_MILLIS = MetaKeys.ascii("30000");
    private static final byte[] ONLY_IF_NONE = MetaKeys.ascii("NX");
    private static final byte[] FOR_MILLIS = MetaKeys.ascii("PX");

    /** What is in the index and not there may still be written by a writer that knew nothing of the removal. */
    private static final long WRITTEN_WITHIN_MICROS = TimeUnit.SECONDS.toMicros(Healing.WRITTEN_WITHIN_SECONDS);

    private final Redis redis;
    private final RemovalBook book;
    private final EntryRemovals entries;
    private final byte[] node;
    private final ConcurrentLinkedQueue<ReclaimJob> jobs = new ConcurrentLinkedQueue<>();
    /** Those that go on when others' are looked for. */
    private final ConcurrentLinkedQueue<ReclaimJob> waiting = new ConcurrentLinkedQueue<>();
    /** Tenants whose lease is held here. One thread. */
    private final Set<String> leases = new HashSet<>();

    private final AtomicLong removed = new AtomicLong();
    private volatile boolean lookAround = true;

    Reclaim(Redis redis, RemovalBook book, EntryRemovals entries, String node) {
        this.redis = redis;
        this.book = book;
        this.entries = entries;
        this.node = MetaKeys.ascii(node);
    }

    long removed() {
        return removed.get();
    }

    /** Behind those that wait. */
    void add(ReclaimJob job) {
        jobs.add(job);
    }

    /** Looks with the next step for what others left. */
    void lookAround() {
        lookAround = true;
    }

    /** Forgets a tenant that is gone. */
    void forget(String tenantId) {
        jobs.removeIf(job -> job.tenant().tenantId().equals(tenantId));
        waiting.removeIf(job -> job.tenant().tenantId().equals(tenantId));
    }

    /** One step; true where more is to be done here. */
    boolean step(long nowMillis, Departures departures) {
        if (lookAround) {
            lookAround = false;
            find();
        }
        ReclaimJob job = jobs.poll();
        if (job == null) {
            return false;
        }
        boolean keep = true;
        try {
            keep = lease(job.tenant().tenantId()) && !advanceAlone(job, nowMillis, departures);
        } finally {
            if (keep) {
                jobs.add(job);
            }
        }
        return !jobs.isEmpty();
    }

    private void find() {
        for (ReclaimJob job = waiting.poll(); job != null; job = waiting.poll()) {
            jobs.add(job);
        }
        Call<List<Object>> members = Call.list(CommandType.SMEMBERS, MetaKeys.pending());
        redis.run("", List.of(members));
        for (Object member : members.answer()) {
            TenantRemovals tenant = book.of(new String((byte[]) member, StandardCharsets.US_ASCII));
            for (Scope scope : tenant.pending()) {
                ReclaimJob job = new ReclaimJob(redis, tenant, scope);
                if (jobs.stream().noneMatch(job::sameAs)) {
                    jobs.add(job);
                }
            }
            if (tenant.pending().isEmpty()) {
                notPending(tenant);
            }
        }
    }

    /** Whether this process is to work off a tenant's removals. */
    private boolean lease(String tenantId) {
        byte[] key = MetaKeys.job(tenantId);
        if (leases.contains(tenantId)) {
            Call<Long> renewed = Call.number(CommandType.PEXPIRE, key, LEASE_MILLIS);
            redis.run(tenantId, List.of(renewed));
            if (renewed.answer() == 1) {
                return true;
            }
            leases.remove(tenantId);
        }
        var taken = Call.status(CommandType.SET, key, node, ONLY_IF_NONE, FOR_MILLIS, LEASE_MILLIS);
        redis.run(tenantId, List.of(taken));
        if (taken.orNull() == null) {
            return false;
        }
        leases.add(tenantId);
        return true;
    }

    /** The same as {@link #advance}, and false while removals of the tenant count what is there. */
    private boolean advanceAlone(ReclaimJob job, long nowMillis, Departures departures) {
        Lock alone = job.tenant().counting().writeLock();
        if (!alone.tryLock()) {
            return false;
        }
        try {
            return advance(job, nowMillis, departures);
        } finally {
            alone.unlock();
        }
    }

    /** True where the job is done, or has to wait. */
    private boolean advance(ReclaimJob job, long nowMillis, Departures departures) {
        if (!job.walk().ended()) {
            List<Member> gone = workOff(job, job.walk().next());
            removed.addAndGet(entries.deleteAll(job.tenant().tenantId(), gone));
            gone.forEach(member -> departures.gone(member.key(), job.scope(), nowMillis));
            return false;
        }
        if (job.isUnsettled() || !redis.replicated()) {
            job.begin();
            waiting.add(job);
            return true;
        }
        return finish(job);
    }

    private List<Member> workOff(ReclaimJob job, List<Member> members) {
        TenantRemovals tenant = job.tenant();
        List<Values.@Nullable Found> found = Values.read(
                redis, tenant.tenantId(), members.stream().map(Member::key).toList());
        List<Member> gone = new ArrayList<>();
        Removals removals = tenant.now();
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            Values.Found one = found.get(i);
            if (one == null || !member.standsFor(one.value())) {
                // Upkeep takes it out of the index, unless it is just being written.
                if (job.walk().serverMicros() - member.takenMicros() < WRITTEN_WITHIN_MICROS) {
                    job.unsettled();
                }
                continue;
            }
            Head head = one.head();
            if (head == null) {
                if (!ScopeText.freed(job.scope()).isEmpty()) {
                    gone.add(member);
                }
                continue;
            }
            long end = removals.end(member.key().namespace(), head);
            if (end == Removals.REMOVED || (end < head.expiresMillis() && !end(member, one, head, end))) {
                gone.add(member);
            }
        }
        return gone;
    }

    /** Writes an entry's end into it; false where nothing of it is kept beyond that. */
    private boolean end(Member member, Values.Found found, Head head, long endMillis) {
        String tenantId = member.key().tenantId();
        var read = Call.envelope(member.key().bytes());
        redis.run(tenantId, List.of(read));
        byte[] envelope = read.orNull();
        Envelope.Sealed ended = envelope == null ? null : Envelope.endedAt(member.key(), head, envelope, endMillis);
        if (ended == null) {
            return false;
        }
        byte[] row = found.cipher().sealHead(member.key(), ended.head());
        entries.rewrite(member, found.value().endedAt(endMillis), row, ended.bytes());
        return true;
    }

    /** Takes the mark away where no later removal of the scope came meanwhile; else the job begins again. */
    private boolean finish(ReclaimJob job) {
        TenantRemovals tenant = job.tenant();
        String tenantId = tenant.tenantId();
        byte[][] keys = {MetaKeys.removals(tenantId), MetaKeys.usage(tenantId)};
        Call<List<Object>> call = forget(keys, job, redis.ciphers().find(tenantId));
        long asked = tenant.asking();
        redis.run(tenantId, List.of(call));
        if ((Long) call.answer().getFirst() == 0) {
            // It may have been noted before the tenant was encrypted, or was not any more.
            call = forget(keys, job, EntryCipher.NONE);
            redis.run(tenantId, List.of(call));
        }
        if ((Long) call.answer().getFirst() == 0) {
            book.refresh(tenant);
            job.begin();
            return false;
        }
        tenant.take((List<?>) call.answer().get(1), asked);
        if (tenant.pending().isEmpty()) {
            notPending(tenant);
            leases.remove(tenantId);
            redis.run(tenantId, List.of(Call.number(CommandType.DEL, MetaKeys.job(tenantId))));
        }
        return true;
    }

    private static Call<List<Object>> forget(byte[][] keys, ReclaimJob job, EntryCipher cipher) {
        byte[] scope = ScopeText.print(job.scope(), cipher).getBytes(StandardCharsets.UTF_8);
        return Call.script(Scripts.FORGET, keys, new byte[][] {scope, Index.number(job.number())});
    }

    /** A removal that is beginning notes its tenant first: so it is looked at once more. */
    private void notPending(TenantRemovals tenant) {
        byte[] id = MetaKeys.ascii(tenant.tenantId());
        redis.run("", List.of(Call.number(CommandType.SREM, MetaKeys.pending(), id)));
        book.refresh(tenant);
        if (!tenant.pending().isEmpty()) {
            redis.run("", List.of(Call.number(CommandType.SADD, MetaKeys.pending(), id)));
        }
    }

    /** Lets others have the leases. */
    void close() {
        for (String tenantId : leases) {
            try {
                redis.run(tenantId, List.of(Call.number(CommandType.DEL, MetaKeys.job(tenantId))));
            } catch (RipTideException e) {
                // They end by themselves.
                return;
            }
        }
    }
}
