package io.riptide.store.redis;

import io.riptide.entry.Head;
import io.riptide.entry.Removals;
import io.riptide.entry.Scope;
import io.riptide.entry.StoreKey;
import io.riptide.spi.HeadPage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Pages of a namespace in the order of the hash: a sorted set of the index holds a part of that order, and is read
 * whole and sorted here. A page costs what a 64th of the tenant's entries does.
 */
final class Listing {
    /** Heads that a page may read in vain; a page that meets it ends early and the next goes on. */
    private static final int MAX_PASSED = 10_000;

    private static final int AT_ONCE = 200;

    private final Redis redis;

    Listing(Redis redis) {
        this.redis = redis;
    }

    HeadPage page(
            String tenantId, String namespace, @Nullable StoreKey after, int limit, long nowMillis, Removals removals) {
        if (after != null
                && (!after.tenantId().equals(tenantId) || !after.namespace().equals(namespace))) {
            throw new IllegalArgumentException("after: a key of another namespace");
        }
        List<Head> heads = new ArrayList<>();
        StoreKey last = null;
        int passed = 0;
        boolean encrypted = redis.ciphers().of(tenantId).encrypts();
        for (int shard = after == null ? 0 : Member.shard(after); shard < MetaKeys.SHARDS; shard++) {
            List<StoreKey> keys = keys(tenantId, namespace, shard, after);
            for (int from = 0; from < keys.size(); from += AT_ONCE) {
                List<StoreKey> some = keys.subList(from, Math.min(keys.size(), from + AT_ONCE));
                List<Values.@Nullable Found> found = Values.read(redis, tenantId, some);
                for (int i = 0; i < some.size(); i++) {
                    Values.Found one = found.get(i);
                    Head head = one == null || one.cipher().encrypts() != encrypted ? null : one.head();
                    boolean live =
                            head != null && nowMillis < Math.min(head.expiresMillis(), removals.end(namespace, head));
                    if ((live && heads.size() == limit) || passed == MAX_PASSED) {
                        return new HeadPage(heads, last);
                    }
                    if (live && head != null) {
                        heads.add(head);
                        last = some.get(i);
                    } else {
                        passed++;
                        last = heads.size() == limit ? last : some.get(i);
                    }
                }
            }
        }
        return new HeadPage(heads, null);
    }

    /** Each key once, in order. */
    private List<StoreKey> keys(String tenantId, String namespace, int shard, @Nullable StoreKey after) {
        TreeMap<String, StoreKey> keys = new TreeMap<>(Comparator.naturalOrder());
        Scope scope = new Scope.InNamespace(namespace);
        for (Walk walk = new Walk(redis, tenantId, scope, Long.MAX_VALUE, shard, shard + 1); !walk.ended(); ) {
            for (Member member : walk.next()) {
                keys.put(member.key().hash(), member.key());
            }
        }
        return List.copyOf(
                after == null
                        ? keys.values()
                        : keys.tailMap(after.hash(), false).values());
    }
}
