package io.riptide.entry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The removals of one tenant of which something may be left, and how an entry stands to them. Removals are numbered
 * in the order in which they took place, but not one by one in every store. An entry carries as its stamp the number of
 * the latest one that its writer knew; a later one that covers it has removed it, or made it stale, whether or not its
 * bytes are still there.
 *
 * <p>Immutable: each removal makes another. Pure functions; any number of threads.
 */
public final class Removals {
    /** No removal concerns the entry. */
    public static final long UNTOUCHED = Long.MAX_VALUE;
    /** The entry is gone. */
    public static final long REMOVED = Long.MIN_VALUE;

    /** None yet. */
    public static final Removals NONE = new Removals(0, 0, Map.of());

    private final long latest;
    private final long forgotten;
    private final Map<Scope, Mark> marks;
    private final List<Scope.Prefixed> prefixes;

    private Removals(long latest, long forgotten, Map<Scope, Mark> marks) {
        this.latest = latest;
        this.forgotten = forgotten;
        this.marks = marks;
        this.prefixes = marks.keySet().stream()
                .filter(Scope.Prefixed.class::isInstance)
                .map(Scope.Prefixed.class::cast)
                .toList();
    }

    /**
     * As they are after a start.
     *
     * @param latest number of the latest removal
     * @param marks of those of which something is left
     */
    public static Removals restored(long latest, Map<Scope, Mark> marks) {
        return new Removals(latest, latest, Map.copyOf(marks));
    }

    /**
     * As a store that several processes share has them.
     *
     * @param latest number of the latest removal
     * @param forgotten see {@link #forgotten()}
     * @param marks of those of which something may be left
     */
    public static Removals known(long latest, long forgotten, Map<Scope, Mark> marks) {
        return new Removals(latest, forgotten, Map.copyOf(marks));
    }

    /**
     * What is known of a scope. Numbers of removals, each 0 where there was none.
     *
     * @param removed entries stamped below it are gone
     * @param freed entries stamped below it are not accounted any more; at most {@code removed}
     * @param staled entries stamped below it are stale
     * @param staledMillis since when, epoch milliseconds
     */
    public record Mark(long removed, long freed, long staled, long staledMillis) {
        private static final Mark NONE = new Mark(0, 0, 0, 0);

        /** The number of the latest of them. */
        public long latest() {
            return Math.max(removed, staled);
        }

        private long end(long stamp) {
            if (stamp < removed) {
                return REMOVED;
            }
            return stamp < staled ? staledMillis : UNTOUCHED;
        }
    }

    /** Number of the tenant's latest removal; 0 where there was none. What a writer stamps. */
    public long latest() {
        return latest;
    }

    /**
     * Up to which removal some are forgotten because nothing is left of what they covered. What was read before one of
     * those took place can not be judged any more: it is to be read again.
     */
    public long forgotten() {
        return forgotten;
    }

    /** What is known of a scope, or null. */
    public @Nullable Mark mark(Scope scope) {
        return marks.get(scope);
    }

    /** All that is known, by scope. */
    public Map<Scope, Mark> marks() {
        return Collections.unmodifiableMap(marks);
    }

    /** Since when removals have ended an entry: {@link #REMOVED}, {@link #UNTOUCHED}, or since when it is stale. */
    public long end(String namespace, Head head) {
        long end = UNTOUCHED;
        if (head.stamp() < latest) {
            for (Mark mark : covering(namespace, head)) {
                end = Math.min(end, mark.end(head.stamp()));
            }
        }
        // What says that there is nothing is of no use once it is stale.
        return end != UNTOUCHED && head.saysNothing() ? REMOVED : end;
    }

    /** Whether an entry is accounted: what was removed is freed at once, its bytes go later. */
    public boolean accounted(String namespace, Head head) {
        if (head.stamp() < latest) {
            for (Mark mark : covering(namespace, head)) {
                if (head.stamp() < mark.freed()) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The scope of the latest removal that ended an entry, or null where none did. */
    public @Nullable Scope by(String namespace, Head head) {
        Scope by = null;
        long latestOfIts = head.stamp();
        for (Map.Entry<Scope, Mark> mark : marks.entrySet()) {
            if (mark.getValue().latest() > latestOfIts && mark.getKey().covers(namespace, head)) {
                by = mark.getKey();
                latestOfIts = mark.getValue().latest();
            }
        }
        return by;
    }

    /** The marks of all scopes that cover an entry, found by name but for those of prefixes, which are few. */
    private List<Mark> covering(String namespace, Head head) {
        if (marks.isEmpty()) {
            return List.of();
        }
        List<Mark> found = new ArrayList<>();
        add(found, Scope.ALL);
        add(found, new Scope.InNamespace(namespace));
        add(found, new Scope.Keyed(namespace, head.key()));
        for (String tag : head.tags()) {
            add(found, new Scope.Tagged(namespace, tag));
            add(found, new Scope.Tagged(null, tag));
        }
        for (Scope.Prefixed prefixed : prefixes) {
            if (prefixed.covers(namespace, head)) {
                add(found, prefixed);
            }
        }
        return found;
    }

    private void add(List<Mark> found, Scope scope) {
        Mark mark = marks.get(scope);
        if (mark != null) {
            found.add(mark);
        }
    }

    /** Whether what was read at a stamp, and will lie under that key with tags that are not known yet, may be ended. */
    public boolean mayEnd(String namespace, String key, long stamp) {
        if (stamp == latest) {
            return false;
        }
        if (stamp < forgotten) {
            return true;
        }
        return marks.entrySet().stream()
                .anyMatch(mark -> stamp < mark.getValue().latest() && mayCover(mark.getKey(), namespace, key));
    }

    private static boolean mayCover(Scope scope, String namespace, String key) {
        return switch (scope) {
            case Scope.All all -> true;
            case Scope.InNamespace in -> in.namespace().equals(namespace);
            case Scope.Tagged tagged ->
                tagged.namespace() == null || tagged.namespace().equals(namespace);
            case Scope.Keyed keyed ->
                keyed.namespace().equals(namespace) && keyed.key().equals(key);
            case Scope.Prefixed prefixed -> prefixed.namespace().equals(namespace) && key.startsWith(prefixed.prefix());
        };
    }

    /**
     * With one more, which takes the next number.
     *
     * @param freed whether what it covers is not accounted any more
     */
    public Removals removed(Scope scope, boolean freed) {
        Mark old = marks.getOrDefault(scope, Mark.NONE);
        long number = latest + 1;
        return with(scope, new Mark(number, freed ? number : old.freed, old.staled, old.staledMillis), number);
    }

    /** With one more, which makes stale and takes the next number. */
    public Removals staled(Scope scope, long nowMillis) {
        Mark old = marks.getOrDefault(scope, Mark.NONE);
        long number = latest + 1;
        // What an earlier one made stale, and was not worked off yet, stays stale since then.
        long since = old.staled == 0 ? nowMillis : Math.min(old.staledMillis, nowMillis);
        return with(scope, new Mark(old.removed, old.freed, number, since), number);
    }

    private Removals with(Scope scope, Mark mark, long number) {
        Map<Scope, Mark> more = new HashMap<>(marks);
        more.put(scope, mark);
        return new Removals(number, forgotten, more);
    }

    /** Without a scope of which nothing is left. */
    public Removals forgetting(Scope scope) {
        Mark mark = marks.get(scope);
        if (mark == null) {
            return this;
        }
        Map<Scope, Mark> fewer = new HashMap<>(marks);
        fewer.remove(scope);
        return new Removals(latest, Math.max(forgotten, mark.latest()), fewer);
    }
}
