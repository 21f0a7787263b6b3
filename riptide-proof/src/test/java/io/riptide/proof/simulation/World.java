package io.riptide.proof.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What all nodes are in: one store, one real time, and chance. A seed makes the same world again. */
final class World {
    static final List<String> TENANTS = List.of("acme", "zeta");
    static final String FORGIVING = "forgiving";
    private static final int NODES = 3;
    private static final int DEEPEST = 2;
    private static final int LATE_AT_MOST = 8;

    final Truth truth = new Truth(this);
    private final SplittableRandom random;
    private final Flaw flaw;
    private final List<String> events = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Deque<Runnable> late = new ArrayDeque<>();
    private final boolean small;
    private long nanos = TimeUnit.HOURS.toNanos(1);
    private long latestWall;
    private int values;
    private int depth;

    World(long seed, Flaw flaw) {
        this.random = new SplittableRandom(seed);
        this.flaw = flaw;
        this.small = random.nextInt(4) == 0;
        for (int i = 0; i < NODES; i++) {
            nodes.add(new Node(this, i));
        }
    }

    Flaw flaw() {
        return flaw;
    }

    /** Whether memory holds a few entries alone. */
    boolean small() {
        return small;
    }

    long nanos() {
        return nanos;
    }

    void pass(long by) {
        nanos += by;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    long chance() {
        return random.nextLong();
    }

    boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    int newValue() {
        return ++values;
    }

    void noteWall(long millis) {
        latestWall = Math.max(latestWall, millis);
    }

    /** Beyond it nothing has ended by any clock. */
    long latestWall() {
        return latestWall;
    }

    /** All who are linked are told, each when its feed brings it. */
    void tell(News news) {
        nodes.forEach(node -> node.feed().offer(news));
    }

    void later(Runnable request) {
        if (late.size() < LATE_AT_MOST) {
            late.addLast(request);
        }
    }

    void note(String event) {
        events.add("%12.6f ms %s%s".formatted(nanos / 1e6, "  ".repeat(depth), event));
    }

    void require(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get());
        }
    }

    /** What happened, an event a line. */
    String story() {
        return String.join("\n", events);
    }

    /** While something is under way other things happen. */
    void meanwhile() {
        if (depth < DEEPEST && oneIn(4)) {
            depth++;
            for (int i = 1 + below(3); i > 0; i--) {
                event();
            }
            depth--;
        }
    }

    /** So many events, after which all faults end and all nodes must be well by themselves. */
    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            if (oneIn(12)) {
                trouble();
            } else {
                event();
            }
            nodes.forEach(Node::check);
        }
        heal();
    }

    private void event() {
        switch (below(10)) {
            case 0 -> pass(1 + TimeUnit.MILLISECONDS.toNanos(below(oneIn(4) ? 600 : 20)));
            case 1, 2 -> heartbeat();
            default -> node().act();
        }
    }

    private Node node() {
        return nodes.get(below(NODES));
    }

    /** A tenth of a second in which feeds do what they are for. */
    private void heartbeat() {
        pass(TimeUnit.MILLISECONDS.toNanos(20 + below(80)));
        nodes.forEach(Node::heartbeat);
    }

    private void trouble() {
        Node node = node();
        switch (below(12)) {
            case 0, 1 -> node.cutFeed();
            case 2, 3 -> node.armFeed();
            case 4 -> node.storeAway(true);
            case 5, 6 -> node.storeAway(false);
            case 7 -> node.flaky(oneIn(2));
            case 8 -> node.freeze();
            case 9 -> node.wake();
            case 10 -> node.skew(below(20_000) - 10_000L);
            default -> {
                if (oneIn(2)) {
                    node.die();
                    nodes.set(node.number(), new Node(this, node.number()));
                } else {
                    arrive();
                }
            }
        }
        if (oneIn(8)) {
            long seconds = 1L + below(70);
            pass(TimeUnit.SECONDS.toNanos(seconds));
            note(seconds + " s pass");
        }
    }

    private void arrive() {
        Runnable request = late.pollFirst();
        if (request != null) {
            note("a request arrives that was given up");
            request.run();
        }
    }

    private void heal() {
        while (!late.isEmpty()) {
            arrive();
        }
        note("all faults end");
        depth = DEEPEST;
        nodes.forEach(Node::recover);
        // What was read just before is trusted for so long, feed or no feed.
        pass(TimeUnit.MILLISECONDS.toNanos(500));
        for (Node node : nodes) {
            node.readAll();
            int before = node.storeReads();
            node.readAgain();
            node.check();
            require(small || before == node.storeReads(), () -> node + " asks the store for what it just read");
        }
    }
}
