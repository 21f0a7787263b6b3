package io.riptide.proof.simulation;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.cache.Lookup;
import io.riptide.entry.Entry;
import io.riptide.grant.TenantGrant;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Knows what one node must know, and holds its answers against it. What a node was told of, has written or has read of
 * a place is a floor: nothing that was gone by then may come of it again.
 */
final class Witness {
    private static final long TRUSTED_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final World world;
    private final Node node;
    private final long forgivenNanos;
    private final Map<Place, Long> floors = new HashMap<>();
    private final Map<String, Long> removals = new HashMap<>();
    private final Set<Integer> removed = new HashSet<>();
    private final Map<Meter, Long> counts = new EnumMap<>(Meter.class);

    Witness(World world, Node node, long forgivenNanos) {
        this.world = world;
        this.node = node;
        this.forgivenNanos = forgivenNanos;
    }

    /** As a read began. */
    record Reading(Place place, long nanos, long floor, long wallMillis, Set<Integer> removed) {}

    Reading begin(Place place) {
        return new Reading(
                place,
                world.nanos(),
                floors.getOrDefault(place, 0L),
                node.time().wallMillis(),
                Set.copyOf(removed));
    }

    private void raise(Place place, long nanos) {
        floors.merge(place, nanos, Math::max);
    }

    /** A change of that instant is known here. */
    void told(Place place, long atNanos) {
        raise(place, atNanos);
    }

    /** Removals up to that one are known here. */
    void knowsRemovals(String tenant, long latest) {
        long before = removals.getOrDefault(tenant, 0L);
        for (Truth.Taken taken : world.truth.taken(tenant)) {
            if (taken.number() > before && taken.number() <= latest) {
                removed.addAll(taken.values());
            }
        }
        removals.put(tenant, Math.max(before, latest));
    }

    /** A write of a place was acknowledged. */
    void wrote(Place place, Meter meter) {
        raise(place, world.nanos());
        count(meter, 1);
    }

    void count(Meter meter, long n) {
        counts.merge(meter, n, Long::sum);
    }

    /** What a read without a loader came to. */
    void judge(Reading reading, Lookup found, boolean faults) {
        switch (found) {
            case Lookup.Hit hit -> judgeHit(reading, hit);
            case Lookup.Stale stale -> {
                require(reading, found, faults, "stale without a fault");
                require(reading, found, stale.tier() == Lookup.Tier.L1, "stale from the store");
                judgeStale(reading, stale);
            }
            case Lookup.Miss miss -> {
                // What was read just before it was overwritten may have been removed with others just after.
                boolean nothing = world.truth.wasThereSince(reading.place(), Truth.NOTHING, reading.nanos())
                        || world.truth.endedSince(reading.place(), reading.nanos(), world.latestWall())
                        || world.truth.taken(reading.place().tenant()).stream()
                                .anyMatch(taken -> taken.atNanos() >= reading.nanos());
                require(reading, found, nothing, "something was there all the time");
            }
        }
    }

    /** What a read with a loader came to: that may be anything that the loader brought. */
    void judgeLoaded(Reading reading, Lookup found) {
        switch (found) {
            case Lookup.Hit hit when hit.tier() == Lookup.Tier.LOADED -> value(reading.place(), hit.entry());
            case Lookup.Hit hit -> judgeHit(reading, hit);
            case Lookup.Stale stale -> judgeStale(reading, stale);
            case Lookup.Miss miss -> {
                // The loader found nothing.
            }
        }
    }

    private void judgeHit(Reading reading, Lookup.Hit hit) {
        boolean inMemory = hit.tier() == Lookup.Tier.L1;
        long since = Math.max(reading.floor(), reading.nanos() - (inMemory ? TRUSTED_NANOS : 0));
        int value = value(reading.place(), hit.entry());
        require(reading, hit, world.truth.wasThereSince(reading.place(), value, since), "gone before its bound");
        require(reading, hit, !reading.removed().contains(value), "removed");
        require(reading, hit, hit.entry().head().expiresMillis() > reading.wallMillis(), "ended");
        // Where memory took it, an earlier read that takes longer does not replace it.
        if (!inMemory && !world.small()) {
            raise(reading.place(), reading.nanos());
        }
    }

    private void judgeStale(Reading reading, Lookup.Stale stale) {
        int value = value(reading.place(), stale.entry());
        long since = Math.max(reading.floor(), reading.nanos() - forgivenNanos);
        boolean was = world.truth.wasThereSince(reading.place(), value, since)
                || world.truth.endedSince(reading.place(), since, world.latestWall());
        require(reading, stale, was, "gone before its bound");
        require(reading, stale, !reading.removed().contains(value), "removed");
        boolean allowed = reading.place().namespace().equals(World.FORGIVING)
                && reading.wallMillis() - stale.endedMillis() < TimeUnit.NANOSECONDS.toMillis(forgivenNanos);
        require(reading, stale, allowed, "stale beyond what is allowed");
    }

    private int value(Place place, Entry entry) {
        String text = new String(entry.toByteArray(), StandardCharsets.UTF_8);
        world.require(text.startsWith(place + "#"), () -> node + " " + place + " answers another's bytes: " + text);
        return Truth.number(text);
    }

    /** All is told and well: exactly what is there now. */
    void expectNow(Place place, @Nullable Lookup found) {
        int now = world.truth.now(place);
        boolean right = found instanceof Lookup.Hit hit
                ? value(place, hit.entry()) == now
                : found instanceof Lookup.Miss
                        && (now == Truth.NOTHING || world.truth.endedSince(place, world.nanos(), world.latestWall()));
        world.require(right, () -> node + " " + place + " is #" + now + " but " + shown(found));
    }

    private void require(Reading reading, Lookup found, boolean holds, String otherwise) {
        world.require(
                holds,
                () -> node + " read " + reading.place() + ": " + shown(found) + ": " + otherwise + "\nthere was"
                        + world.truth.story(reading.place()));
    }

    static String shown(@Nullable Lookup found) {
        return switch (found) {
            case null -> "nothing";
            case Lookup.Hit hit -> hit.tier() + " " + text(hit.entry());
            case Lookup.Stale stale -> "stale " + text(stale.entry());
            case Lookup.Miss miss -> "miss";
        };
    }

    private static String text(Entry entry) {
        return new String(entry.toByteArray(), StandardCharsets.UTF_8);
    }

    /** A read of a single key was answered. */
    void counted(Lookup found) {
        count(
                switch (found) {
                    case Lookup.Hit hit ->
                        switch (hit.tier()) {
                            case L1 -> Meter.HIT_L1;
                            case L2 -> Meter.HIT_L2;
                            case LOADED -> Meter.MISS;
                        };
                    case Lookup.Stale stale -> Meter.STALE;
                    case Lookup.Miss miss -> Meter.MISS;
                },
                1);
    }

    /** A key of a batch was answered. */
    void countedInBatch(Lookup found) {
        count(
                found instanceof Lookup.Hit hit
                        ? hit.tier() == Lookup.Tier.L1 ? Meter.BATCH_HIT_L1 : Meter.BATCH_HIT_L2
                        : Meter.BATCH_MISS,
                1);
    }

    /** Whether the node counted the same. */
    void checkCounts(Collection<TenantGrant> grants) {
        long operations = 0;
        for (Meter meter : Meter.values()) {
            Long expected = counts.get(meter);
            if (expected != null) {
                long counted =
                        grants.stream().mapToLong(g -> g.meter().count(meter)).sum();
                operations += expected;
                world.require(
                        counted == expected, () -> node + " counted " + counted + " of " + meter + ", not " + expected);
            }
        }
        long counted = grants.stream().mapToLong(g -> g.meter().operations()).sum();
        long expected = operations;
        world.require(counted == expected, () -> node + " counted " + counted + " operations, not " + expected);
    }
}
