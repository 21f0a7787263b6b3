package io.riptide.store.redis;

import io.riptide.entry.EntryCipher;
import io.riptide.entry.Head;
import io.riptide.entry.StoreKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what is known of entries without their bodies. */
final class Values {
    private static final int FLIGHT = 1000;

    private Values() {}

    /**
     * What lies under a key.
     *
     * @param head null where it is not whole
     * @param cipher how its head is written
     */
    record Found(StoredValue value, @Nullable Head head, EntryCipher cipher) {}

    /** In the order of the keys; null where nothing of ours is there. */
    static List<@Nullable Found> read(Redis redis, String tenantId, List<StoreKey> keys) {
        List<@Nullable Found> found = new ArrayList<>(keys.size());
        for (int from = 0; from < keys.size(); from += FLIGHT) {
            List<StoreKey> some = keys.subList(from, Math.min(keys.size(), from + FLIGHT));
            List<Call<byte[]>> calls = some.stream()
                    .map(key -> EntryCalls.prefix(key, StoredValue.USUAL_HEAD))
                    .toList();
            redis.run(tenantId, calls);
            for (int i = 0; i < some.size(); i++) {
                found.add(found(redis, some.get(i), calls.get(i).orNull()));
            }
        }
        return found;
    }

    private static @Nullable Found found(Redis redis, StoreKey key, byte @Nullable [] prefix) {
        StoredValue value = StoredValue.parse(prefix);
        if (value == null || prefix == null) {
            return null;
        }
        if (StoredValue.headEnd(prefix) <= prefix.length) {
            return found(redis, key, value, StoredValue.head(prefix));
        }
        Call<byte[]> more = EntryCalls.prefix(key, StoredValue.LONGEST_HEAD);
        redis.run(key.tenantId(), List.of(more));
        byte[] longer = more.orNull();
        StoredValue again = StoredValue.parse(longer);
        return again == null || longer == null ? null : found(redis, key, again, StoredValue.head(longer));
    }

    private static Found found(Redis redis, StoreKey key, StoredValue value, byte @Nullable [] head) {
        EntryCipher cipher = head == null ? EntryCipher.NONE : redis.ciphers().ofRow(key, head);
        return new Found(value, head == null ? null : cipher.openHead(key, head), cipher);
    }
}
