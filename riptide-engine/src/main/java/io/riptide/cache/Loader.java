package io.riptide.cache;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Brings a value that is not cached. */
@FunctionalInterface
public interface Loader {
    /**
     * The value of a key. An exception is not cached: a {@code RipTideException} reaches all who wait as it is, any
     * other becomes an {@code origin-failed}. It may run on another thread than the caller's, and be interrupted: see
     * {@link LoadOptions}.
     */
    Loaded load(String key) throws Exception;

    /**
     * A value with how it is to be kept.
     *
     * @param value the array is taken over
     * @param options how; null: it is handed to all who wait and not kept
     */
    record Loaded(byte[] value, @Nullable PutOptions options) {
        public Loaded {
            Objects.requireNonNull(value, "value");
        }
    }
}
