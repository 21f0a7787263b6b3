package io.riptide.entry;

import java.util.List;
import java.util.Optional;

/**
 * What is known of an entry without its body: small, so that listing, overwriting and accounting never read a body.
 *
 * @param key the full key
 * @param contentType media type of the value, or empty where none was given
 * @param createdMillis when it was written, epoch milliseconds
 * @param expiresMillis when it ends, epoch milliseconds; the entry is gone at this instant, or stale
 * @param keptMillis until when its bytes are kept for those who take a stale entry, epoch milliseconds; at least {@code
 *     expiresMillis}, and equal to it where nothing is kept
 * @param version differs with each write of the key; the base of its ETag
 * @param valueBytes length of the value as the caller gave it
 * @param storedBytes length of the whole envelope as it lies in the store; what {@code storage_bytes} counts
 * @param tags at most 16
 * @param generations what the writer knew of removals: the number of its tenant's latest one ({@link #stamp()}), or
 *     nothing where there had been none
 */
public record Head(
        String key,
        String contentType,
        long createdMillis,
        long expiresMillis,
        long keptMillis,
        long version,
        int valueBytes,
        int storedBytes,
        List<String> tags,
        List<Long> generations) {
    /** Longest value in bytes: what a reader allocates at most, and above what a configuration may allow. */
    public static final int MAX_VALUE_BYTES = 64 << 20;
    /** Longest content type in bytes of UTF-8. */
    public static final int MAX_CONTENT_TYPE_BYTES = 255;
    /** Most tags of an entry. */
    public static final int MAX_TAGS = 16;
    /** Longest tag in bytes of UTF-8; the shortest is 1. */
    public static final int MAX_TAG_BYTES = 128;
    /** Most generations of an entry. */
    public static final int MAX_GENERATIONS = 32;

    public Head {
        if (keptMillis < expiresMillis) {
            throw new IllegalArgumentException(
                    "keptMillis: " + keptMillis + " (expected: at least expiresMillis, " + expiresMillis + ")");
        }
        tags = List.copyOf(tags);
        generations = List.copyOf(generations);
    }

    /** The head of an entry that is not kept beyond its end. */
    public Head(
            String key,
            String contentType,
            long createdMillis,
            long expiresMillis,
            long version,
            int valueBytes,
            int storedBytes,
            List<String> tags,
            List<Long> generations) {
        this(
                key,
                contentType,
                createdMillis,
                expiresMillis,
                expiresMillis,
                version,
                valueBytes,
                storedBytes,
                tags,
                generations);
    }

    /** Whether the entry has ended at {@code nowMillis}. */
    public boolean expiredAt(long nowMillis) {
        return expiresMillis <= nowMillis;
    }

    /**
     * Whether it stands for there being nothing: such a one ended at the epoch, so that it counts as absent from the
     * start, and is kept for as long as that is remembered.
     */
    public boolean saysNothing() {
        return expiresMillis == 0;
    }

    /** The number of the tenant's latest removal that its writer knew; 0 for none. */
    public long stamp() {
        return generations.isEmpty() ? 0 : generations.getFirst();
    }

    /** What {@code generations} is for a stamp. */
    public static List<Long> generations(long stamp) {
        return stamp == 0 ? List.of() : List.of(stamp);
    }

    /** Whether its bytes are not kept any more at {@code nowMillis}. */
    public boolean goneAt(long nowMillis) {
        return keptMillis <= nowMillis;
    }

    /** The same, ended at that instant where it does not end before it. */
    Head endedAt(long millis) {
        return new Head(
                key,
                contentType,
                createdMillis,
                Math.min(expiresMillis, millis),
                keptMillis,
                version,
                valueBytes,
                storedBytes,
                tags,
                generations);
    }

    /** The same of another length: of the value as it was given, and of the whole envelope. */
    Head lengths(int valueBytes, int storedBytes) {
        return new Head(
                key,
                contentType,
                createdMillis,
                expiresMillis,
                keptMillis,
                version,
                valueBytes,
                storedBytes,
                tags,
                generations);
    }

    /**
     * As it lies in a store beside its envelope; {@code HeadSection} holds the layout. Throws {@code
     * IllegalArgumentException} where a part is out of bounds or a text is not well-formed.
     */
    public byte[] encode() {
        return HeadSection.encode(this);
    }

    /** Parses what {@link #encode} gave; empty for any other bytes, never an exception. */
    public static Optional<Head> parse(byte[] bytes) {
        return Optional.ofNullable(HeadSection.decode(bytes));
    }
}
