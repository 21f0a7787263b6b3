package io.riptide.store.redis;

import io.riptide.entry.StoreKey;
import io.riptide.problem.RipTideException;
import java.util.ArrayList;
import java.util.List;

/** Removals and changes of what lies there under the name of a write. Threads: any. */
final class EntryRemovals {
    private static final int MAX_FLIGHT = 1000;
    private static final byte[] NOTHING = {};

    private final Redis redis;
    private final Index index;
    private final EntryCalls entries;
    private final Healing healing;

    EntryRemovals(Redis redis, Index index, EntryCalls entries, Healing healing) {
        this.redis = redis;
        this.index = index;
        this.entries = entries;
        this.healing = healing;
    }

    /** Removes bytes that did not open where they are still there. */
    void discard(StoreKey key, byte[] damaged) {
        Call<List<Object>> call = Call.script(Scripts.DISCARD, new byte[][] {key.bytes()}, new byte[][] {damaged});
        redis.run(key.tenantId(), List.of(call));
        if (!call.answer().isEmpty()) {
            StoredValue old = StoredValue.parse((byte[]) call.answer().getFirst());
            if (old != null) {
                var unused = index.drop(key.tenantId(), new Index.Leaving(key, old.member(key)));
            }
        }
    }

    /** Writes a value over the one that a member stands for, where that is still there. */
    void rewrite(Member member, StoredValue value, byte[] head, byte[] envelope) {
        byte[] kept = Index.number(value.keptMillis());
        byte[] whole = value.with(head, envelope);
        byte[] patience = Index.number(redis.timeoutMillis());
        Call<List<Object>> call =
                entries.call(member.key(), EntryCalls.named(member), 0, NOTHING, whole, kept, patience);
        redis.run(member.key().tenantId(), List.of(call));
    }

    /** Deletes those values that are still there under these names, then takes them out of the index; how many went. */
    long deleteAll(String tenantId, List<Member> members) {
        try {
            return deleteAndDrop(tenantId, members);
        } catch (RipTideException e) {
            healing.doubt(members.stream().map(Member::key).toList());
            throw e;
        }
    }

    private long deleteAndDrop(String tenantId, List<Member> members) {
        long gone = 0;
        for (int from = 0; from < members.size(); from += MAX_FLIGHT) {
            List<Member> some = members.subList(from, Math.min(members.size(), from + MAX_FLIGHT));
            List<Call<List<Object>>> calls = new ArrayList<>(some.size());
            List<Index.Leaving> leaving = new ArrayList<>(some.size());
            for (Member member : some) {
                calls.add(entries.call(member.key(), EntryCalls.named(member), 0, NOTHING));
                leaving.add(new Index.Leaving(member.key(), member.bytes()));
            }
            redis.run(tenantId, calls);
            gone += calls.stream()
                    .filter(call -> (Long) call.answer().getFirst() != 0)
                    .count();
            var unused = index.dropAll(tenantId, leaving);
        }
        return gone;
    }
}
