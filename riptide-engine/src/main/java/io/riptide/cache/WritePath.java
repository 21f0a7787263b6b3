package io.riptide.cache;

import io.riptide.config.CacheConfig;
import io.riptide.entry.Entry;
import io.riptide.entry.Envelope;
import io.riptide.entry.Head;
import io.riptide.entry.Scope;
import io.riptide.entry.StoreKey;
import io.riptide.entry.Tag;
import io.riptide.grant.TenantGrant;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.quota.Breaches;
import io.riptide.spi.Condition;
import io.riptide.spi.StoreWrite;
import io.riptide.spi.WriteOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes of one namespace once the permits are taken: store, and drop from L1, behind the {@link Fence}. A write does
 * not fill L1; the next read does. One that the store fails or refuses gives its permits back.
 */
final class WritePath {
    /** How often a write is stamped at most: each time a removal took place meanwhile. */
    private static final int MAX_STAMPS = 1000;

    private static final byte[] NOTHING = {};

    private final TenantCache cache;
    private final Namespace namespace;
    private final TenantGrant grant;
    private final CacheConfig config;
    private final Room room;
    private final CacheConfig.NamespaceConfig own;

    WritePath(TenantCache cache, Namespace namespace) {
        this.cache = cache;
        this.namespace = namespace;
        this.grant = cache.grant();
        this.config = cache.tiers().config();
        this.room = new Room(cache);
        this.own = config.namespace(namespace.name());
    }

    void requireValid(BatchEntry entry) {
        StoreKey.requireKey(entry.key());
        requireSize(entry.value().length);
        requireOptions(entry.options());
    }

    private void requireSize(int bytes) {
        if (bytes > config.maxEntryBytes()) {
            throw Problem.of(
                            ProblemCode.ENTRY_TOO_LARGE,
                            "The value has " + bytes + " bytes (expected: at most " + config.maxEntryBytes() + ").")
                    .with("limit", config.maxEntryBytes())
                    .asException();
        }
    }

    private void requireOptions(PutOptions options) {
        var unused = Tag.requireAll("tags", options.tags());
        Duration ttl = options.ttl();
        if (ttl != null && (ttl.toMillis() < 1 || ttl.compareTo(Duration.ofSeconds(config.maxTtlSeconds())) > 0)) {
            throw Problem.invalid("ttl_seconds", "expected more than 0 and at most " + config.maxTtlSeconds())
                    .asException();
        }
        String type = options.contentType();
        if (type.length() > Head.MAX_CONTENT_TYPE_BYTES || !type.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw Problem.invalid(
                            "content_type",
                            "expected at most " + Head.MAX_CONTENT_TYPE_BYTES + " printable characters of ASCII")
                    .asException();
        }
    }

    PutResult put(BatchEntry entry, Condition condition) {
        return putAll(List.of(entry), condition).getFirst().orRefuse(grant);
    }

    List<PutResult> putAll(List<BatchEntry> entries) {
        return putAll(entries, Condition.NONE).stream().map(Written::result).toList();
    }

    private List<Written> putAll(List<BatchEntry> entries, Condition condition) {
        List<L1Key> keys = new ArrayList<>(entries.size());
        entries.forEach(entry -> keys.add(new L1Key(namespace, entry.key())));
        long[] versions = new long[keys.size()];
        return fenced(keys, versions, keys.size(), () -> {
            overtake(keys);
            Losses losses = cache.losses();
            long stamp = latestRemoval();
            List<StoreWrite> writes = new ArrayList<>(entries.size());
            entries.forEach(entry -> writes.add(seal(entry, condition, stamp)));
            List<WriteOutcome> outcomes = room.putAll(writes);
            List<Written> written = new ArrayList<>(outcomes.size());
            boolean refusedOne = false;
            boolean beyond = false;
            for (int i = 0; i < outcomes.size(); i++) {
                Written first = new Written(writes.get(i), outcomes.get(i));
                Written last = first.outdated() ? again(entries.get(i), condition) : first;
                boolean refused = last.outcome.kind() == WriteOutcome.Kind.OVER_QUOTA;
                beyond |= grant.stored(last.outcome.used());
                refusedOne |= refused;
                if (refused) {
                    losses.note(last.write.key(), Gone.Why.REFUSED, null, last.write.nowMillis());
                }
                versions[i] = last.write.head().version();
                written.add(last);
            }
            // Of a call, however many of its entries it is.
            if (refusedOne || beyond) {
                grant.breaches().count(Breaches.Resource.STORAGE, !refusedOne);
            }
            return written;
        });
    }

    /** Writes an entry once more that a removal came before: it is stamped anew, and so comes after it. */
    private Written again(BatchEntry entry, Condition condition) {
        for (int i = 0; i < MAX_STAMPS; i++) {
            StoreWrite write = seal(entry, condition, latestRemoval());
            Written written = new Written(write, room.put(write));
            if (!written.outdated()) {
                return written;
            }
        }
        throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "Removals keep coming before this write; try again.")
                .asException();
    }

    private long latestRemoval() {
        return cache.removals().now().latest();
    }

    /** Loads that are under way bring what is older than this write: they are not to keep it. */
    private void overtake(List<L1Key> keys) {
        if (!cache.flights().isEmpty()) {
            keys.forEach(key -> {
                Flight flight = cache.flights().get(key);
                if (flight != null) {
                    flight.overtake();
                }
            });
        }
    }

    /** What was to be written and what came of it. */
    private record Written(StoreWrite write, WriteOutcome outcome) {
        boolean outdated() {
            return outcome.kind() == WriteOutcome.Kind.OUTDATED;
        }

        PutResult result() {
            long version = write.head().version();
            return switch (outcome.kind()) {
                case CREATED -> new PutResult(PutResult.Outcome.CREATED, version);
                case REPLACED -> new PutResult(PutResult.Outcome.REPLACED, version);
                case CONDITION_FAILED -> new PutResult(PutResult.Outcome.CONDITION_FAILED, 0);
                case OVER_QUOTA -> new PutResult(PutResult.Outcome.OVER_QUOTA, 0);
                case REMOVED, ABSENT, OUTDATED ->
                    throw new IllegalStateException("a write was answered with " + outcome.kind());
            };
        }

        PutResult orRefuse(TenantGrant grant) {
            if (outcome.kind() == WriteOutcome.Kind.OVER_QUOTA) {
                grant.allowance().giveBack(1);
                throw Problem.of(
                                ProblemCode.STORAGE_QUOTA_EXCEEDED,
                                "storage_bytes: " + outcome.used() + " of " + write.storageLimit()
                                        + " are used, and this entry needs "
                                        + write.head().storedBytes() + ".")
                        .with("resource", "storage_bytes")
                        .with("limit", write.storageLimit())
                        .with("used", outcome.used())
                        .asException();
            }
            return result();
        }
    }

    WriteOutcome.Kind remove(L1Key at, Condition condition) {
        StoreKey key = storeKey(at.key());
        long now = cache.tiers().time().wallMillis();
        return fenced(List.of(at), new long[1], 1, () -> {
                    Flight earlier = cache.flights().get(at);
                    if (earlier != null) {
                        // Its value may be the one that is now to go: who asks from here on gets a flight of their own.
                        earlier.overtake();
                        cache.flights().remove(at, earlier);
                    }
                    WriteOutcome outcome = cache.tiers().store().remove(key, condition, now);
                    if (outcome.kind() == WriteOutcome.Kind.REMOVED) {
                        Scope by = new Scope.Keyed(namespace.name(), at.key());
                        cache.losses().note(key, Gone.Why.REMOVED, by, now);
                    }
                    return outcome;
                })
                .kind();
    }

    /**
     * What a loader brought, refused where a write would refuse it.
     *
     * @param staleMillis for how long beyond its end it is kept where it doesn't say so itself
     */
    Loader.Loaded acceptable(L1Key at, Loader.Loaded loaded, long staleMillis) {
        PutOptions options = loaded.options();
        if (loaded.isNothing() || options == null) {
            return loaded;
        }
        requireValid(new BatchEntry(at.key(), loaded.value(), options));
        return options.keepStale() == null ? loaded.keptAs(options.keepStale(Duration.ofMillis(staleMillis))) : loaded;
    }

    /**
     * Keeps what a loader brought where it can be kept, and returns it as an entry in any case; null where another
     * wrote the key since the load began: what was written is not undone by what was read before it.
     *
     * @param flight that brought it; where a write or a removal overtook it, nothing is kept
     * @param asFound what was there when the load began
     */
    @Nullable Entry keepLoaded(L1Key at, Flight flight, Loader.Loaded loaded, Condition asFound) {
        PutOptions options = loaded.options();
        if (options == null) {
            return unkept(at, loaded);
        }
        BatchEntry entry = new BatchEntry(at.key(), loaded.value(), options);
        try {
            StoreWrite write = seal(entry, asFound, flight.stamp());
            WriteOutcome outcome = keep(at, flight, write);
            if (outcome == null) {
                return null;
            }
            // The read is answered all the same: no call is refused.
            var unused = grant.stored(outcome.used());
            return switch (outcome.kind()) {
                case CONDITION_FAILED, OUTDATED -> null;
                case OVER_QUOTA -> unkept(at, loaded);
                default -> new Entry(write.head(), loaded.value());
            };
        } catch (RipTideException e) {
            if (e.problem().code() != ProblemCode.STORE_UNAVAILABLE) {
                throw e;
            }
            return unkept(at, loaded);
        }
    }

    /**
     * Remembers for a while that a loader found nothing, over what was there; false where another wrote the key since
     * the load began. Where it can not be kept it is not remembered.
     *
     * @param forMillis zero: what was there goes, and nothing is remembered
     */
    boolean keepNothing(L1Key at, Flight flight, long forMillis, Condition asFound) {
        long now = cache.tiers().time().wallMillis();
        long version = cache.tiers().versions().next();
        List<Long> generations = Head.generations(flight.stamp());
        Head head = new Head(at.key(), "", now, 0, now + forMillis, version, 0, 0, List.of(), generations);
        try {
            WriteOutcome outcome = keep(at, flight, seal(head, NOTHING, asFound));
            return outcome != null
                    && outcome.kind() != WriteOutcome.Kind.CONDITION_FAILED
                    && outcome.kind() != WriteOutcome.Kind.OUTDATED;
        } catch (RipTideException e) {
            if (e.problem().code() != ProblemCode.STORE_UNAVAILABLE) {
                throw e;
            }
            return true;
        }
    }

    private @Nullable WriteOutcome keep(L1Key at, Flight flight, StoreWrite write) {
        long[] version = {write.head().version()};
        return fenced(List.of(at), version, 0, () -> flight.keep(() -> room.put(write)));
    }

    /** What a loader brought, for this read alone: of version 0, and with no life left. */
    Entry unkept(L1Key at, Loader.Loaded loaded) {
        long now = cache.tiers().time().wallMillis();
        String type = loaded.options() == null ? "" : loaded.options().contentType();
        int size = loaded.value().length;
        return new Entry(new Head(at.key(), type, now, now, 0, size, 0, List.of(), List.of()), loaded.value());
    }

    /** Versions are those that are written, once they are, or zero for a removal. */
    private <T extends @Nullable Object> T fenced(List<L1Key> keys, long[] versions, int permits, Supplier<T> step) {
        boolean done = false;
        try {
            grant.beginWrite();
            try {
                T result = behindFence(keys, versions, step);
                done = true;
                return result;
            } finally {
                grant.endWrite();
            }
        } finally {
            if (!done) {
                grant.allowance().giveBack(permits);
            }
        }
    }

    private <T extends @Nullable Object> T behindFence(List<L1Key> keys, long[] versions, Supplier<T> step) {
        T done = cache.tiers().changes() == null ? alone(keys, step) : amongOthers(keys, versions, step);
        cache.tiers().resting().forget(cache, keys);
        return done;
    }

    private <T extends @Nullable Object> T alone(List<L1Key> keys, Supplier<T> step) {
        keys.forEach(cache.fence()::begin);
        try {
            drop(keys, new long[keys.size()]);
            return step.get();
        } finally {
            keys.forEach(cache.fence()::end);
        }
    }

    /** What was read of the store meanwhile and is what was written stays. */
    private <T extends @Nullable Object> T amongOthers(List<L1Key> keys, long[] versions, Supplier<T> step) {
        try {
            return step.get();
        } finally {
            keys.forEach(cache.fence()::pass);
            drop(keys, versions);
        }
    }

    private void drop(List<L1Key> keys, long[] butVersions) {
        L1Share share = cache.shareIfActive();
        if (share != null) {
            for (int i = 0; i < butVersions.length; i++) {
                share.invalidate(keys.get(i), butVersions[i]);
            }
        }
    }

    private StoreWrite seal(BatchEntry entry, Condition condition, long stamp) {
        long now = cache.tiers().time().wallMillis();
        PutOptions options = entry.options();
        Duration ttl = options.ttl();
        Integer jitter = options.jitterPercent();
        Duration stale = options.keepStale();
        long version = cache.tiers().versions().next();
        long life = Jitter.shorten(
                ttl == null ? 1000 * own.defaultTtlSeconds() : ttl.toMillis(),
                jitter == null ? own.ttlJitterPercent() : jitter,
                version);
        long end = now + life;
        Head head = new Head(
                entry.key(),
                options.contentType(),
                now,
                end,
                end + (stale == null ? own.staleMillis() : stale.toMillis()),
                version,
                0,
                0,
                Tag.requireAll("tags", options.tags()),
                Head.generations(stamp));
        return seal(head, entry.value(), condition);
    }

    private StoreWrite seal(Head head, byte[] value, Condition condition) {
        StoreKey key = storeKey(head.key());
        Envelope.Sealed sealed = cache.tiers().compression().seal(grant, key, head, value);
        cache.sealed(value.length, sealed.bytes().length);
        long limit = grant.storageLimit();
        return new StoreWrite(key, sealed.head(), sealed.bytes(), condition, limit, head.createdMillis());
    }

    private StoreKey storeKey(String key) {
        return grant.cipher().storeKey(grant.tenantId(), namespace.name(), key);
    }
}
