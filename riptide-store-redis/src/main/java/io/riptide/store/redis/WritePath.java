package io.riptide.store.redis;

import io.riptide.entry.Removals;
import io.riptide.entry.StoreKey;
import io.riptide.spi.Condition;
import io.riptide.spi.StoreWrite;
import io.riptide.spi.WriteOutcome;
import io.riptide.spi.WriteOutcome.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes and removals of single entries, each behind the removals of many that came before it: {@linkplain OneStep one
 * step} where there is one server, {@linkplain TwoFlights several flights} in a cluster. Threads: any.
 */
final class WritePath {
    /** Bytes of envelopes in a flight, about: copies of them are held meanwhile. */
    private static final long MAX_FLIGHT_BYTES = 8L << 20;

    private static final int MAX_FLIGHT = 1000;
    private static final int MAX_STAMPS = 1000;

    /** How it is done where what belongs together lies in one server, or does not. */
    interface Way {
        /**
         * Outcomes in the order of the writes, each null where nothing was done since another removal is the latest.
         *
         * @param stamp the latest removal that is known
         * @param dead the name of the write that a removal ended for each, or nothing
         */
        List<@Nullable WriteOutcome> put(String tenantId, List<StoreWrite> writes, long stamp, List<byte[]> dead);

        /** Removes one entry where the condition holds; {@code dead} as above. */
        WriteOutcome remove(StoreKey key, Condition condition, long nowMillis, byte[] dead);
    }

    private final Index index;
    private final RemovalBook book;
    private final EntryCalls entries;
    private final Way way;

    WritePath(Index index, RemovalBook book, EntryCalls entries, Way way) {
        this.index = index;
        this.book = book;
        this.entries = entries;
        this.way = way;
    }

    /** Outcomes in the order of the writes. */
    List<WriteOutcome> putAll(List<StoreWrite> writes) {
        Map<String, List<Integer>> tenants = new LinkedHashMap<>();
        for (int i = 0; i < writes.size(); i++) {
            tenants.computeIfAbsent(writes.get(i).key().tenantId(), id -> new ArrayList<>())
                    .add(i);
        }
        @Nullable WriteOutcome[] outcomes = new WriteOutcome[writes.size()];
        tenants.forEach((tenantId, places) -> {
            int from = 0;
            while (from < places.size()) {
                long bytes = 0;
                int to = from;
                while (to < places.size() && to - from < MAX_FLIGHT && (to == from || bytes <= MAX_FLIGHT_BYTES)) {
                    bytes += writes.get(places.get(to++)).envelope().length;
                }
                List<Integer> some = places.subList(from, to);
                putSome(tenantId, some.stream().map(writes::get).toList(), some, outcomes);
                from = to;
            }
        });
        return Arrays.stream(outcomes).map(Objects::requireNonNull).toList();
    }

    WriteOutcome put(StoreWrite write) {
        @Nullable WriteOutcome[] outcome = new WriteOutcome[1];
        putSome(write.key().tenantId(), List.of(write), List.of(0), outcome);
        return Objects.requireNonNull(outcome[0]);
    }

    WriteOutcome remove(StoreKey key, Condition condition, long nowMillis) {
        byte[] dead = entries.dead(key.tenantId(), List.of(key), nowMillis).getFirst();
        return way.remove(key, condition, nowMillis, dead);
    }

    private void putSome(
            String tenantId, List<StoreWrite> writes, List<Integer> places, @Nullable WriteOutcome[] outcomes) {
        TenantRemovals removals = book.of(tenantId);
        for (int i = 0; i < MAX_STAMPS; i++) {
            Removals now = removals.now();
            List<StoreWrite> good = writes;
            List<Integer> goodPlaces = places;
            if (writes.stream().anyMatch(write -> outdated(write, now))) {
                good = new ArrayList<>();
                goodPlaces = new ArrayList<>();
                long used = index.usage(tenantId).bytes();
                for (int k = 0; k < writes.size(); k++) {
                    if (outdated(writes.get(k), now)) {
                        outcomes[places.get(k)] = new WriteOutcome(Kind.OUTDATED, used);
                    } else {
                        good.add(writes.get(k));
                        goodPlaces.add(places.get(k));
                    }
                }
            }
            if (good.isEmpty() || tryPut(tenantId, good, now.latest(), goodPlaces, outcomes)) {
                return;
            }
            book.refresh(removals);
        }
        throw EntryCalls.tooLate("Removals keep coming before this write; try again.");
    }

    /** Whether a removal that covers what is to be written took place after it was stamped. */
    private static boolean outdated(StoreWrite write, Removals removals) {
        return write.head().stamp() < removals.forgotten()
                || removals.end(write.key().namespace(), write.head()) != Removals.UNTOUCHED;
    }

    /** False where another removal is the latest. */
    private boolean tryPut(
            String tenantId,
            List<StoreWrite> writes,
            long stamp,
            List<Integer> places,
            @Nullable WriteOutcome[] outcomes) {
        List<StoreKey> keys = writes.stream().map(StoreWrite::key).toList();
        List<byte[]> dead = entries.dead(tenantId, keys, writes.getFirst().nowMillis());
        List<@Nullable WriteOutcome> done = way.put(tenantId, writes, stamp, dead);
        List<StoreWrite> left = new ArrayList<>();
        List<Integer> leftPlaces = new ArrayList<>();
        for (int i = 0; i < done.size(); i++) {
            outcomes[places.get(i)] = done.get(i);
            if (done.get(i) == null) {
                left.add(writes.get(i));
                leftPlaces.add(places.get(i));
            }
        }
        if (left.size() == writes.size()) {
            return false;
        }
        if (!left.isEmpty()) {
            putSome(tenantId, left, leftPlaces, outcomes);
        }
        return true;
    }
}
