package io.riptide.proof.simulation;

import io.riptide.billing.UsageMeter.Meter;
import io.riptide.cache.Loader.Loaded;
import io.riptide.cache.Lookup;
import io.riptide.cache.Namespace;
import io.riptide.cache.PersistentCacheManager;
import io.riptide.cache.PutOptions;
import io.riptide.cache.PutResult;
import io.riptide.cache.TenantCache;
import io.riptide.config.CacheConfig;
import io.riptide.config.CacheConfig.LoadConfig;
import io.riptide.config.CacheConfig.NamespaceConfig;
import io.riptide.grant.TenantGrant;
import io.riptide.problem.RipTideException;
import io.riptide.spi.LoadLeases;
import io.riptide.spi.Quotas;
import io.riptide.spi.Removal;
import io.riptide.spi.TenantRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One node: a whole cache, its clocks, its feed and its way to the store. */
final class Node {
    private static final int FORGIVEN_SECONDS = 30;
    private static final int KEYS = 3;
    private static final List<String> NAMESPACES = List.of("strict", World.FORGIVING);
    private static final Quotas WIDE = new Quotas(64 << 20, 100_000_000, 1L << 40, 100);

    private final World world;
    private final int number;
    private final NodeTime time;
    private final SimulatedFeed feed;
    private final Way way;
    private final PersistentCacheManager manager;
    private final Map<String, TenantCache> caches = new HashMap<>();
    private final List<TenantGrant> grants = new ArrayList<>();
    private final List<Place> inMemory = new ArrayList<>();
    private final Witness witness;
    private boolean frozen;
    private boolean loading;
    private boolean ticking;

    Node(World world, int number) {
        this.world = world;
        this.number = number;
        this.time = new NodeTime(world, world.chance() >> 2, world.oneIn(2) ? 0 : world.below(6000) - 3000L);
        this.feed = new SimulatedFeed(time, world.flaw());
        this.way = new Way(world, this);
        this.witness = new Witness(world, this, TimeUnit.SECONDS.toNanos(FORGIVEN_SECONDS));
        CacheConfig config = new CacheConfig(
                3600,
                86_400,
                1 << 20,
                world.small() ? 3000 : 64 << 20,
                CacheConfig.Durability.BUFFERED,
                true,
                CacheConfig.Compression.NONE,
                1024,
                Map.of(
                        World.FORGIVING,
                        new NamespaceConfig(3600, 0, new LoadConfig(0, 0, 0, 0, FORGIVEN_SECONDS, 0, 0))));
        manager = new PersistentCacheManager(
                config,
                way.store,
                feed,
                LoadLeases.none(),
                time,
                world.chance(),
                Runnable::run,
                Runnable::run,
                Runnable::run);
        for (String tenant : World.TENANTS) {
            TenantRecord row = new TenantRecord(
                    tenant, "T", "O", "o@example.com", "free", TenantRecord.Status.ACTIVE, null, WIDE, "{}", 0, 0, 1);
            TenantGrant grant = new TenantGrant(row, time);
            grants.add(grant);
            caches.put(tenant, manager.open(grant));
        }
        feed.arm();
    }

    int number() {
        return number;
    }

    @Override
    public String toString() {
        return "node " + number;
    }

    SimulatedFeed feed() {
        return feed;
    }

    int storeReads() {
        return way.reads;
    }

    NodeTime time() {
        return time;
    }

    void knowsRemovals(String tenant, long latest) {
        witness.knowsRemovals(tenant, latest);
    }

    private Place place() {
        return new Place(
                World.TENANTS.get(world.below(World.TENANTS.size())),
                NAMESPACES.get(world.below(NAMESPACES.size())),
                "k" + world.below(KEYS));
    }

    private Namespace at(Place place) {
        return caches.get(place.tenant()).namespace(place.namespace());
    }

    /** Does what nodes do all day, unless it is frozen. */
    void act() {
        if (frozen) {
            return;
        }
        if (!world.oneIn(8)) {
            time.sample();
        }
        Place place = place();
        switch (world.below(20)) {
            case 0, 1, 2 -> put(place);
            case 3 -> replace(place);
            case 4 -> remove(place);
            case 5 -> {
                if (world.oneIn(2)) {
                    removeMany(place);
                }
            }
            case 6 -> readMany(place);
            case 7, 8 -> readOrLoad(place);
            case 9 -> tick();
            case 10 -> hear();
            default -> read(place);
        }
    }

    private boolean tried(String what, Runnable step) {
        int faults = way.faults;
        try {
            step.run();
            return true;
        } catch (RipTideException e) {
            world.note(this + " " + what + " fails");
            world.require(way.faults > faults, () -> this + " " + what + " failed without a fault: " + e.getMessage());
            return false;
        }
    }

    private static byte[] bytes(Place place, int value) {
        return (place + "#" + value).getBytes(StandardCharsets.UTF_8);
    }

    private PutOptions options() {
        PutOptions options =
                world.oneIn(4) ? PutOptions.ttl(Duration.ofSeconds(1 + world.below(9))) : PutOptions.DEFAULT;
        return world.oneIn(3) ? options.tags(List.of("t")) : options;
    }

    private void put(Place place) {
        int value = world.newValue();
        boolean done = tried("put " + place + "#" + value, () -> {
            PutResult unused = at(place).put(place.key(), bytes(place, value), options());
            world.note(this + " put " + place + "#" + value);
        });
        if (done) {
            witness.wrote(place, Meter.PUT);
        }
    }

    private void replace(Place place) {
        Lookup found = read(place);
        if (found instanceof Lookup.Hit hit) {
            Truth.Seen before = way.replaces;
            long version = hit.entry().head().version();
            int seen = Truth.number(new String(hit.entry().toByteArray(), StandardCharsets.UTF_8));
            world.meanwhile();
            way.replaces = new Truth.Seen(version, seen);
            int value = world.newValue();
            boolean done = tried("replace " + place, () -> {
                PutResult result = at(place).compareAndSet(place.key(), version, bytes(place, value), options());
                world.note(this + " replace " + place + "#" + value + ": " + result.outcome());
            });
            way.replaces = before;
            if (done) {
                witness.wrote(place, Meter.PUT);
            }
        }
    }

    private void remove(Place place) {
        boolean done = tried("remove " + place, () -> {
            boolean there = at(place).remove(place.key());
            world.note(this + " remove " + place + ": " + there);
        });
        if (done) {
            witness.wrote(place, Meter.DELETE);
        }
    }

    private void removeMany(Place place) {
        int how = world.below(4);
        boolean done = tried("remove many", () -> {
            switch (how) {
                case 0 -> at(place).removeAll(Removal.Mode.REMOVE);
                case 1 -> at(place).removeTagged("t", Removal.Mode.REMOVE);
                case 2 -> at(place).removePrefixed("k", Removal.Mode.REMOVE);
                default -> caches.get(place.tenant()).removeTagged("t", Removal.Mode.REMOVE);
            }
            world.note(this + " remove many (" + how + ") of " + place.tenant() + "/" + place.namespace());
        });
        if (done) {
            witness.count(Meter.INVALIDATE, 1);
        }
    }

    private @Nullable Lookup read(Place place) {
        Witness.Reading reading = witness.begin(place);
        Lookup[] found = new Lookup[1];
        int faults = way.faults;
        if (tried("read " + place, () -> found[0] = at(place).get(place.key()))) {
            world.note(this + " read " + place + ": " + Witness.shown(found[0]));
            witness.judge(reading, found[0], way.faults > faults);
            witness.counted(found[0]);
        }
        return found[0];
    }

    private void readMany(Place first) {
        List<Witness.Reading> readings = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            keys.add("k" + i);
            readings.add(witness.begin(new Place(first.tenant(), first.namespace(), "k" + i)));
        }
        int faults = way.faults;
        var unused = tried("read all of " + first.tenant() + "/" + first.namespace(), () -> {
            List<Lookup> found = at(first).getAll(keys);
            world.note(this + " read all of " + first.tenant() + "/" + first.namespace() + ": "
                    + found.stream().map(Witness::shown).toList());
            for (int i = 0; i < KEYS; i++) {
                witness.judge(readings.get(i), found.get(i), way.faults > faults);
                witness.countedInBatch(found.get(i));
            }
        });
    }

    private void readOrLoad(Place place) {
        if (loading) {
            return;
        }
        loading = true;
        Witness.Reading reading = witness.begin(place);
        int faults = way.faults;
        boolean[] broken = new boolean[1];
        try {
            Lookup found = at(place).getOrLoad(place.key(), key -> {
                world.meanwhile();
                if (world.oneIn(5)) {
                    broken[0] = true;
                    throw new IOException("broken");
                }
                return world.oneIn(5) ? Loaded.nothing() : new Loaded(bytes(place, world.newValue()), options());
            });
            world.note(this + " read or load " + place + ": " + Witness.shown(found));
            witness.judgeLoaded(reading, found);
            witness.counted(found);
        } catch (RipTideException e) {
            world.note(this + " read or load " + place + " fails");
            world.require(broken[0] || way.faults > faults, () -> this + " failed to load: " + e.getMessage());
        } finally {
            loading = false;
        }
    }

    private void tick() {
        if (ticking) {
            return;
        }
        ticking = true;
        var unused = tried("tick", manager::tick) && tried("sweep", manager::sweep);
        ticking = false;
    }

    void heartbeat() {
        if (!frozen) {
            time.sample();
            feed.ping();
            for (int i = world.below(4); i >= 0; i--) {
                hear();
            }
        }
    }

    /** Takes what the feed brought. */
    private void hear() {
        for (int i = world.below(8); i >= 0; i--) {
            News news = feed.take();
            if (news == null) {
                return;
            }
            hear(news);
        }
    }

    private void hear(News news) {
        switch (news) {
            case News.Armed armed -> {
                if (way.refreshViews()) {
                    feed.begin(armed.sentNanos());
                    world.note(this + " feed begins epoch " + feed.proof().epoch());
                } else {
                    giveUpFeed();
                }
            }
            case News.Changed changed -> {
                feed.tell(changed.key());
                witness.told(changed.place(), changed.atNanos());
                world.note(this + " told of " + changed.place());
            }
            case News.Removed removed -> {
                if (world.flaw() != Flaw.REMOVALS_LAG && !way.refreshViews()) {
                    giveUpFeed();
                }
            }
            case News.Echo echo -> feed.prove(echo.sentNanos());
        }
    }

    /** What it was told of removals can not be looked up: nothing after that may count as told. */
    private void giveUpFeed() {
        world.note(this + " feed given up");
        feed.cut(true);
    }

    void cutFeed() {
        boolean all = world.oneIn(2);
        world.note(this + " feed cut" + (all ? ", news lost" : ""));
        feed.cut(all);
    }

    void armFeed() {
        world.note(this + " feed armed");
        feed.arm();
    }

    void storeAway(boolean away) {
        world.note(this + (away ? " store away" : " store back"));
        way.away = away;
    }

    void flaky(boolean flaky) {
        world.note(this + (flaky ? " store flaky" : " store steady"));
        way.flaky = flaky;
    }

    void freeze() {
        world.note(this + " frozen");
        frozen = true;
    }

    /** Its clocks' coarse readings are as old as it was frozen for. */
    void wake() {
        if (frozen) {
            world.note(this + " wakes");
            frozen = false;
        }
    }

    void skew(long millis) {
        world.note(this + " clock off by " + millis + " ms");
        time.skew(millis);
    }

    void die() {
        world.note(this + " dies, and another starts");
        feed.close();
    }

    /** As all faults end. */
    void recover() {
        frozen = false;
        way.away = false;
        way.flaky = false;
        time.sample();
        feed.arm();
        hearAll();
    }

    private void hearAll() {
        for (News news = feed.take(); news != null; news = feed.take()) {
            hear(news);
        }
    }

    /** Reads every key, and expects what is there now. */
    void readAll() {
        time.sample();
        feed.ping();
        hearAll();
        for (String tenant : World.TENANTS) {
            for (String namespace : NAMESPACES) {
                for (int i = 0; i < KEYS; i++) {
                    Place place = new Place(tenant, namespace, "k" + i);
                    Lookup found = read(place);
                    witness.expectNow(place, found);
                    if (found instanceof Lookup.Hit) {
                        inMemory.add(place);
                    }
                }
            }
        }
    }

    /** Reads again what it has just found. */
    void readAgain() {
        inMemory.forEach(this::read);
    }

    /** Whether what it counted adds up. */
    void check() {
        witness.checkCounts(grants);
    }
}
