package io.riptide.server;

import io.riptide.spi.Time;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server and its parts, how each does and since when. Who asks is told how the server does now, and its parts as of
 * the last look, half a second before or so: a store that hangs would else hang the probes of all nodes at once. A
 * change is logged once. Threads: one looks, any ask.
 */
final class Components {
    private static final Logger LOG = LoggerFactory.getLogger(Components.class);

    private static final String SERVER = "server";

    private final Supplier<Health> server;
    private final Map<String, Supplier<Health>> parts;
    private final Time time;
    /** Guarded by this. */
    private final Map<String, Health> last = new LinkedHashMap<>();

    Components(Supplier<Health> server, Map<String, Supplier<Health>> parts, Time time) {
        this.server = server;
        this.parts = new LinkedHashMap<>(parts);
        this.time = time;
    }

    /** Asks each part, which may take as long as its own bound; about once a second. */
    void look() {
        parts.forEach((name, part) -> since(name, ask(name, part)));
    }

    private static Health ask(String name, Supplier<Health> part) {
        try {
            return part.get();
        } catch (RuntimeException e) {
            LOG.debug("{} cannot be asked", name, e);
            return Health.UNAVAILABLE;
        }
    }

    /** How each does, by name, the server first, each with since when. */
    Map<String, Health> now() {
        if (unseen()) {
            look();
        }
        Map<String, Health> now = new LinkedHashMap<>();
        now.put(SERVER, since(SERVER, server.get()));
        synchronized (this) {
            last.forEach(now::putIfAbsent);
        }
        return now;
    }

    /** What there is, the server first. */
    List<String> names() {
        List<String> names = new ArrayList<>(List.of(SERVER));
        names.addAll(parts.keySet());
        return names;
    }

    /** Whether all of one's work is done, as of the last look. */
    boolean ready(String name) {
        if (name.equals(SERVER)) {
            return server.get().status() == Health.Status.READY;
        }
        Health health;
        synchronized (this) {
            health = last.get(name);
        }
        return health != null && health.status() == Health.Status.READY;
    }

    private synchronized boolean unseen() {
        return !last.keySet().containsAll(parts.keySet());
    }

    /** What a part itself does not know of its past is known here. */
    private synchronized Health since(String name, Health found) {
        Health before = last.get(name);
        boolean changed = before == null || before.status() != found.status();
        Long since = found.sinceMillis();
        if (since == null) {
            since = changed || before == null ? Long.valueOf(time.wallMillis()) : before.sinceMillis();
        }
        Health now = new Health(found.status(), since, found.detail());
        last.put(name, now);
        if (before != null && changed) {
            log(name, now);
        }
        return now;
    }

    private static void log(String name, Health now) {
        if (now.status() == Health.Status.READY) {
            LOG.info("{} is ready again", name);
        } else {
            LOG.warn("{} is {}: {}", name, now.status().text(), now.detail() == null ? "no answer" : now.detail());
        }
    }
}
