package io.riptide.audit;

import io.riptide.spi.Time;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What may come in floods, counted by what is alike: the first of its kind is written within a second, what follows
 * once a minute with how many there were. At most {@value #MOST} kinds are told apart at once; others count together by
 * action and result.
 */
final class Floods {
    static final int MOST = 256;
    static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Time time;
    /** A kind is an event without its request. Each change of a group is made under the lock of its place. */
    private final ConcurrentHashMap<AuditEvent, Group> groups = new ConcurrentHashMap<>();

    Floods(Time time) {
        this.time = time;
    }

    private static final class Group {
        private long count;
        private long firstMillis;
        private long lastMillis;
        private @Nullable String requestId;
        private long dueNanos;

        Group(long dueNanos) {
            this.dueNanos = dueNanos;
        }

        void add(Group other) {
            firstMillis = count == 0 ? other.firstMillis : Math.min(firstMillis, other.firstMillis);
            lastMillis = count == 0 ? other.lastMillis : Math.max(lastMillis, other.lastMillis);
            requestId = requestId == null ? other.requestId : requestId;
            count += other.count;
        }
    }

    void note(AuditEvent event) {
        long now = time.wallMillis();
        Group one = new Group(0);
        one.count = 1;
        one.firstMillis = now;
        one.lastMillis = now;
        one.requestId = event.requestId();
        AuditEvent kind = event.request(null);
        if (groups.size() >= MOST && !groups.containsKey(kind)) {
            kind = new AuditEvent("(several)", event.action(), null, "", event.result(), null, Map.of());
        }
        add(kind, one);
    }

    private void add(AuditEvent kind, Group more) {
        groups.compute(kind, (same, there) -> {
            Group group = there == null ? new Group(time.nanoTime()) : there;
            group.add(more);
            return group;
        });
    }

    /** What is taken to be written, and can be given back. */
    final class Taken {
        private final List<AuditEvent> kinds = new ArrayList<>();
        private final List<Group> counts = new ArrayList<>();

        boolean isEmpty() {
            return kinds.isEmpty();
        }

        List<AuditEvent> events() {
            List<AuditEvent> events = new ArrayList<>();
            for (int i = 0; i < kinds.size(); i++) {
                Group group = counts.get(i);
                AuditEvent event = kinds.get(i).request(group.requestId).with("count", group.count);
                events.add(
                        group.count == 1
                                ? event
                                : event.with("first_at", text(group.firstMillis))
                                        .with("last_at", text(group.lastMillis)));
            }
            return events;
        }

        /** It could not be written: it is counted on. */
        void giveBack() {
            for (int i = 0; i < kinds.size(); i++) {
                add(kinds.get(i), counts.get(i));
            }
        }
    }

    private static String text(long epochMillis) {
        return Instant.ofEpochMilli(epochMillis).toString();
    }

    /** Takes what is due, or all. A kind of which a minute brought nothing is forgotten. */
    Taken take(boolean all) {
        long now = time.nanoTime();
        Taken taken = new Taken();
        for (AuditEvent kind : groups.keySet()) {
            groups.computeIfPresent(kind, (same, group) -> {
                if (!all && now - group.dueNanos < 0) {
                    return group;
                }
                if (group.count == 0) {
                    return null;
                }
                taken.kinds.add(kind);
                taken.counts.add(group);
                return new Group(now + WINDOW_NANOS);
            });
        }
        return taken;
    }
}
