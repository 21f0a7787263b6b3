package io.riptide.proof.simulation;

import io.riptide.entry.DictionarySource;
import io.riptide.entry.Envelope;
import io.riptide.entry.Head;
import io.riptide.entry.Opening;
import io.riptide.entry.Removals;
import io.riptide.entry.Scope;
import io.riptide.entry.StoreKey;
import io.riptide.proof.model.MemoryEntryStore;
import io.riptide.spi.Condition;
import io.riptide.spi.Removal;
import io.riptide.spi.Removed;
import io.riptide.spi.StoreWrite;
import io.riptide.spi.WriteOutcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one store, with all that it ever held and when, so that whatever a node answers can be judged. */
final class Truth {
    /** Nothing is there. */
    static final int NOTHING = 0;

    final MemoryEntryStore store = new MemoryEntryStore();
    private final Map<Place, List<State>> history = new HashMap<>();
    private final Map<String, List<Taken>> taken = new HashMap<>();
    private final Map<StoreKey, Place> places = new HashMap<>();
    private final World world;

    /** What was there from an instant on, until the next state of the place. */
    private record State(int value, @Nullable Head head, long fromNanos) {}

    /** Which values a removal of many took, and when. */
    record Taken(long number, List<Integer> values, long atNanos) {}

    Truth(World world) {
        this.world = world;
    }

    private List<State> states(Place place) {
        return history.computeIfAbsent(place, p -> new ArrayList<>(List.of(new State(NOTHING, null, 0))));
    }

    /** The number in a value. */
    static int number(String value) {
        return Integer.parseInt(value.substring(value.indexOf('#') + 1));
    }

    Removals removals(String tenant) {
        return store.removals(tenant).now();
    }

    List<Taken> taken(String tenant) {
        return taken.getOrDefault(tenant, List.of());
    }

    /** What a version was of, to one who has seen it. */
    record Seen(long version, int value) {}

    WriteOutcome put(StoreWrite write, @Nullable Seen seen) {
        Place place = place(write.key(), write.head().key());
        int before = now(place);
        WriteOutcome outcome = store.put(write);
        if (outcome.kind() == WriteOutcome.Kind.CREATED || outcome.kind() == WriteOutcome.Kind.REPLACED) {
            boolean unseen = seen != null
                    && write.condition().equals(Condition.version(seen.version()))
                    && seen.value() != before;
            world.require(!unseen, () -> place + " had #" + before + ", and was replaced by one who had " + seen);
            become(place, write.key(), value(write), write.head());
        }
        return outcome;
    }

    private static int value(StoreWrite write) {
        if (write.head().saysNothing()) {
            return NOTHING;
        }
        Opening opening = Envelope.open(write.key(), write.head().key(), write.envelope(), DictionarySource.NONE);
        if (opening instanceof Opening.Opened opened) {
            return number(new String(opened.entry().toByteArray(), StandardCharsets.UTF_8));
        }
        throw new IllegalStateException("what was written does not open");
    }

    WriteOutcome remove(StoreKey key, Condition condition, long nowMillis) {
        WriteOutcome outcome = store.remove(key, condition, nowMillis);
        Place place = places.get(key);
        boolean took = outcome.kind() == WriteOutcome.Kind.REMOVED || outcome.kind() == WriteOutcome.Kind.ABSENT;
        if (took && place != null) {
            become(place, key, NOTHING, null);
        }
        return outcome;
    }

    private Place place(StoreKey key, String text) {
        return places.computeIfAbsent(key, k -> new Place(k.tenantId(), k.namespace(), text));
    }

    private void become(Place place, StoreKey key, int value, @Nullable Head head) {
        long now = world.nanos();
        states(place).add(new State(value, head, now));
        world.tell(new News.Changed(key, place, now));
    }

    Removed removeAll(Removal removal) {
        Removed removed = store.removeAll(removal);
        List<Integer> gone = new ArrayList<>();
        history.forEach((place, states) -> {
            Head head = states.getLast().head();
            if (head != null && place.tenant().equals(removal.tenantId()) && covers(removal.scope(), place, head)) {
                gone.add(states.getLast().value());
                states.add(new State(NOTHING, null, world.nanos()));
            }
        });
        long number = removals(removal.tenantId()).latest();
        taken.computeIfAbsent(removal.tenantId(), t -> new ArrayList<>()).add(new Taken(number, gone, world.nanos()));
        world.tell(new News.Removed(removal.tenantId()));
        return removed;
    }

    private static boolean covers(Scope scope, Place place, Head head) {
        return scope.covers(place.namespace(), head);
    }

    /** Whether a value was there at that instant or since. */
    boolean wasThereSince(Place place, int value, long nanos) {
        List<State> states = states(place);
        for (int i = states.size() - 1; i >= 0; i--) {
            if (states.get(i).value() == value) {
                return true;
            }
            if (states.get(i).fromNanos() <= nanos) {
                return false;
            }
        }
        return false;
    }

    /** Whether anything that was there at that instant or since has ended by a clock. */
    boolean endedSince(Place place, long nanos, long wallMillis) {
        List<State> states = states(place);
        for (int i = states.size() - 1; i >= 0; i--) {
            Head head = states.get(i).head();
            if (head != null && head.expiresMillis() <= wallMillis) {
                return true;
            }
            if (states.get(i).fromNanos() <= nanos) {
                return false;
            }
        }
        return false;
    }

    /** What was there from when on, a line each. */
    String story(Place place) {
        StringBuilder story = new StringBuilder();
        for (State state : states(place)) {
            story.append("%n%12.6f ms  #%d".formatted(state.fromNanos() / 1e6, state.value()));
            if (state.head() != null) {
                story.append(" until ").append(state.head().expiresMillis());
                story.append(" tags ")
                        .append(state.head().tags())
                        .append(" stamp ")
                        .append(state.head().stamp());
            }
        }
        return story.toString();
    }

    /** What is there now. */
    int now(Place place) {
        return states(place).getLast().value();
    }
}
