package io.riptide.store.redis;

import io.riptide.entry.Ciphers;
import io.riptide.entry.Removals;
import io.riptide.entry.Scope;
import io.riptide.spi.RemovalView;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * One tenant's removals: what Redis has of them, and those that are worked off but not yet judged in this process.
 * Reading takes no lock; whoever changes it holds this.
 *
 * <p>In Redis they are a hash:
 *
 * <pre>
 * n           number of the latest removal
 * v           changes of this hash so far
 * g           up to which removal some are forgotten
 * f, f:{ns}   below which stamp entries (of the namespace) are not counted any more
 * m{scope}    what is known of a scope of which entries may be left: "removed freed staled since"
 * </pre>
 */
final class TenantRemovals implements RemovalView {
    private final String tenantId;
    private final Ciphers ciphers;
    private volatile Removals now = Removals.NONE;
    private volatile long revision = -1;
    /** Of which entries may be left in Redis. */
    private Set<Scope> pending = Set.of();

    private volatile boolean onlyHeadsTell;
    /** Held shared by removals that count what they cover, and alone by a step that works off what others left. */
    private final ReentrantReadWriteLock counting = new ReentrantReadWriteLock();
    /** How often what Redis has was taken over. */
    private long taken;

    TenantRemovals(String tenantId, Ciphers ciphers) {
        this.tenantId = tenantId;
        this.ciphers = ciphers;
    }

    String tenantId() {
        return tenantId;
    }

    /** What is being counted is not to be worked off meanwhile. */
    ReadWriteLock counting() {
        return counting;
    }

    @Override
    public Removals now() {
        return now;
    }

    long revision() {
        return revision;
    }

    @Override
    public synchronized void judged(long number) {
        Removals fewer = now;
        for (Map.Entry<Scope, Removals.Mark> mark : now.marks().entrySet()) {
            if (!pending.contains(mark.getKey()) && mark.getValue().latest() <= number) {
                fewer = fewer.forgetting(mark.getKey());
            }
        }
        now = fewer;
    }

    /** Scopes of which entries may be left. */
    synchronized Set<Scope> pending() {
        return pending;
    }

    /** The stamp below which all of a namespace is removed. */
    long removedBelow(String namespace) {
        Removals removals = now;
        return Math.max(removed(removals, Scope.ALL), removed(removals, new Scope.InNamespace(namespace)));
    }

    private static long removed(Removals removals, Scope scope) {
        Removals.Mark mark = removals.mark(scope);
        return mark == null ? 0 : mark.removed();
    }

    /** Whether some may be ended of which only their heads tell. */
    boolean onlyHeadsTell() {
        return onlyHeadsTell;
    }

    /** To be called before Redis is asked, for {@link #take}. */
    synchronized long asking() {
        return taken;
    }

    /**
     * Takes over what Redis has, field by field and value by value, where that is newer. Answers may come in any order;
     * but one to a question that was asked after all others had been taken is the newest, even where it says less: a
     * failover may lose what was changed last.
     *
     * @param asked what {@link #asking} said before
     */
    synchronized void take(List<?> hash, long asked) {
        Map<String, String> fields = new HashMap<>();
        for (int i = 0; i + 1 < hash.size(); i += 2) {
            fields.put(text(hash.get(i)), text(hash.get(i + 1)));
        }
        long changes = number(fields, "v");
        if (changes == revision || (changes < revision && asked != taken)) {
            return;
        }
        taken++;
        boolean first = changes < revision || revision < 0;
        Removals before = now;
        long latest = number(fields, "n");
        Map<Scope, Removals.Mark> marks = new HashMap<>();
        fields.forEach((field, value) -> {
            if (field.startsWith("m")) {
                Scope scope = ScopeText.parse(field.substring(1), tenantId, ciphers);
                if (scope != null) {
                    marks.put(scope, mark(value));
                }
            }
        });
        pending = new HashSet<>(marks.keySet());
        onlyHeadsTell = marks.entrySet().stream()
                .anyMatch(mark -> mark.getValue().staled() > 0
                        || ScopeText.freed(mark.getKey()).isEmpty());
        long forgotten = latest;
        if (!first) {
            // Of what this process has seen nothing is forgotten before it is judged.
            before.marks().forEach((scope, mark) -> marks.putIfAbsent(scope, mark));
            long others = number(fields, "g");
            forgotten = others > before.latest() ? others : before.forgotten();
        }
        now = Removals.known(latest, forgotten, marks);
        revision = changes;
    }

    private static Removals.Mark mark(String value) {
        String[] parts = value.split(" ", 4);
        return new Removals.Mark(
                Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]), Long.parseLong(parts[3]));
    }

    private static long number(Map<String, String> fields, String name) {
        return Long.parseLong(fields.getOrDefault(name, "0"));
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, StandardCharsets.UTF_8);
    }
}
