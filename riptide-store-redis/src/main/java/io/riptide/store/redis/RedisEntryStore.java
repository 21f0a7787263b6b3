package io.riptide.store.redis;

import io.lettuce.core.protocol.CommandType;
import io.riptide.entry.Scope;
import io.riptide.entry.StoreKey;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Condition;
import io.riptide.spi.Departures;
import io.riptide.spi.EntryStore;
import io.riptide.spi.HeadPage;
import io.riptide.spi.Removal;
import io.riptide.spi.RemovalView;
import io.riptide.spi.Removed;
import io.riptide.spi.StoreCalls;
import io.riptide.spi.StoreUsage;
import io.riptide.spi.StoreWrite;
import io.riptide.spi.StoredDictionary;
import io.riptide.spi.WriteOutcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Entries in Redis, for any number of processes. The package's description tells what lies where and what is exact.
 *
 * <p>Safe for use by many threads. After {@link #close} every method throws {@code store-unavailable}.
 */
public final class RedisEntryStore implements EntryStore {
    private static final int MAX_CALLS = 4096;

    private final Redis redis;
    private final BooleanSupplier told;
    private final Gate gate = new Gate(MAX_CALLS);
    private final Index index;
    private final RemovalBook book;
    private final Healing healing;
    private final WritePath writes;
    private final EntryRemovals removals;
    private final Reclaim reclaim;
    private final RemovalPath removing;
    private final Listing listing;
    private final Dictionaries dictionaries;
    private final Upkeep upkeep;
    private final Eviction eviction;
    private final Durability durability;

    /**
     * Over connections, which it closes.
     *
     * @param told whether this process is told of others' removals within moments; while it is not, each read asks
     * @param random for names that differ from process to process
     */
    RedisEntryStore(Redis redis, RemovalBook book, BooleanSupplier told, RandomGenerator random) {
        this.redis = redis;
        this.told = told;
        this.index = new Index(redis, random.nextInt());
        this.book = book;
        this.healing = new Healing(redis, index, redis::nanos);
        EntryCalls entries = new EntryCalls(redis, book);
        WritePath.Way way =
                redis.cluster() ? new TwoFlights(redis, index, entries, healing) : new OneStep(redis, index, book);
        this.writes = new WritePath(index, book, entries, way);
        this.removals = new EntryRemovals(redis, index, entries, healing);
        this.reclaim = new Reclaim(redis, book, removals, Long.toHexString(random.nextLong()));
        this.removing = new RemovalPath(redis, book, removals, reclaim);
        this.eviction = new Eviction(redis, book, removals);
        this.listing = new Listing(redis);
        this.dictionaries = new Dictionaries(redis);
        this.durability = new Durability(redis);
        this.upkeep = new Upkeep(redis, index, removals, dictionaries, healing);
    }

    @Override
    public byte @Nullable [] get(StoreKey key) {
        return inside(() -> read(key));
    }

    private byte @Nullable [] read(StoreKey key) {
        Call<byte[]> read = Call.envelope(key.bytes());
        if (told.getAsBoolean()) {
            redis.run(key.tenantId(), List.of(read));
        } else {
            Call<byte[]> asked = RemovalBook.ask(key.tenantId());
            redis.run(key.tenantId(), List.of(read, asked));
            book.heed(key.tenantId(), asked.orNull());
        }
        return read.orNull();
    }

    @Override
    public List<byte @Nullable []> getAll(List<StoreKey> keys) {
        return inside(() -> readAll(keys));
    }

    private List<byte @Nullable []> readAll(List<StoreKey> keys) {
        Map<String, List<Call<byte[]>>> tenants = new LinkedHashMap<>();
        List<Call<byte[]>> reads = new ArrayList<>(keys.size());
        for (StoreKey key : keys) {
            Call<byte[]> read = Call.envelope(key.bytes());
            reads.add(read);
            tenants.computeIfAbsent(key.tenantId(), id -> new ArrayList<>()).add(read);
        }
        boolean ask = !told.getAsBoolean();
        tenants.forEach((tenantId, calls) -> {
            if (ask) {
                Call<byte[]> asked = RemovalBook.ask(tenantId);
                calls.add(asked);
                redis.run(tenantId, calls);
                book.heed(tenantId, asked.orNull());
            } else {
                redis.run(tenantId, calls);
            }
        });
        List<byte @Nullable []> values = new ArrayList<>(reads.size());
        reads.forEach(read -> values.add(read.orNull()));
        return values;
    }

    @Override
    public WriteOutcome put(StoreWrite write) {
        return inside(() -> writes.put(write));
    }

    @Override
    public List<WriteOutcome> putAll(List<StoreWrite> batch) {
        return inside(() -> writes.putAll(batch));
    }

    @Override
    public WriteOutcome remove(StoreKey key, Condition condition, long nowMillis) {
        return inside(() -> writes.remove(key, condition, nowMillis));
    }

    @Override
    public void discard(StoreKey key, byte[] damaged) {
        gate.enter();
        try {
            removals.discard(key, damaged);
        } finally {
            gate.leave();
        }
    }

    @Override
    public HeadPage list(String tenantId, String namespace, @Nullable StoreKey after, int limit, long nowMillis) {
        return inside(() -> {
            TenantRemovals removals = book.of(tenantId);
            if (!told.getAsBoolean()) {
                book.refresh(removals);
            }
            return listing.page(tenantId, namespace, after, limit, nowMillis, removals.now());
        });
    }

    @Override
    public Removed removeAll(Removal removal, Departures departures) {
        return inside(() -> removing.removeAll(removal, departures));
    }

    @Override
    public RemovalView removals(String tenantId) {
        return inside(() -> book.of(tenantId));
    }

    @Override
    public boolean reclaim(long nowMillis, Departures departures) {
        return inside(() -> {
            healing.healDoubted();
            return reclaim.step(nowMillis, departures);
        });
    }

    @Override
    public void keepDictionary(StoredDictionary dictionary) {
        gate.enter();
        try {
            dictionaries.keep(dictionary);
        } finally {
            gate.leave();
        }
    }

    @Override
    public @Nullable StoredDictionary dictionary(String tenantId, String namespace, int id) {
        return inside(() -> dictionaries.find(tenantId, namespace, id));
    }

    @Override
    public List<StoredDictionary> dictionaries(String tenantId, String namespace) {
        return inside(() -> dictionaries.all(tenantId, namespace));
    }

    @Override
    public long dictionaryBytes(String tenantId) {
        return inside(() -> dictionaries.bytes(tenantId));
    }

    @Override
    public void removeDictionaries(String tenantId) {
        gate.enter();
        try {
            redis.run(tenantId, List.of(Call.number(CommandType.UNLINK, MetaKeys.dictionaries(tenantId))));
        } finally {
            gate.leave();
        }
    }

    @Override
    public void removeTenant(String tenantId) {
        gate.enter();
        try {
            removeAllOf(tenantId);
        } finally {
            gate.leave();
        }
    }

    /**
     * The mark hides all of it and stays: whatever a failover brings back, or another process writes late, is found and
     * taken away by whoever works off removals.
     */
    private void removeAllOf(String tenantId) {
        reclaim.forget(tenantId);
        TenantRemovals tenant = book.of(tenantId);
        var unused = removing.mark(tenant, new Removal(tenantId, Scope.ALL, Removal.Mode.REMOVE, 0));
        for (Walk walk = new Walk(redis, tenantId, Scope.ALL, Long.MAX_VALUE); !walk.ended(); ) {
            List<Call<Long>> unlinks = walk.next().stream()
                    .map(member -> Call.number(CommandType.UNLINK, member.key().bytes()))
                    .toList();
            if (!unlinks.isEmpty()) {
                redis.run(tenantId, unlinks);
            }
        }
        List<Call<Long>> rest = new ArrayList<>();
        for (int shard = 0; shard < MetaKeys.SHARDS; shard++) {
            rest.add(Call.number(CommandType.UNLINK, MetaKeys.index(tenantId, shard)));
        }
        rest.add(Call.number(CommandType.UNLINK, MetaKeys.usage(tenantId)));
        rest.add(Call.number(CommandType.UNLINK, MetaKeys.dictionaries(tenantId)));
        rest.add(Call.number(CommandType.UNLINK, MetaKeys.job(tenantId)));
        rest.add(Call.number(CommandType.UNLINK, MetaKeys.permits(tenantId)));
        rest.add(Call.number(CommandType.SREM, MetaKeys.tenants(), MetaKeys.ascii(tenantId)));
        redis.run(tenantId, rest);
    }

    @Override
    public StoreUsage usage(String tenantId) {
        return inside(() -> index.usage(tenantId));
    }

    @Override
    public long sweep(long nowMillis, Departures departures) {
        return inside(() -> {
            reclaim.lookAround();
            return upkeep.round(nowMillis, departures);
        });
    }

    @Override
    public long evict(String tenantId, long bytes, long nowMillis, Departures departures) {
        return inside(() -> eviction.free(tenantId, bytes, nowMillis, departures));
    }

    @Override
    public boolean takesWrites() {
        return inside(this::tryWriting);
    }

    private boolean tryWriting() {
        if (!redis.refusing()) {
            return true;
        }
        try {
            byte[] one = {'1'};
            redis.run("", List.of(Call.status(CommandType.SET, MetaKeys.probe(), one)));
            redis.takesCalls();
            return true;
        } catch (RipTideException e) {
            return false;
        }
    }

    @Override
    public StoreCalls calls() {
        return redis.figures();
    }

    @Override
    public String durability() {
        return inside(durability::tell);
    }

    @Override
    public Map<String, Long> report() {
        return inside(this::figures);
    }

    private Map<String, Long> figures() {
        Map<String, Long> report = new TreeMap<>();
        String info = redis.info("memory", "replication", "persistence");
        report.put("used_memory", Long.parseLong(Redis.field(info, "used_memory", "0")));
        report.put("replicas", Long.parseLong(Redis.field(info, "connected_slaves", "0")));
        report.put("append_only", Long.parseLong(Redis.field(info, "aof_enabled", "0")));
        report.put("expired_swept", upkeep.swept());
        report.put("removed_reclaimed", reclaim.removed());
        report.put("index_healed", healing.healed());
        report.put("tenants_in_memory", (long) book.size());
        return report;
    }

    @Override
    public void close() {
        if (gate.close(2 * redis.timeoutMillis())) {
            reclaim.close();
            redis.drain();
            redis.close();
        }
    }

    private <T extends @Nullable Object> T inside(Supplier<T> operation) {
        gate.enter();
        try {
            return operation.get();
        } finally {
            gate.leave();
        }
    }
}
