package io.riptide.cache;

import io.riptide.entry.Entry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Brings a value that is not cached. */
@FunctionalInterface
public interface Loader {
    /**
     * The value of a key, or that there is none. An exception is not cached unless that was asked for: a {@code
     * RipTideException} reaches all who wait as it is, any other becomes an {@code origin-failed}. It may run on
     * another thread than the caller's, and be interrupted: see {@link LoadOptions}.
     */
    Loaded load(String key) throws Exception;

    /**
     * Whether an entry will do for this caller: one that is cached, or what a load under way for another caller
     * brought. Where it will not, the key is loaded all the same; after another's load for this caller alone, with
     * its timeouts anew, and then nothing of it is kept. Asked at every hit, by any thread: it is to answer at once.
     */
    default boolean accepts(Entry entry) {
        return true;
    }

    /** A value with how it is to be kept, or that there is nothing. */
    final class Loaded {
        private static final Loaded NOTHING = new Loaded();

        private final byte @Nullable [] value;
        private final @Nullable PutOptions options;

        /**
         * A value.
         *
         * @param value the array is taken over
         * @param options how it is kept; null: it is handed to all who wait and not kept
         */
        public Loaded(byte[] value, @Nullable PutOptions options) {
            this.value = Objects.requireNonNull(value, "value");
            this.options = options;
        }

        private Loaded() {
            this.value = null;
            this.options = null;
        }

        /**
         * That there is nothing: a miss for all who wait. What was there before goes, and that there is nothing is
         * remembered where that was asked for.
         */
        public static Loaded nothing() {
            return NOTHING;
        }

        /** Whether there is nothing. */
        public boolean isNothing() {
            return value == null;
        }

        /** The value; an {@code IllegalStateException} where there is none. */
        public byte[] value() {
            if (value == null) {
                throw new IllegalStateException("the loader found nothing");
            }
            return value;
        }

        /** How the value is kept; null: not at all. */
        public @Nullable PutOptions options() {
            return options;
        }

        /** The same value, kept in that way. */
        Loaded keptAs(PutOptions how) {
            return new Loaded(value(), how);
        }
    }
}
