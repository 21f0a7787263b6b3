package io.riptide.entry;

import com.github.luben.zstd.ZstdDictCompress;
import com.github.luben.zstd.ZstdDictDecompress;
import com.github.luben.zstd.ZstdDictTrainer;
import com.github.luben.zstd.ZstdException;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What values of one kind have in common, so that each need not say it again: a Zstandard dictionary (RFC 8878, section
 * 6). It holds pieces of the values that it was trained on and so belongs to whom they belong to.
 *
 * <p>Bounds: at most {@value #MAX_BYTES} bytes; with its native memory about {@link #footprintBytes}. Threads: any
 * number at once. Native memory is made with the first use in each direction and freed with {@link #close}, once the
 * last call that uses it is done. A call that meets a closed one works all the same, on native memory of its own.
 */
public final class Dictionary implements AutoCloseable {
    /** The largest that is taken, and that is trained. */
    public static final int MAX_BYTES = 32 << 10;

    /** As for values without one: a level above costs five times the native memory and saves a hundredth more. */
    private static final int LEVEL = 1;

    private static final int MAGIC = 0xEC30A437;
    private static final int ID_AT = 4;
    private static final int MIN_BYTES = 256;
    private static final int TABLES_BYTES = 80 << 10;

    private final byte[] bytes;
    private final int id;
    private final AtomicReference<@Nullable NativeShare<ZstdDictCompress>> shrinking = new AtomicReference<>();
    private final AtomicReference<@Nullable NativeShare<ZstdDictDecompress>> expanding = new AtomicReference<>();
    private volatile boolean closed;

    private Dictionary(byte[] bytes, int id) {
        this.bytes = bytes;
        this.id = id;
    }

    /** Takes a dictionary's bytes, whose array it takes over; empty where they are none, never an exception. */
    public static Optional<Dictionary> parse(byte[] bytes) {
        if (bytes.length < MIN_BYTES || bytes.length > MAX_BYTES) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int id = in.getInt(ID_AT);
        if (in.getInt(0) != MAGIC || id == 0) {
            return Optional.empty();
        }
        Dictionary dictionary = new Dictionary(bytes, id);
        try {
            dictionary.use(dictionary.expanding, dictionary::digestToExpand).leave();
            return Optional.of(dictionary);
        } catch (IllegalStateException e) {
            return Optional.empty();
        }
    }

    /**
     * Trains a dictionary, with the algorithm and the settings that Zstandard's library takes by default (COVER, see
     * Liao, Petri, Moffat, Wirth: Effective construction of relative Lempel-Ziv dictionaries, 2016). Empty where there
     * are too few samples or they have too little in common. Takes about 50 ms of the thread that calls for each MiB of
     * samples, and that much native memory. Its id follows from its contents.
     */
    public static Optional<Dictionary> train(List<byte[]> samples) {
        int total = samples.stream().mapToInt(sample -> sample.length).reduce(0, Math::addExact);
        ZstdDictTrainer trainer = new ZstdDictTrainer(total, MAX_BYTES);
        samples.forEach(trainer::addSample);
        try {
            return parse(trainer.trainSamples());
        } catch (ZstdException e) {
            return Optional.empty();
        }
    }

    /** The number under which frames name it; not zero. */
    public int id() {
        return id;
    }

    /** A copy of its bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** About how much memory it takes while it is used in both directions, with its native copies and tables. */
    public int footprintBytes() {
        return 3 * bytes.length + TABLES_BYTES;
    }

    int shrink(ZstdContexts contexts, byte[] value, byte[] into) {
        NativeShare<ZstdDictCompress> share = use(shrinking, () -> new ZstdDictCompress(bytes, LEVEL));
        try {
            return contexts.shrink(value, into, share.get());
        } finally {
            share.leave();
        }
    }

    boolean expand(ZstdContexts contexts, byte[] from, int offset, int length, byte[] into) {
        NativeShare<ZstdDictDecompress> share = use(expanding, this::digestToExpand);
        try {
            return contexts.expand(from, offset, length, into, share.get());
        } finally {
            share.leave();
        }
    }

    private ZstdDictDecompress digestToExpand() {
        return new ZstdDictDecompress(bytes);
    }

    /** The share in the place, or one that is made and, while this is open, put there. To be left. */
    private <T extends Closeable> NativeShare<T> use(
            AtomicReference<@Nullable NativeShare<T>> place, Supplier<T> maker) {
        NativeShare<T> there = place.get();
        if (there != null && there.enter()) {
            return there;
        }
        NativeShare<T> made = new NativeShare<>(maker.get());
        if (!place.compareAndSet(null, made)) {
            made.leave();
        } else if (closed) {
            empty(place);
        }
        return made;
    }

    private static <T extends Closeable> void empty(AtomicReference<@Nullable NativeShare<T>> place) {
        NativeShare<T> was = place.getAndSet(null);
        if (was != null) {
            was.leave();
        }
    }

    /** Lets go of native memory. Idempotent. */
    @Override
    public void close() {
        closed = true;
        empty(shrinking);
        empty(expanding);
    }

    /** Whether native memory is held for calls to come. */
    boolean holdsNativeMemory() {
        return shrinking.get() != null || expanding.get() != null;
    }
}
