package io.riptide.server;

import io.riptide.spi.Time;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's parts, how each does and since when: looked at every second and whenever somebody asks. A change is
 * logged once. Any number of threads.
 */
final class Components {
    private static final Logger LOG = LoggerFactory.getLogger(Components.class);

    private final Map<String, Supplier<Health>> parts;
    private final Time time;
    /** Guarded by this. */
    private final Map<String, Health> last = new LinkedHashMap<>();

    Components(Map<String, Supplier<Health>> parts, Time time) {
        this.parts = new LinkedHashMap<>(parts);
        this.time = time;
    }

    /** How each does now, by name, each with since when. */
    Map<String, Health> now() {
        Map<String, Health> now = new LinkedHashMap<>();
        parts.forEach((name, part) -> now.put(name, since(name, part.get())));
        return now;
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
