package io.riptide.cache;

import io.riptide.entry.Compressor;
import io.riptide.entry.Dictionary;
import io.riptide.spi.EntryStore;
import io.riptide.spi.StoredDictionary;
import io.riptide.spi.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to namespaces behind the requests, on an executor, one at a time: trains a dictionary on a namespace's samples
 * and, where it pays, has the store keep it before anything is written with it; and has those in use kept longer. At
 * most one training a round, so that it takes a small part of one processor; what does not fit into the queue
 * comes again with a later write.
 */
final class Trainer {
    /** Namespaces that wait at most. */
    static final int QUEUE = 1024;
    /** Dictionaries of one namespace that are kept at once at most. */
    static final int MAX_VERSIONS = 8;
    /** What the dictionaries of one tenant occupy in the store at most. */
    static final long MAX_TENANT_BYTES = 16L << 20;
    /** A new dictionary is taken where what it makes of values that it has not seen is so many percent smaller. */
    static final int PAYS_PERCENT = 5;
    /** Of the samples, one in so many is held back from the training to judge by. */
    private static final int HELD_BACK_ONE_IN = 4;

    private static final int PERCENT = 100;
    private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);

    private final EntryStore store;
    private final DictionaryShelf shelf;
    private final Compressor plain;
    private final Time time;
    private final Executor executor;
    private final BlockingQueue<Learner> waiting = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicBoolean running = new AtomicBoolean();

    Trainer(EntryStore store, DictionaryShelf shelf, Compressor plain, Time time, Executor executor) {
        this.store = store;
        this.shelf = shelf;
        this.plain = plain;
        this.time = time;
        this.executor = executor;
    }

    /** Has a namespace seen to. */
    void enqueue(Learner learner) {
        if (!waiting.offer(learner)) {
            learner.unqueue();
        }
    }

    /** Begins a round where some wait and none is under way. */
    void tick() {
        if (waiting.isEmpty() || !running.compareAndSet(false, true)) {
            return;
        }
        try {
            executor.execute(() -> {
                try {
                    round();
                } finally {
                    running.set(false);
                }
            });
        } catch (RejectedExecutionException e) {
            // The process is about to end.
            running.set(false);
        }
    }

    /** All that wait, up to the first that is trained on. */
    private void round() {
        boolean trained = false;
        for (int i = 0; i < QUEUE && !trained; i++) {
            Learner learner = waiting.poll();
            if (learner == null) {
                return;
            }
            learner.unqueue();
            try {
                extend(learner);
                if (learner.trainable()) {
                    trained = true;
                    train(learner);
                }
            } catch (RuntimeException e) {
                // No store, say, or the tenant is suspended or gone: values are written as they were before.
                LOG.debug("A dictionary could not be made or kept", e);
                if (trained) {
                    learner.rest();
                }
            }
        }
    }

    private void extend(Learner learner) {
        Learner.Current now = learner.current();
        long until = learner.extension(time.wallMillis());
        if (now == null || until == 0) {
            return;
        }
        StoredDictionary stored = store.dictionary(learner.grant().tenantId(), learner.namespace(), now.id());
        if (stored == null) {
            learner.lost(now);
            return;
        }
        keep(learner, stored, until);
    }

    /** Keeps and then uses a dictionary. The tenant is not erased meanwhile: to its erasure this is a writer. */
    private void keep(Learner learner, StoredDictionary dictionary, long untilMillis) {
        StoredDictionary kept = new StoredDictionary(
                dictionary.tenantId(),
                dictionary.namespace(),
                dictionary.id(),
                dictionary.createdMillis(),
                untilMillis,
                dictionary.bytes());
        learner.grant().beginWrite();
        try {
            store.keepDictionary(kept);
        } finally {
            learner.grant().endWrite();
        }
        learner.use(kept);
    }

    private void train(Learner learner) {
        List<byte[]> training = new ArrayList<>();
        List<byte[]> judging = new ArrayList<>();
        int n = 0;
        for (byte[] sample : learner.drainSamples()) {
            (n++ % HELD_BACK_ONE_IN == 0 ? judging : training).add(sample);
        }
        Dictionary trained = Dictionary.train(training).orElse(null);
        if (trained == null) {
            learner.rest();
            return;
        }
        try (trained) {
            StoredDictionary next = worthKeeping(learner, trained, judging);
            if (next == null) {
                learner.rest();
            } else {
                keep(learner, next, next.neededUntilMillis());
            }
        }
    }

    /** As it is to be stored, or null where it does not pay or there is no room for it. */
    private @Nullable StoredDictionary worthKeeping(Learner learner, Dictionary trained, List<byte[]> judging) {
        String tenantId = learner.grant().tenantId();
        String namespace = learner.namespace();
        Learner.Current now = learner.current();
        Dictionary used = now == null ? null : shelf.find(tenantId, namespace, now.id());
        long before = length(used == null ? plain : plain.with(used), judging);
        if (length(plain.with(trained), judging) * PERCENT > before * (PERCENT - PAYS_PERCENT)) {
            return null;
        }
        byte[] bytes = trained.bytes();
        List<StoredDictionary> stored = store.dictionaries(tenantId, namespace);
        boolean known = stored.stream().anyMatch(one -> one.id() == trained.id());
        if (known
                || stored.size() >= MAX_VERSIONS
                || store.dictionaryBytes(tenantId) + bytes.length > MAX_TENANT_BYTES) {
            return null;
        }
        long millis = time.wallMillis();
        long created =
                stored.isEmpty() ? millis : Math.max(millis, stored.getFirst().createdMillis() + 1);
        return new StoredDictionary(tenantId, namespace, trained.id(), created, learner.neededUntil(millis), bytes);
    }

    private static long length(Compressor compressor, List<byte[]> values) {
        return values.stream().mapToLong(compressor::lengthOf).sum();
    }
}
