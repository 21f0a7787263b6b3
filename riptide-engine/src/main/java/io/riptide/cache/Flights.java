package io.riptide.cache;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.entry.Entry;
import io.riptide.entry.StoreKey;
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
 * The loads of one namespace: one flight for a key, however many wait for it. A load that may take as long as it does
 * runs on the thread of the caller who began it; one with a limit, or behind a read that was answered already, on a
 * thread of its own.
 */
final class Flights {
    private static final long SHORTEST_BEHIND_MILLIS = 1000;

    private final TenantCache cache;
    private final TenantGrant grant;
    private final ReadPath reads;
    private final WritePath writes;

    Flights(TenantCache cache, ReadPath reads, WritePath writes) {
        this.cache = cache;
        this.grant = cache.grant();
        this.reads = reads;
        this.writes = writes;
    }

    /** What a caller asks for: which key, with what, and what it found there, which a load may replace. */
    record Call(
            L1Key at,
            Loader loader,
            LoadTerms terms,
            @Nullable Found before,
            boolean alone) {
        /** Of one whose load others may wait for. */
        Call(L1Key at, Loader loader, LoadTerms terms, @Nullable Found before) {
            this(at, loader, terms, before, false);
        }

        /** The same for itself alone: nothing of what is loaded is kept. */
        Call forItself() {
            return new Call(at, loader, terms, before, true);
        }

        boolean accepts(Lookup.Hit hit) {
            return loader.accepts(hit.entry());
        }
    }

    /**
     * Has a key loaded anew behind a read that is answered already, unless it rests or somebody does so. Nobody waits
     * for it, and where it fails things stay as they are.
     *
     * @param usefulMillis how long what the read was answered with may still be served
     * @return whether a load is under way; else the last one failed a moment ago, or there are too many
     */
    boolean behind(Call call, long usefulMillis) {
        if (cache.tiers().resting().contains(cache, call.at())) {
            return false;
        }
        Flight underWay = cache.flights().get(call.at());
        if (underWay != null && !underWay.overdue()) {
            return true;
        }
        Flight mine = begin(limitBehind(call.terms(), usefulMillis));
        return takeOff(call, mine) != null || flyBehind(call, mine, true);
    }

    /** Who asks once there is nothing else to serve is not to wait for a load that never ends. */
    private static long limitBehind(LoadTerms terms, long usefulMillis) {
        return terms.hardNanos() == 0
                ? TimeUnit.MILLISECONDS.toNanos(Math.max(usefulMillis, SHORTEST_BEHIND_MILLIS))
                : terms.hardNanos();
    }

    /**
     * Waits for a key's load, which is begun where none is under way: a hit, or a miss where there is nothing.
     *
     * @param usefulMillis how long the caller may still be served what it found; zero: not at all
     * @return null where the soft timeout is over and the caller has something else
     */
    @Nullable Lookup await(Call call, long usefulMillis) {
        LoadTerms terms = call.terms();
        long softNanos =
                usefulMillis <= 0 ? 0 : Math.min(terms.softNanos(), TimeUnit.MILLISECONDS.toNanos(usefulMillis));
        long limitNanos = softNanos == 0 ? terms.hardNanos() : limitBehind(terms, usefulMillis);
        Flight mine = begin(limitNanos);
        Flight first = takeOff(call, mine);
        if (first != null) {
            Lookup theirs = await(call, first, terms.hardNanos(), softNanos);
            return theirs instanceof Lookup.Hit hit && !call.accepts(hit)
                    ? take(call.forItself(), begin(limitNanos), limitNanos, softNanos)
                    : theirs;
        }
        return take(call, mine, limitNanos, softNanos);
    }

    private @Nullable Lookup take(Call call, Flight mine, long limitNanos, long softNanos) {
        if (limitNanos == 0) {
            return fly(call, mine);
        }
        if (!flyBehind(call, mine, false)) {
            throw tooMany();
        }
        return await(call, mine, 0, softNanos);
    }

    private @Nullable Lookup await(Call call, Flight flight, long ownLimitNanos, long softNanos) {
        return switch (flight.await(ownLimitNanos, softNanos)) {
            case LANDED -> flight.awaitEnd();
            case SLOW -> null;
            case OVERDUE -> {
                var unused = cutOff(call, flight);
                yield flight.awaitEnd();
            }
        };
    }

    private Flight begin(long limitNanos) {
        return new Flight(
                cache.tiers().time(), limitNanos, cache.removals().now().latest());
    }

    /** Registers a flight; one that is under way is returned instead, unless it is overdue or a removal overtook it. */
    private @Nullable Flight takeOff(Call call, Flight mine) {
        L1Key at = call.at();
        ConcurrentMap<L1Key, Flight> flights = cache.flights();
        Flight first = flights.putIfAbsent(at, mine);
        while (first != null) {
            if (first.overdue() && cutOff(call, first)) {
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
    private boolean cutOff(Call call, Flight flight) {
        Problem failure = flight.cutOff();
        if (failure == null) {
            return false;
        }
        grant.meter().add(Meter.LOAD_FAILED);
        rest(call, flight, failure);
        cache.flights().remove(call.at(), flight);
        return true;
    }

    private void rest(Call call, Flight flight, Problem failure) {
        var unused = flight.keep(() -> {
            cache.tiers().resting().add(cache, call.at(), failure, call.terms().failureNanos());
            return null;
        });
    }

    private boolean flyBehind(Call call, Flight flight, boolean restIfFailed) {
        boolean started = cache.tiers().loads().start(() -> {
            try {
                var unused = fly(call, flight);
            } catch (RipTideException e) {
                // Who waits has it from the flight. Where nobody does, the next read is to be answered all the same.
                if (restIfFailed) {
                    cache.tiers().resting().add(cache, call.at());
                }
            }
        });
        if (!started) {
            cache.flights().remove(call.at(), flight);
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

    /** Loads, keeps and lands; the key is free before any who wait are told, so that their next call begins anew. */
    private Lookup fly(Call call, Flight flight) {
        if (call.alone()) {
            return flyAlone(call, flight);
        }
        StoreKey key = grant.cipher()
                .storeKey(grant.tenantId(), call.at().namespace(), call.at().key());
        try (LoadTurns.Turn turn = cache.tiers().turns().of(key, flight)) {
            Lookup lookup = loadInTurn(call, flight, turn);
            cache.flights().remove(call.at(), flight);
            flight.land(lookup);
            return lookup;
        } catch (Throwable e) {
            RipTideException failure = Flight.failure(e);
            cache.flights().remove(call.at(), flight);
            flight.fail(failure);
            if (e instanceof Error error) {
                throw error;
            }
            throw failure;
        }
    }

    private Lookup flyAlone(Call call, Flight flight) {
        try {
            Loader.Loaded loaded = run(call, flight);
            grant.meter().add(Meter.LOAD);
            Lookup lookup = loaded.isNothing() ? Lookup.MISS : loadedBy(call, loaded);
            flight.land(lookup);
            return lookup;
        } catch (Throwable e) {
            RipTideException failure = Flight.failure(e);
            flight.fail(failure);
            if (e instanceof Error error) {
                throw error;
            }
            throw failure;
        }
    }

    private Lookup loadedBy(Call call, Loader.Loaded loaded) {
        return new Lookup.Hit(writes.unkept(call.at(), loaded), Lookup.Tier.LOADED);
    }

    private Lookup loadInTurn(Call call, Flight flight, LoadTurns.Turn turn) {
        while (!flight.over()) {
            boolean mine = turn.come();
            // A flight before this one, here or elsewhere, may have landed between the caller's read and this turn.
            Found there = reads.find(call.at());
            Lookup landed = there == null ? null : landed(call, there);
            if (landed != null) {
                return landed;
            }
            if (mine) {
                return load(call, flight, there);
            }
            turn.await();
        }
        return flight.awaitEnd();
    }

    /** What is there now, where it came since the caller looked and needs no load; else null. */
    private @Nullable Lookup landed(Call call, Found there) {
        Found before = call.before();
        long now = cache.tiers().time().wallMillis();
        if (before != null && before.head().version() == there.head().version()) {
            return null;
        }
        if (there.head().saysNothing()) {
            return there.nothingMillis(call.terms().negativeMillis(), now) > 0 ? Lookup.MISS : null;
        }
        return there.freshAt(now) && call.accepts(there.hit()) ? there.hit() : null;
    }

    private Lookup load(Call call, Flight flight, @Nullable Found there) {
        L1Key at = call.at();
        Loader.Loaded loaded = run(call, flight);
        boolean replaces = there != null && there.freshAt(cache.tiers().time().wallMillis());
        Condition asFound =
                there != null && replaces ? Condition.version(there.head().version()) : Condition.ABSENT;
        if (loaded.isNothing()) {
            return nothing(call, flight, there, asFound);
        }
        Entry kept = writes.keepLoaded(at, flight, loaded, asFound);
        grant.meter().add(Meter.LOAD);
        if (kept != null) {
            return new Lookup.Hit(kept, Lookup.Tier.LOADED);
        }
        Lookup.Hit written = reads.look(at);
        return written == null || !call.accepts(written) ? loadedBy(call, loaded) : written;
    }

    private Lookup nothing(Call call, Flight flight, @Nullable Found there, Condition asFound) {
        long forMillis = call.terms().negativeMillis();
        boolean kept = (there == null && forMillis == 0) || writes.keepNothing(call.at(), flight, forMillis, asFound);
        grant.meter().add(Meter.LOAD);
        Lookup.Hit written = kept ? null : reads.look(call.at());
        return written == null || !call.accepts(written) ? Lookup.MISS : written;
    }

    private Loader.Loaded run(Call call, Flight flight) {
        flight.loaderBegins();
        boolean inTime = true;
        try {
            Loader.Loaded loaded;
            try {
                loaded = Objects.requireNonNull(call.loader().load(call.at().key()), "the loader returned null");
                loaded = writes.acceptable(call.at(), loaded, call.terms().staleMillis());
            } finally {
                inTime = flight.loaderEnds();
            }
            if (inTime) {
                return loaded;
            }
        } catch (Exception e) {
            RipTideException failure = Flight.failure(e);
            // One that was cut off has been counted as it was.
            if (inTime) {
                grant.meter().add(Meter.LOAD_FAILED);
            }
            // Where it is this caller that was interrupted, the loader may be well.
            if (inTime && !(e instanceof InterruptedException)) {
                rest(call, flight, failure.problem());
            }
            throw failure;
        }
        throw Flight.failure(new IllegalStateException("the load was given up before it ended"));
    }
}
