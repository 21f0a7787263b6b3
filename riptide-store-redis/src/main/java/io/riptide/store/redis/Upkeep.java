package io.riptide.store.redis;

import io.lettuce.core.protocol.CommandType;
import io.riptide.entry.Head;
import io.riptide.entry.Scope;
import io.riptide.spi.Departures;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the index true: takes out what is not kept any more, whose bytes Redis drops by itself, and, some members
 * at a time, what a crash or a lost answer left behind. Other processes may do the same at the same time. Threads: any,
 * one round after another.
 */
final class Upkeep {
    private static final int DUE_AT_ONCE = 1000;
    private static final byte[] PAGE = MetaKeys.ascii("1000");
    private static final byte[] COUNT = MetaKeys.ascii("COUNT");
    private static final byte[] BEGIN = MetaKeys.ascii("0");
    /** Pages of tenants that are looked through in a round; those after them have their turn in the next. */
    private static final int PAGES = 20;

    /** Members of an index that are looked at in a round, about. */
    private static final int LOOKED_AT = 500;

    private final Redis redis;
    private final Index index;
    private final EntryRemovals entries;
    private final Dictionaries dictionaries;
    private final Healing healing;
    private final long graceMicros;
    private final AtomicLong swept = new AtomicLong();
    private byte[] cursor = BEGIN;
    /** Tenants whose index is to be looked through next. */
    private final ArrayDeque<String> waiting = new ArrayDeque<>();

    private @Nullable String healedTenant;
    private @Nullable Walk walk;

    Upkeep(Redis redis, Index index, EntryRemovals entries, Dictionaries dictionaries, Healing healing) {
        this.redis = redis;
        this.index = index;
        this.entries = entries;
        this.dictionaries = dictionaries;
        this.healing = healing;
        this.graceMicros = 1000 * (2 * redis.timeoutMillis() + 1000);
    }

    long swept() {
        return swept.get();
    }

    /** One round; returns how many entries went. */
    synchronized long round(long nowMillis, Departures departures) {
        long before = swept.get();
        List<String> seen = new ArrayList<>();
        for (int page = 0; page < PAGES; page++) {
            Call<List<Object>> scan = Call.list(CommandType.SSCAN, MetaKeys.tenants(), cursor, COUNT, PAGE);
            redis.run("", List.of(scan));
            cursor = (byte[]) scan.answer().getFirst();
            List<String> tenants = new ArrayList<>();
            ((List<?>) scan.answer().get(1))
                    .forEach(id -> tenants.add(new String((byte[]) id, StandardCharsets.US_ASCII)));
            sweep(tenants, nowMillis, departures);
            seen.addAll(tenants);
            if (cursor.length == 1 && cursor[0] == '0') {
                break;
            }
        }
        heal(seen);
        return swept.get() - before;
    }

    private void sweep(List<String> tenants, long nowMillis, Departures departures) {
        byte[] entries = {'d'};
        byte[] others = {'x'};
        List<Call<List<Object>>> calls = tenants.stream()
                .map(id -> Call.list(CommandType.HMGET, MetaKeys.usage(id), entries, others))
                .toList();
        if (calls.isEmpty()) {
            return;
        }
        redis.run("", calls);
        for (int i = 0; i < calls.size(); i++) {
            List<Object> due = calls.get(i).answer();
            if (due.get(0) != null && Index.parse(due.get(0)) <= nowMillis) {
                sweep(tenants.get(i), nowMillis, departures);
            }
            if (due.get(1) != null && Index.parse(due.get(1)) <= nowMillis) {
                dictionaries.sweep(tenants.get(i), nowMillis);
            }
        }
    }

    private void sweep(String tenantId, long nowMillis, Departures departures) {
        byte[][] keys = new byte[1 + MetaKeys.SHARDS][];
        keys[0] = MetaKeys.usage(tenantId);
        for (int shard = 0; shard < MetaKeys.SHARDS; shard++) {
            keys[1 + shard] = MetaKeys.index(tenantId, shard);
        }
        byte[][] arguments = {Index.number(nowMillis), Index.number(DUE_AT_ONCE)};
        boolean more = true;
        while (more) {
            Call<List<Object>> due = Call.script(Scripts.DUE, keys, arguments);
            redis.run(tenantId, List.of(due));
            List<Object> answer = due.answer();
            List<Member> members = new ArrayList<>();
            for (Object bytes : answer.subList(1, answer.size())) {
                Member member = Member.parse(tenantId, (byte[]) bytes);
                if (member != null) {
                    members.add(member);
                }
            }
            more = !members.isEmpty() && takeOut(tenantId, members, (Long) answer.getFirst(), nowMillis, departures);
        }
    }

    /** False where none of them could be taken out yet. */
    private boolean takeOut(
            String tenantId, List<Member> members, long serverMicros, long nowMillis, Departures departures) {
        List<Values.@Nullable Found> found =
                Values.read(redis, tenantId, members.stream().map(Member::key).toList());
        List<Member> expired = new ArrayList<>();
        List<Index.Leaving> leftBehind = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            Values.Found one = found.get(i);
            if (one != null && member.standsFor(one.value())) {
                expired.add(member);
                tell(member, one.head(), nowMillis, departures);
            } else if (serverMicros - member.takenMicros() > graceMicros) {
                leftBehind.add(new Index.Leaving(member.key(), member.bytes()));
                if (one == null) {
                    swept.incrementAndGet();
                    departures.gone(member.key(), null, nowMillis);
                }
            }
        }
        swept.addAndGet(entries.deleteAll(tenantId, expired));
        return index.dropAll(tenantId, leftBehind) + expired.size() > 0;
    }

    private static void tell(Member member, @Nullable Head head, long nowMillis, Departures departures) {
        // What only said that there is nothing is no loss.
        if (head == null || !head.saysNothing()) {
            departures.gone(member.key(), null, head == null ? nowMillis : head.expiresMillis());
        }
    }

    /** Goes on with the tenant at whose index it was, or else with the next one. */
    private void heal(List<String> tenants) {
        if (walk == null || walk.ended()) {
            if (waiting.isEmpty()) {
                waiting.addAll(tenants);
            }
            healedTenant = waiting.poll();
            walk = healedTenant == null ? null : new Walk(redis, healedTenant, Scope.ALL, Long.MAX_VALUE);
        }
        int looked = 0;
        for (int i = 0; i < MetaKeys.SHARDS && looked < LOOKED_AT && walk != null && !walk.ended(); i++) {
            looked += healing.heal(Objects.requireNonNull(healedTenant), walk);
        }
    }
}
