package io.riptide.store.redis;

import io.lettuce.core.protocol.CommandType;
import io.riptide.spi.Departures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Makes room in a tenant's usage: of each of the index's sorted sets, which are sorted by when entries end, the first
 * ones are looked at, and those of them that end first go. Threads: any.
 */
final class Eviction {
    /** Members looked at of each sorted set. */
    private static final int OF_EACH = 8;
    /** Those that go at least are this part of what was looked at, so that not every write looks. */
    private static final int LEAST_PART = 16;

    private static final byte[] FROM = MetaKeys.ascii("0");
    private static final byte[] TO = MetaKeys.ascii(Integer.toString(OF_EACH - 1));
    private static final byte[] WITH_SCORES = MetaKeys.ascii("WITHSCORES");

    private final Redis redis;
    private final RemovalBook book;
    private final EntryRemovals removals;

    Eviction(Redis redis, RemovalBook book, EntryRemovals removals) {
        this.redis = redis;
        this.book = book;
        this.removals = removals;
    }

    /** A member, and until when its entry is kept. */
    private record Kept(Member member, double untilMillis) {}

    /** Frees so many bytes, or all that there are; returns how many. */
    long free(String tenantId, long bytes, long nowMillis, Departures departures) {
        long freed = 0;
        TenantRemovals known = book.of(tenantId);
        while (freed < bytes) {
            List<Kept> first = first(tenantId);
            if (first.isEmpty()) {
                return freed;
            }
            freed += remove(known, going(known, first, bytes - freed), nowMillis, departures);
        }
        return freed;
    }

    private List<Kept> first(String tenantId) {
        List<Call<List<Object>>> calls = new ArrayList<>(MetaKeys.SHARDS);
        for (int shard = 0; shard < MetaKeys.SHARDS; shard++) {
            calls.add(Call.list(CommandType.ZRANGE, MetaKeys.index(tenantId, shard), FROM, TO, WITH_SCORES));
        }
        redis.run(tenantId, calls);
        List<Kept> kept = new ArrayList<>();
        for (Call<List<Object>> call : calls) {
            for (Object pair : call.answer()) {
                Member member = Member.parse(tenantId, (byte[]) ((List<?>) pair).get(0));
                if (member != null) {
                    kept.add(new Kept(member, (Double) ((List<?>) pair).get(1)));
                }
            }
        }
        kept.sort(Comparator.comparingDouble(Kept::untilMillis));
        return kept;
    }

    private static List<Kept> going(TenantRemovals known, List<Kept> first, long bytes) {
        int least = first.size() / LEAST_PART;
        long freed = 0;
        int count = 0;
        while (count < first.size() && (freed < bytes || count < least)) {
            freed += frees(known, first.get(count++).member());
        }
        return first.subList(0, count);
    }

    /** What a removal took off the sums already frees nothing. */
    private static long frees(TenantRemovals known, Member member) {
        return member.stamp() < known.removedBelow(member.key().namespace()) ? 0 : member.storedBytes();
    }

    private long remove(TenantRemovals known, List<Kept> going, long nowMillis, Departures departures) {
        var unused = removals.deleteAll(
                known.tenantId(), going.stream().map(Kept::member).toList());
        long freed = 0;
        for (Kept one : going) {
            long bytes = frees(known, one.member());
            freed += bytes;
            if (bytes > 0 && one.untilMillis() > nowMillis) {
                departures.gone(one.member().key(), null, nowMillis);
            }
        }
        return freed;
    }
}
