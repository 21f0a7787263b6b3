package io.riptide.cache;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.config.CacheConfig.NamespaceConfig;
import io.riptide.entry.Entry;
import io.riptide.entry.Head;
import io.riptide.grant.TenantGrant;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Condition;
import java.util.Objects;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Loads of one namespace once the permits are taken: one flight for a key, however many wait for it. A load that may
 * take as long as it does runs on the thread of the caller who began it; one with a limit, or behind a read that was
 * answered already, on a thread of its own.
 */
final class LoadPath {
    private static final int PERCENT = 100;
    private static final long SHORTEST_REFRESH_MILLIS = 1000;

    private final TenantCache cache;
    private final TenantGrant grant;
    private final ReadPath reads;
    private final WritePath writes;
    private final NamespaceConfig own;

    LoadPath(TenantCache cache, Namespace namespace, ReadPath reads, WritePath writes) {
        this.cache = cache;
        this.grant = cache.grant();
        this.reads = reads;
        this.writes = writes;
        this.own = cache.tiers().config().namespace(namespace.name());
    }

    /** A read that L1 did not answer. */
    Lookup orLoad(L1Key at, Loader loader, LoadOptions options) {
        Lookup.Hit hit = reads.lookOrGiveBack(at);
        if (hit != null) {
            grant.meter().add(Meter.HIT_L2);
            refreshIfOld(at, hit, loader, options);
            return hit;
        }
        try {
            Lookup.Hit loaded = loaded(at, loader, limitNanos(options));
            grant.meter().add(loaded.tier() == Lookup.Tier.LOADED ? Meter.MISS : Meter.HIT_L2);
            return loaded;
        } catch (RipTideException e) {
            grant.allowance().giveBack(1);
            throw e;
        }
    }

    /**
     * Has an entry loaded anew behind the read that it answers, where it is in the last part of its life. Nobody waits
     * for it, and where it fails the entry stays what it is; it is then left alone for a while.
     */
    void refreshIfOld(L1Key at, Lookup.Hit hit, Loader loader, LoadOptions options) {
        Integer asked = options.earlyRefreshPercent();
        int percent = asked == null ? own.earlyRefreshPercent() : asked;
        if (percent == 0) {
            return;
        }
        Head head = hit.entry().head();
        long left = head.expiresMillis() - cache.tiers().time().wallMillis();
        long life = head.expiresMillis() - head.createdMillis();
        if (left * PERCENT >= life * percent || cache.tiers().resting().contains(at)) {
            return;
        }
        Flight underWay = cache.flights().get(at);
        if (underWay != null && !underWay.overdue()) {
            return;
        }
        long limit = limitNanos(options);
        if (limit == 0) {
            // Who misses the entry once it has ended is not to wait for a refresh that never ends.
            limit = TimeUnit.MILLISECONDS.toNanos(Math.max(left, SHORTEST_REFRESH_MILLIS));
        }
        Flight mine = begin(limit);
        if (takeOff(at, mine) == null) {
            var unused = flyBehind(at, mine, loader, head.version());
        }
    }

    private long limitNanos(LoadOptions options) {
        return options.hardTimeout() == null
                ? TimeUnit.MILLISECONDS.toNanos(own.loadHardTimeoutMillis())
                : options.hardTimeout().toNanos();
    }

    private Lookup.Hit loaded(L1Key at, Loader loader, long limitNanos) {
        Flight mine = begin(limitNanos);
        Flight first = takeOff(at, mine);
        if (first != null) {
            return await(at, first, limitNanos);
        }
        if (limitNanos == 0) {
            return fly(at, mine, loader, 0);
        }
        if (!flyBehind(at, mine, loader, 0)) {
            throw tooMany();
        }
        return await(at, mine, 0);
    }

    private Flight begin(long limit) {
        return new Flight(cache.tiers().time(), limit, cache.removals().now().latest());
    }

    /** Registers a flight; one that is under way is returned instead, unless it is overdue or was overtaken. */
    private @Nullable Flight takeOff(L1Key at, Flight mine) {
        ConcurrentMap<L1Key, Flight> flights = cache.flights();
        Flight first = flights.putIfAbsent(at, mine);
        while (first != null) {
            if (first.overdue() && cutOff(at, first)) {
                first = flights.putIfAbsent(at, mine);
            } else if (cache.removals().now().mayEnd(at.namespace(), at.key(), first.stamp())) {
                first = flights.replace(at, first, mine) ? null : flights.putIfAbsent(at, mine);
            } else {
                return first;
            }
        }
        return null;
    }

    /** Gives a flight up; false where its loader was done, so that it is about to land. */
    private boolean cutOff(L1Key at, Flight flight) {
        boolean cut = flight.cutOff();
        if (cut) {
            grant.meter().add(Meter.LOAD_FAILED);
            cache.flights().remove(at, flight);
        }
        return cut;
    }

    private Lookup.Hit await(L1Key at, Flight flight, long ownLimitNanos) {
        Lookup.Hit hit = flight.await(ownLimitNanos);
        if (hit != null) {
            return hit;
        }
        var unused = cutOff(at, flight);
        return flight.awaitEnd();
    }

    private boolean flyBehind(L1Key at, Flight flight, Loader loader, long oldVersion) {
        boolean started = cache.tiers().loads().start(() -> {
            try {
                var unused = fly(at, flight, loader, oldVersion);
            } catch (RipTideException e) {
                // Who waits has it from the flight. Where nobody does, the next read is to be answered all the same.
                if (oldVersion != 0) {
                    cache.tiers().resting().add(at);
                }
            }
        });
        if (!started) {
            cache.flights().remove(at, flight);
            flight.fail(tooMany());
        }
        return started;
    }

    private static RipTideException tooMany() {
        return Problem.of(
                        ProblemCode.ORIGIN_FAILED,
                        "Too many loads are under way (expected: at most " + LoadThreads.MAX + ").")
                .asException();
    }

    /**
     * Loads, keeps and lands.
     *
     * @param oldVersion of the entry that is to be replaced, or zero for none
     */
    private Lookup.Hit fly(L1Key at, Flight flight, Loader loader, long oldVersion) {
        try {
            // A flight before this one may have landed between this caller's read and its take-off.
            Lookup.Hit there = reads.look(at);
            boolean landed = there != null && there.entry().head().version() != oldVersion;
            Lookup.Hit hit = there != null && landed ? there : load(at, flight, loader, there);
            flight.land(hit);
            return hit;
        } catch (Throwable e) {
            RipTideException failure = Flight.failure(e);
            flight.fail(failure);
            if (e instanceof Error error) {
                throw error;
            }
            throw failure;
        } finally {
            cache.flights().remove(at, flight);
        }
    }

    private Lookup.Hit load(L1Key at, Flight flight, Loader loader, Lookup.@Nullable Hit there) {
        Loader.Loaded loaded = run(at, flight, loader);
        Condition asFound = there == null
                ? Condition.ABSENT
                : Condition.version(there.entry().head().version());
        Entry kept = writes.keepLoaded(at, flight, loaded, asFound);
        grant.meter().add(Meter.LOAD);
        if (kept != null) {
            return new Lookup.Hit(kept, Lookup.Tier.LOADED);
        }
        Lookup.Hit written = reads.look(at);
        return written == null ? new Lookup.Hit(writes.unkept(at, loaded), Lookup.Tier.LOADED) : written;
    }

    private Loader.Loaded run(L1Key at, Flight flight, Loader loader) {
        flight.loaderBegins();
        boolean inTime = true;
        try {
            Loader.Loaded loaded;
            try {
                loaded = Objects.requireNonNull(loader.load(at.key()), "the loader returned null");
            } finally {
                inTime = flight.loaderEnds();
            }
            if (inTime) {
                return loaded;
            }
        } catch (Exception e) {
            // One that was cut off has been counted as it was.
            if (inTime) {
                grant.meter().add(Meter.LOAD_FAILED);
            }
            throw Flight.failure(e);
        }
        throw Flight.failure(new IllegalStateException("the load was given up before it ended"));
    }
}
