package io.riptide.store.redis;

import io.lettuce.core.protocol.CommandType;
import io.riptide.entry.Head;
import io.riptide.entry.Removals;
import io.riptide.entry.Scope;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.spi.Departures;
import io.riptide.spi.Removal;
import io.riptide.spi.Removed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Removals of many. The number and the mark, which hides what it covers, are one step in Redis, with the sums of a
 * namespace or of all where that is what goes. Then a bounded number of what the scope covers is looked at, counted,
 * and, but for a namespace or all, deleted. A {@link ReclaimJob} does the rest.
 */
final class RemovalPath {
    /** Removals of a tenant at most that are not worked off. */
    private static final int MAX_PENDING = 1024;

    private final Redis redis;
    private final RemovalBook book;
    private final EntryRemovals entries;
    private final Reclaim reclaim;

    RemovalPath(Redis redis, RemovalBook book, EntryRemovals entries, Reclaim reclaim) {
        this.redis = redis;
        this.book = book;
        this.entries = entries;
        this.reclaim = reclaim;
    }

    Removed removeAll(Removal removal, Departures departures) {
        String tenantId = removal.tenantId();
        TenantRemovals tenant = book.of(tenantId);
        if (tenant.pending().size() >= MAX_PENDING) {
            throw Problem.of(
                            ProblemCode.STORE_UNAVAILABLE,
                            "Too many removals of this tenant are being worked off (expected: at most " + MAX_PENDING
                                    + "); try again in a moment.")
                    .asException();
        }
        List<Object> answer;
        Covered covered;
        tenant.counting().readLock().lock();
        try {
            Removals before = tenant.now();
            answer = mark(tenant, removal);
            reclaim.add(new ReclaimJob(redis, tenant, removal.scope()));
            covered = look(removal, before, (Long) answer.getFirst());
        } finally {
            tenant.counting().readLock().unlock();
        }
        if (removal.mode() == Removal.Mode.REMOVE
                && ScopeText.freed(removal.scope()).isEmpty()) {
            var unused = entries.deleteAll(tenantId, covered.members);
            covered.live.forEach(one -> departures.gone(one.key(), removal.scope(), removal.nowMillis()));
        }
        long live = covered.live.size();
        return covered.whole ? new Removed(live, true) : new Removed(Math.max(live, (Long) answer.get(1)), false);
    }

    /** Hides what a removal covers, and waits until that is on a replica, where there are any, but not for long. */
    List<Object> mark(TenantRemovals tenant, Removal removal) {
        String tenantId = tenant.tenantId();
        redis.run(tenantId, List.of(Call.number(CommandType.SADD, MetaKeys.pending(), MetaKeys.ascii(tenantId))));
        byte[][] keys = {MetaKeys.removals(tenantId), MetaKeys.usage(tenantId)};
        byte[][] arguments = {
            ScopeText.print(removal.scope(), redis.ciphers().of(tenantId)).getBytes(StandardCharsets.UTF_8),
            MetaKeys.ascii(removal.mode() == Removal.Mode.REMOVE ? "r" : "s"),
            Index.number(removal.nowMillis()),
            MetaKeys.ascii(ScopeText.freed(removal.scope()))
        };
        Call<List<Object>> call = Call.script(Scripts.REMOVE, keys, arguments);
        long asked = tenant.asking();
        redis.run(tenantId, List.of(call));
        tenant.take((List<?>) call.answer().get(2), asked);
        var unused = redis.replicated();
        return call.answer();
    }

    private Covered look(Removal removal, Removals before, long number) {
        Covered covered = new Covered();
        Scope scope = removal.scope();
        Set<ByteBuffer> seen = new HashSet<>();
        for (Walk walk = new Walk(redis, removal.tenantId(), scope, number); !walk.ended() && covered.whole; ) {
            List<Member> members = new ArrayList<>(walk.next());
            members.removeIf(member -> !seen.add(ByteBuffer.wrap(member.bytes())));
            if (seen.size() > Removed.COUNTED) {
                covered.whole = false;
                members = members.subList(0, Math.max(0, members.size() - (seen.size() - Removed.COUNTED)));
            }
            List<Values.@Nullable Found> found = Values.read(
                    redis, removal.tenantId(), members.stream().map(Member::key).toList());
            for (int i = 0; i < members.size(); i++) {
                Values.Found one = found.get(i);
                Head head = one == null ? null : one.head();
                Member member = members.get(i);
                if (one != null && head != null && member.standsFor(one.value())) {
                    covered.add(member, head, scope, before, removal.nowMillis());
                }
            }
        }
        return covered;
    }

    /** What was found of a scope's entries. */
    private static final class Covered {
        private final List<Member> members = new ArrayList<>();
        private final List<Member> live = new ArrayList<>();
        private boolean whole = true;

        private void add(Member member, Head head, Scope scope, Removals before, long nowMillis) {
            String namespace = member.key().namespace();
            if (scope.covers(namespace, head)) {
                members.add(member);
                if (Math.min(head.expiresMillis(), before.end(namespace, head)) > nowMillis) {
                    live.add(member);
                }
            }
        }
    }
}
