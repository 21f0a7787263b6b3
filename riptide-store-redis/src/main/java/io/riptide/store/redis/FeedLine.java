package io.riptide.store.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.push.PushMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The feed's connection to one master. It asks the server to push every change of a key ({@code CLIENT TRACKING} in
 * broadcasting mode) and then sends a question every {@value #BEAT_MILLIS} ms: the answer to one proves that every push
 * of a change from before it was sent has arrived, for the server runs commands one at a time and pushes what they
 * changed before it reads on.
 *
 * <p>A connection that ends, or is silent for {@value #SILENT_MILLIS} ms, is replaced by another, which asks for pushes
 * anew. All state is guarded by this; pushes and answers arrive in one thread, in the order in which the server sent
 * them.
 */
final class FeedLine implements AutoCloseable {
    /** Pause between two questions: the next one does not wait for the answer, which may be as long on its way. */
    static final long BEAT_MILLIS = 100;

    private static final long SILENT_MILLIS = 5_000;
    private static final long MAX_PAUSE_MILLIS = 1_000;
    private static final String ENTRIES = "riptide:tenant:";

    /** What the line is part of. Its methods return at once. */
    interface Owner {
        /** A key was changed, or, null, all of them. */
        void changed(@Nullable String key);

        /** From here on changes are pushed; what was changed before may not have been told. */
        void armed(FeedLine line, long sentNanos);

        /** An answer: all that changed before the question was sent has been told. */
        void echo(FeedLine line, long sentNanos, String state);
    }

    /** Opens a connection for it, in the protocol's version 3, which does not connect itself again. */
    interface Opening extends Function<RedisURI, CompletionStage<StatefulRedisConnection<byte[], byte[]>>> {}

    /** A question whose answer tells whether the server is still a master of its keys. */
    interface Question extends Function<StatefulRedisConnection<byte[], byte[]>, CompletionStage<String>> {}

    private final RedisURI uri;
    private final Opening opening;
    private final Question question;
    private final Owner owner;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanos;
    private @Nullable StatefulRedisConnection<byte[], byte[]> connection;
    private long heardNanos;
    private long pauseMillis = BEAT_MILLIS;
    private boolean closed;

    FeedLine(
            RedisURI uri,
            Opening opening,
            Question question,
            Owner owner,
            ScheduledExecutorService timer,
            LongSupplier nanos) {
        this.uri = uri;
        this.opening = opening;
        this.question = question;
        this.owner = owner;
        this.timer = timer;
        this.nanos = nanos;
    }

    RedisURI uri() {
        return uri;
    }

    /** Begins; the owner hears the rest. */
    void open() {
        opening.apply(uri).whenComplete((opened, failure) -> {
            if (opened == null) {
                later(this::open);
            } else {
                begin(opened);
            }
        });
    }

    private void begin(StatefulRedisConnection<byte[], byte[]> opened) {
        synchronized (this) {
            if (closed) {
                var unused = opened.closeAsync();
                return;
            }
            connection = opened;
            heardNanos = nanos.getAsLong();
        }
        opened.addListener(this::pushed);
        long sent = nanos.getAsLong();
        TrackingArgs tracking = TrackingArgs.Builder.enabled().bcast().prefixes(ENTRIES, MetaKeys.REMOVALS);
        opened.async().clientTracking(tracking).whenComplete((ok, failure) -> {
            if (failure == null) {
                owner.armed(this, sent);
                ask(opened);
            } else {
                lost(opened);
            }
        });
        watch(opened);
    }

    private void ask(StatefulRedisConnection<byte[], byte[]> on) {
        if (!uses(on)) {
            return;
        }
        schedule(BEAT_MILLIS, () -> ask(on));
        long sent = nanos.getAsLong();
        question.apply(on).whenComplete((state, failure) -> {
            if (failure != null || state == null) {
                lost(on);
                return;
            }
            heard();
            owner.echo(this, sent, state);
        });
    }

    private synchronized boolean uses(StatefulRedisConnection<byte[], byte[]> on) {
        return on.equals(connection);
    }

    private synchronized void heard() {
        heardNanos = nanos.getAsLong();
        pauseMillis = BEAT_MILLIS;
    }

    /** A connection may stay open with nobody at its other end. */
    private void watch(StatefulRedisConnection<byte[], byte[]> on) {
        schedule(SILENT_MILLIS, () -> {
            boolean current;
            boolean silent;
            synchronized (this) {
                current = on.equals(connection);
                silent = nanos.getAsLong() - heardNanos >= TimeUnit.MILLISECONDS.toNanos(SILENT_MILLIS);
            }
            if (silent) {
                lost(on);
            } else if (current) {
                watch(on);
            }
        });
    }

    private void lost(StatefulRedisConnection<byte[], byte[]> on) {
        synchronized (this) {
            if (!on.equals(connection)) {
                return;
            }
            connection = null;
        }
        var unused = on.closeAsync();
        later(this::open);
    }

    private void later(Runnable task) {
        long pause;
        synchronized (this) {
            pause = pauseMillis;
            pauseMillis = Math.min(2 * pauseMillis, MAX_PAUSE_MILLIS);
        }
        schedule(pause, task);
    }

    private synchronized void schedule(long millis, Runnable task) {
        if (closed) {
            return;
        }
        try {
            var unused = timer.schedule(task, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // The timer is shut down: so is everything.
            closed = true;
        }
    }

    private void pushed(PushMessage message) {
        if (!message.getType().equals("invalidate")) {
            return;
        }
        List<Object> content = message.getContent(FeedLine::text);
        if (content.size() > 1 && content.get(1) instanceof List<?> keys) {
            keys.forEach(key -> owner.changed(String.valueOf(key)));
        } else {
            owner.changed(null);
        }
    }

    private static Object text(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }

    /** Idempotent. */
    @Override
    public void close() {
        StatefulRedisConnection<byte[], byte[]> open;
        synchronized (this) {
            closed = true;
            open = connection;
            connection = null;
        }
        if (open != null) {
            var unused = open.closeAsync();
        }
    }
}
