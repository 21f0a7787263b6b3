package io.riptide.store.redis;

import io.riptide.entry.Scope;
import io.riptide.entry.StoreKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Takes out of the index what stands for nothing, as a crash or a lost answer leaves it behind. Which of the sorted
 * sets a failed call of this process concerned is remembered, for {@value #MAX_DOUBTS} of them, and those are looked
 * through as soon as nobody may still be writing what is not there. What is beyond that, or was left by a process that
 * died, is found by {@link Upkeep}, which looks through all in turn. Threads: any may doubt, two may heal.
 */
final class Healing {
    /**
     * A writer may write for 20 s after it was taken into the index; longer, because of servers whose clocks differ by
     * up to 10 s.
     */
    static final long WRITTEN_WITHIN_SECONDS = 35;

    private static final int MAX_DOUBTS = 10_000;

    private final Redis redis;
    private final Index index;
    private final LongSupplier nanos;
    private final AtomicLong healed = new AtomicLong();
    private final ConcurrentMap<Part, Long> doubts = new ConcurrentHashMap<>();

    private record Part(String tenantId, int shard) {}

    /**
     * Over this index.
     *
     * @param nanos monotonic time
     */
    Healing(Redis redis, Index index, LongSupplier nanos) {
        this.redis = redis;
        this.index = index;
        this.nanos = nanos;
    }

    /** How many members were taken out so far. */
    long healed() {
        return healed.get();
    }

    /** What became of a call for these keys is not known. */
    void doubt(Collection<StoreKey> keys) {
        long now = nanos.getAsLong();
        for (StoreKey key : keys) {
            Part part = new Part(key.tenantId(), Member.shard(key));
            if (doubts.size() < MAX_DOUBTS || doubts.containsKey(part)) {
                doubts.put(part, now);
            }
        }
    }

    /** Heals one sorted set that is doubted and has waited for long enough, where there is one. */
    void healDoubted() {
        long end = nanos.getAsLong() - TimeUnit.SECONDS.toNanos(WRITTEN_WITHIN_SECONDS + 1);
        for (Map.Entry<Part, Long> doubt : doubts.entrySet()) {
            if (doubt.getValue() - end < 0) {
                Part part = doubt.getKey();
                int shard = part.shard();
                Walk walk = new Walk(redis, part.tenantId(), Scope.ALL, Long.MAX_VALUE, shard, shard + 1);
                while (!walk.ended()) {
                    var unused = heal(part.tenantId(), walk);
                }
                doubts.remove(part, doubt.getValue());
                return;
            }
        }
    }

    /** Looks through what a walk over a tenant's index comes to next, about a thousand members; how many those were. */
    int heal(String tenantId, Walk walk) {
        List<Member> members = walk.next();
        if (members.isEmpty()) {
            return 0;
        }
        List<Call<byte[]>> reads = members.stream()
                .map(member -> EntryCalls.prefix(member.key(), StoredValue.PREFIX))
                .toList();
        redis.run(tenantId, reads);
        long written = TimeUnit.SECONDS.toMicros(WRITTEN_WITHIN_SECONDS);
        List<Index.Leaving> leftBehind = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            boolean there = member.standsFor(StoredValue.parse(reads.get(i).orNull()));
            if (!there && walk.serverMicros() - member.takenMicros() > written) {
                leftBehind.add(new Index.Leaving(member.key(), member.bytes()));
            }
        }
        healed.addAndGet(index.dropAll(tenantId, leftBehind));
        return members.size();
    }
}
