package io.riptide.cache;

import io.riptide.grant.TenantGrant;
import io.riptide.spi.StoredDictionary;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One namespace's dictionary in use, and what is learned for the next one: when it is time to sample values and train
 * again. Any number of threads; a write costs a few plain reads and additions here.
 */
final class Learner {
    /** Bytes of values after which a first successor is tried; each that does not pay doubles them. */
    static final long FIRST_TRIAL_BYTES = 2L << 20;

    static final long LAST_TRIAL_BYTES = 1L << 30;
    /** Over so many bytes of values it is looked how much they shrink. */
    static final long WINDOW_BYTES = 1L << 20;
    /** By so many percent larger entries than at first bring the next trial forward. */
    static final int DRIFT_PERCENT = 10;
    /** Of the values that are written while a successor is tried, one in so many is sampled. */
    static final int ONE_IN = 8;

    private static final int PERCENT = 100;
    private static final long MARGIN_MILLIS = 60_000;
    private static final long SHORTEST_SLACK_MILLIS = 600_000;

    private final TenantGrant grant;
    private final String namespace;
    private final Samples samples;
    private final AtomicBoolean queued = new AtomicBoolean();
    private volatile @Nullable Current current;
    /** The longest time that an entry was to be kept, of those written with this dictionary or before the first. */
    private final AtomicLong longestMillis = new AtomicLong();

    private final AtomicLong writtenBytes = new AtomicLong();
    private final AtomicLong writtenValues = new AtomicLong();
    private volatile boolean sampling;
    private volatile boolean enough;
    private volatile long trialBytes = FIRST_TRIAL_BYTES / 2;
    private volatile Window window = new Window(0);

    /**
     * The dictionary that values are written with.
     *
     * @param id its number
     * @param createdMillis when it was made
     * @param neededUntilMillis until when the store keeps it: no entry is written with it that is kept any longer
     */
    record Current(int id, long createdMillis, long neededUntilMillis) {}

    /** Begins with the newest of the dictionaries that the store has. */
    Learner(TenantGrant grant, String namespace, SampleRoom room, List<StoredDictionary> stored) {
        this.grant = grant;
        this.namespace = namespace;
        this.samples = new Samples(room, grant.tenantId());
        if (stored.isEmpty()) {
            sampling = true;
        } else {
            use(stored.getFirst());
        }
    }

    TenantGrant grant() {
        return grant;
    }

    String namespace() {
        return namespace;
    }

    @Nullable Current current() {
        return current;
    }

    /** The dictionary in use is this one from now on. */
    void use(StoredDictionary dictionary) {
        Current was = current;
        current = new Current(dictionary.id(), dictionary.createdMillis(), dictionary.neededUntilMillis());
        if (was == null || was.id() != dictionary.id()) {
            longestMillis.set(0);
            watch(FIRST_TRIAL_BYTES);
        }
    }

    /** The dictionary in use is not in the store any more: values are written without one until the next is trained. */
    void lost(Current gone) {
        if (gone.equals(current)) {
            current = null;
            sampling = true;
        }
    }

    /** A trial came to nothing. */
    void rest() {
        watch(Math.min(2 * trialBytes, LAST_TRIAL_BYTES));
    }

    private void watch(long nextTrialBytes) {
        var unused = samples.drain();
        enough = false;
        sampling = false;
        trialBytes = nextTrialBytes;
        writtenBytes.set(0);
        window = new Window(0);
    }

    /** The dictionary with which an entry may be written that is kept until then, or null for none. */
    @Nullable Current fitting(long keptMillis) {
        Current now = current;
        return now != null && keptMillis + MARGIN_MILLIS <= now.neededUntilMillis() ? now : null;
    }

    /**
     * Notes an entry that was sealed and that a dictionary can serve; true where this namespace is now to be seen to
     * and nobody was told of that yet.
     */
    boolean wrote(byte[] value, int storedBytes, long keptMillis, long nowMillis) {
        long life = keptMillis - nowMillis;
        if (life > longestMillis.get()) {
            longestMillis.accumulateAndGet(life, Math::max);
        }
        long sum = writtenBytes.addAndGet(value.length);
        if (!sampling) {
            boolean drifted = window.add(value.length, storedBytes);
            if (window.full()) {
                window = new Window(window.first());
            }
            sampling = sum >= trialBytes || (drifted && sum >= trialBytes / ONE_IN);
        } else if (!enough && (current == null || writtenValues.incrementAndGet() % ONE_IN == 0)) {
            enough = samples.offer(value, current == null ? Samples.FEW_BYTES : Samples.ENOUGH_BYTES);
        }
        return (enough || extension(nowMillis) > 0) && queued.compareAndSet(false, true);
    }

    /** It does not wait any more, or there was no room to. */
    void unqueue() {
        queued.set(false);
    }

    /** Whether there are enough samples to train on. */
    boolean trainable() {
        return enough;
    }

    List<byte[]> drainSamples() {
        return samples.drain();
    }

    /**
     * Until when a dictionary is to be kept that is used from now on: twice as long as what is written now, so that
     * it is not written anew all the time, and namespaces that are seldom written to find it.
     */
    long neededUntil(long nowMillis) {
        long longest = longestMillis.get();
        return nowMillis + longest + slack(longest);
    }

    private static long slack(long longest) {
        return Math.max(longest, SHORTEST_SLACK_MILLIS);
    }

    /** Until when the dictionary in use is to be kept from now on, or 0 where it is kept long enough as yet. */
    long extension(long nowMillis) {
        Current now = current;
        long longest = longestMillis.get();
        long wanted = nowMillis + longest + slack(longest) / 4 * 3;
        return now == null || now.neededUntilMillis() >= wanted ? 0 : neededUntil(nowMillis);
    }

    /** Lets go of the samples. */
    void close() {
        samples.close();
    }

    /** How much values shrink, over some of them, beside how much they did at first. */
    private static final class Window {
        private final AtomicLong values = new AtomicLong();
        private final AtomicLong stored = new AtomicLong();
        private final double first;

        Window(double first) {
            this.first = first;
        }

        /** Adds an entry; true where the window is full and its entries are that much larger than the first ones. */
        boolean add(long valueBytes, long storedBytes) {
            long values = this.values.addAndGet(valueBytes);
            long stored = this.stored.addAndGet(storedBytes);
            return first > 0 && values >= WINDOW_BYTES && stored * PERCENT > first * values * (PERCENT + DRIFT_PERCENT);
        }

        boolean full() {
            return values.get() >= WINDOW_BYTES;
        }

        /** What later windows are compared with. */
        double first() {
            return first > 0 ? first : (double) stored.get() / values.get();
        }
    }
}
