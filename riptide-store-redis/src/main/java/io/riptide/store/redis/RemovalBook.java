package io.riptide.store.redis;

import io.lettuce.core.protocol.CommandType;
import io.riptide.problem.RipTideException;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The removals of tenants: one object for each as long as somebody holds it, kept up to date by what the feed tells.
 * While the feed is not proven to be up to date, whoever relies on one asks Redis: {@link #ask}.
 */
final class RemovalBook implements RedisInvalidationFeed.RemovalNews {
    private final Redis redis;
    private final ConcurrentHashMap<String, Held> tenants = new ConcurrentHashMap<>();
    private final ReferenceQueue<TenantRemovals> gone = new ReferenceQueue<>();
    /** Reads of what was told to have changed. */
    private final ConcurrentHashMap<String, CompletableFuture<?>> reading = new ConcurrentHashMap<>();
    /** Those whose read failed. */
    private final Set<String> unread = ConcurrentHashMap.newKeySet();

    RemovalBook(Redis redis) {
        this.redis = redis;
    }

    /** A tenant's, the same for all who hold it, read where nobody held it. */
    TenantRemovals of(String tenantId) {
        TenantRemovals known = held(tenantId);
        return known == null ? load(tenantId) : known;
    }

    private @Nullable TenantRemovals held(String tenantId) {
        Held held = tenants.get(tenantId);
        return held == null ? null : held.get();
    }

    private TenantRemovals load(String tenantId) {
        for (Object ended = gone.poll(); ended != null; ended = gone.poll()) {
            if (ended instanceof Held held) {
                tenants.remove(held.tenantId, held);
            }
        }
        TenantRemovals[] loaded = new TenantRemovals[1];
        var unused = tenants.compute(tenantId, (id, before) -> {
            TenantRemovals known = before == null ? null : before.get();
            if (before != null && known != null) {
                loaded[0] = known;
                return before;
            }
            // Told of from here on, whatever the read below may be too early for.
            loaded[0] = new TenantRemovals(id, redis.ciphers());
            return new Held(loaded[0], gone);
        });
        if (loaded[0].revision() < 0) {
            refresh(loaded[0]);
        }
        return loaded[0];
    }

    /** Brings one up to what Redis has now. */
    void refresh(TenantRemovals tenant) {
        Call<List<Object>> all = read(tenant.tenantId());
        long asked = tenant.asking();
        redis.run(tenant.tenantId(), List.of(all));
        tenant.take(all.answer(), asked);
    }

    private static Call<List<Object>> read(String tenantId) {
        return Call.list(CommandType.HGETALL, MetaKeys.removals(tenantId));
    }

    /** A question to go along with a read, whose answer {@link #heed} takes. */
    static Call<byte[]> ask(String tenantId) {
        return Call.bytes(CommandType.HGET, MetaKeys.removals(tenantId), MetaKeys.ascii("v"));
    }

    /** Brings a tenant's up to date where the answer to {@link #ask} says that it is not. */
    void heed(String tenantId, byte @Nullable [] revision) {
        TenantRemovals tenant = held(tenantId);
        if (tenant != null && Index.parse(revision) != tenant.revision()) {
            refresh(tenant);
        }
    }

    @Override
    public void changed(String tenantId) {
        TenantRemovals tenant = held(tenantId);
        if (tenant == null) {
            return;
        }
        CompletableFuture<?> done = new CompletableFuture<>();
        // Who waits for what was told waits for a read that was under way before, too.
        var unused = reading.merge(tenantId, done, (before, next) -> CompletableFuture.allOf(before, next));
        Call<List<Object>> all = read(tenantId);
        long asked = tenant.asking();
        try {
            var unusedToo = redis.send(tenantId, List.of(all)).thenRun(() -> {
                Throwable failure = all.failure();
                if (failure == null) {
                    tenant.take(all.answer(), asked);
                    done.complete(null);
                } else {
                    failed(tenantId, done, failure);
                }
            });
        } catch (RipTideException e) {
            failed(tenantId, done, e);
        }
    }

    private void failed(String tenantId, CompletableFuture<?> done, Throwable failure) {
        unread.add(tenantId);
        done.completeExceptionally(failure);
    }

    @Override
    public void allChanged() {
        tenants.keySet().forEach(this::changed);
    }

    @Override
    public CompletionStage<Void> caughtUp() {
        for (String tenantId : List.copyOf(unread)) {
            reading.remove(tenantId);
            unread.remove(tenantId);
            changed(tenantId);
        }
        List<CompletableFuture<?>> open = new ArrayList<>();
        reading.forEach((tenantId, read) -> {
            if (read.isDone() && !read.isCompletedExceptionally()) {
                reading.remove(tenantId, read);
            } else {
                open.add(read);
            }
        });
        return CompletableFuture.allOf(open.toArray(CompletableFuture<?>[]::new));
    }

    int size() {
        return tenants.size();
    }

    private static final class Held extends WeakReference<TenantRemovals> {
        private final String tenantId;

        Held(TenantRemovals tenant, ReferenceQueue<TenantRemovals> gone) {
            super(tenant, gone);
            this.tenantId = tenant.tenantId();
        }
    }
}
