package io.riptide.proof.simulation;

import io.riptide.entry.Removals;
import io.riptide.entry.StoreKey;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Condition;
import io.riptide.spi.EntryStore;
import io.riptide.spi.Removal;
import io.riptide.spi.RemovalView;
import io.riptide.spi.StoreWrite;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A node's way to the store: it may be cut, a request or an answer may be lost, a request may arrive after it was given
 * up, and on the way there and back the world goes on. What the node knows of removals is as old as its last answer, or
 * as what its feed told.
 */
final class Way {
    private static final Set<String> WRITES = Set.of("put", "putAll", "remove", "removeAll");
    private static final Set<String> OF_ENTRIES =
            Set.of("get", "getAll", "put", "putAll", "remove", "removeAll", "usage", "discard");

    private final World world;
    private final Node node;
    private final Map<String, View> views = new HashMap<>();
    final EntryStore store;
    boolean away;
    boolean flaky;
    int faults;
    int reads;
    /** The value that a write under way replaces, where its caller has seen one. */
    Truth.@Nullable Seen replaces;

    Way(World world, Node node) {
        this.world = world;
        this.node = node;
        this.store = (EntryStore) Proxy.newProxyInstance(
                Way.class.getClassLoader(),
                new Class<?>[] {EntryStore.class},
                (proxy, method, arguments) -> call(method, arguments == null ? new Object[0] : arguments));
    }

    private @Nullable Object call(Method method, Object[] arguments) throws Throwable {
        String name = method.getName();
        if (name.equals("removals")) {
            return view((String) arguments[0]);
        }
        if (!OF_ENTRIES.contains(name)) {
            requireThere();
            return apply(method, arguments);
        }
        world.pass(1_000);
        requireThere();
        int fault = flaky ? world.below(6) : -1;
        if (fault == 0) {
            throw lost();
        }
        world.meanwhile();
        world.pass(1_000);
        if (fault == 1 && WRITES.contains(name)) {
            Truth.Seen seen = replaces;
            world.later(() -> applyLate(method, arguments, seen));
            throw lost();
        }
        reads += name.startsWith("get") ? 1 : 0;
        Object result = apply(method, arguments);
        String tenant = tenant(arguments[0]);
        Removals removals = world.truth.removals(tenant);
        world.pass(1_000);
        world.meanwhile();
        if (fault == 2) {
            throw lost();
        }
        view(tenant).know(removals);
        return result;
    }

    private void applyLate(Method method, Object[] arguments, Truth.@Nullable Seen seen) {
        Truth.Seen before = replaces;
        replaces = seen;
        try {
            apply(method, arguments);
        } catch (RipTideException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        } finally {
            replaces = before;
        }
    }

    private static String tenant(Object first) {
        return switch (first) {
            case String tenant -> tenant;
            case StoreKey key -> key.tenantId();
            case StoreWrite write -> write.key().tenantId();
            case Removal removal -> removal.tenantId();
            case List<?> many -> tenant(many.getFirst());
            default -> throw new IllegalArgumentException(first.toString());
        };
    }

    private @Nullable Object apply(Method method, Object[] arguments) throws Throwable {
        Truth truth = world.truth;
        return switch (method.getName()) {
            case "put" -> truth.put((StoreWrite) arguments[0], replaces);
            case "putAll" ->
                ((List<?>) arguments[0])
                        .stream()
                                .map(write -> truth.put((StoreWrite) write, null))
                                .toList();
            case "remove" -> truth.remove((StoreKey) arguments[0], (Condition) arguments[1], (Long) arguments[2]);
            case "removeAll" -> truth.removeAll((Removal) arguments[0]);
            case "close" -> null;
            default -> {
                try {
                    yield method.invoke(truth.store, arguments);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            }
        };
    }

    private void requireThere() {
        if (away) {
            throw lost();
        }
    }

    private RipTideException lost() {
        faults++;
        return Problem.of(ProblemCode.STORE_UNAVAILABLE, "No answer.").asException();
    }

    View view(String tenant) {
        return views.computeIfAbsent(tenant, View::new);
    }

    /** Asks for the removals of all tenants; false where the store does not answer. */
    boolean refreshViews() {
        if (away) {
            return false;
        }
        views.forEach((tenant, view) -> view.know(world.truth.removals(tenant)));
        return true;
    }

    /** One tenant's removals as this node knows them. */
    final class View implements RemovalView {
        private final String tenant;
        private Removals known;

        private View(String tenant) {
            this.tenant = tenant;
            this.known = world.truth.removals(tenant);
        }

        void know(Removals later) {
            if (later.latest() >= known.latest() && later.forgotten() >= known.forgotten()) {
                known = later;
                node.knowsRemovals(tenant, known.latest());
            }
        }

        @Override
        public Removals now() {
            return known;
        }

        @Override
        public void judged(long number) {
            if (!away) {
                world.truth.store.removals(tenant).judged(number);
                know(world.truth.removals(tenant));
            }
        }
    }
}
