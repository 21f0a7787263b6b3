package io.riptide.store.redis;

import io.lettuce.core.RedisURI;
import io.riptide.entry.StoreKey;
import io.riptide.spi.InvalidationFeed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * News of changed keys from every master, over a {@link FeedLine} each. What is proven is what all of them have proven,
 * and what the store itself has caught up with. An epoch ends where a connection had to be made anew, where the masters
 * are others than before, and where a whole database was emptied.
 *
 * <p>Threads: told in the threads of the connections; {@link #proof} is a volatile read. The rest is guarded by this.
 */
public final class RedisInvalidationFeed implements InvalidationFeed {
    private static final long PAUSE_MILLIS = 500;

    /** The store's own part of the news: removals of many, which it keeps by tenant. Its methods return at once. */
    interface RemovalNews {
        /** A tenant's removals were changed. */
        void changed(String tenantId);

        /** Any tenant's may have been. */
        void allChanged();

        /**
         * Completes once all that was told before this call has been read; exceptionally where that failed, and is
         * tried again by the next call.
         */
        CompletionStage<Void> caughtUp();
    }

    private final Supplier<CompletionStage<List<RedisURI>>> masters;
    private final Function<RedisURI, FeedLine> lineTo;
    private final RemovalNews removals;
    private final ScheduledExecutorService timer;
    private final LongAdder told = new LongAdder();
    private volatile @Nullable Consumer<StoreKey> listener;
    private volatile Proof proof = new Proof(0, Long.MIN_VALUE / 2);

    /** Up to when each line has proven all; no value before it is armed. */
    private final Map<FeedLine, Long> proven = new HashMap<>();

    private final Map<FeedLine, String> states = new HashMap<>();
    private Set<FeedLine> lines = new HashSet<>();
    private boolean finding;
    private boolean closed;

    /**
     * Begins to look for the masters at once.
     *
     * @param masters finds all masters there are; completes exceptionally where they can not be found now
     */
    RedisInvalidationFeed(
            Supplier<CompletionStage<List<RedisURI>>> masters,
            FeedLine.Opening opening,
            FeedLine.Question question,
            RemovalNews removals,
            ScheduledExecutorService timer,
            LongSupplier nanos) {
        this.masters = masters;
        this.removals = removals;
        this.timer = timer;
        FeedLine.Owner owner = new Heard();
        this.lineTo = uri -> new FeedLine(uri, opening, question, owner, timer, nanos);
        find();
    }

    @Override
    public void listen(Consumer<StoreKey> changed) {
        listener = changed;
    }

    @Override
    public Proof proof() {
        return proof;
    }

    /** Changes told since the start. */
    long told() {
        return told.sum();
    }

    private void find() {
        synchronized (this) {
            if (finding || closed) {
                return;
            }
            finding = true;
        }
        masters.get().whenComplete((found, failure) -> {
            if (failure != null || found.isEmpty()) {
                again();
            } else {
                use(found);
            }
        });
    }

    private synchronized void again() {
        finding = false;
        if (closed) {
            return;
        }
        try {
            var unused = timer.schedule(this::find, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            closed = true;
        }
    }

    /** Keeps the lines to masters that are still ones, ends the others, and opens those that are missing. */
    private void use(List<RedisURI> found) {
        List<FeedLine> ended = new ArrayList<>();
        List<FeedLine> begun = new ArrayList<>();
        synchronized (this) {
            finding = false;
            Set<FeedLine> now = new HashSet<>();
            Set<RedisURI> missing = new HashSet<>(found);
            for (FeedLine line : lines) {
                if (missing.remove(line.uri()) && !closed) {
                    now.add(line);
                } else {
                    ended.add(line);
                    proven.remove(line);
                    states.remove(line);
                }
            }
            if (!closed) {
                missing.forEach(uri -> begun.add(lineTo.apply(uri)));
                now.addAll(begun);
            }
            lines = now;
            if (!ended.isEmpty() && begun.isEmpty() && !closed) {
                // Its keys went to masters that are heard already, at a moment that nobody told.
                nextEpoch();
            }
        }
        ended.forEach(FeedLine::close);
        begun.forEach(FeedLine::open);
    }

    /** What was read so far may have changed without a word. */
    private synchronized void nextEpoch() {
        removals.allChanged();
        proof = new Proof(proof.epoch() + 1, Long.MIN_VALUE / 2);
    }

    private synchronized void prove(FeedLine line, long epoch, long sentNanos) {
        if (!lines.contains(line) || proof.epoch() != epoch) {
            return;
        }
        proven.merge(line, sentNanos, Math::max);
        if (proven.keySet().containsAll(lines)) {
            long all = proven.values().stream().mapToLong(Long::longValue).min().orElseThrow();
            proof = new Proof(epoch, Math.max(proof.nanos(), all));
        }
    }

    /** Whether the server says the same of itself as before. */
    private synchronized boolean same(FeedLine line, String state) {
        String before = states.put(line, state);
        return before == null || before.equals(state);
    }

    private final class Heard implements FeedLine.Owner {
        @Override
        public void changed(@Nullable String key) {
            told.increment();
            if (key == null) {
                nextEpoch();
            } else if (key.startsWith(MetaKeys.REMOVALS)) {
                removals.changed(MetaKeys.tenantOf(key));
            } else {
                Consumer<StoreKey> heard = listener;
                if (heard != null) {
                    StoreKey.parse(key).ifPresent(heard);
                }
            }
        }

        @Override
        public void armed(FeedLine line, long sentNanos) {
            nextEpoch();
            echo(line, sentNanos);
        }

        @Override
        public void echo(FeedLine line, long sentNanos, String state) {
            if (!same(line, state)) {
                nextEpoch();
                find();
            } else {
                echo(line, sentNanos);
            }
        }

        private void echo(FeedLine line, long sentNanos) {
            long epoch = proof.epoch();
            var unused = removals.caughtUp().thenRun(() -> prove(line, epoch, sentNanos));
        }
    }

    @Override
    public void close() {
        Set<FeedLine> open;
        synchronized (this) {
            closed = true;
            open = lines;
            lines = Set.of();
            proof = new Proof(proof.epoch() + 1, Long.MIN_VALUE / 2);
        }
        open.forEach(FeedLine::close);
    }
}
