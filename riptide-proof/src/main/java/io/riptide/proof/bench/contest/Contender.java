package io.riptide.proof.bench.contest;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** One who keeps values under keys in Redis. For many threads; throws where an answer is not as expected. */
interface Contender extends AutoCloseable {
    /** Bytes of a value. */
    int VALUE_BYTES = 1024;

    /** Reads a key that was written. */
    void read(int key);

    /** Writes over what is there, or not. */
    void write(int key);

    /** Reads so many keys in a row at once. */
    default void readAll(int from, int count) {
        throw new UnsupportedOperationException("batches");
    }

    /** Writes so many keys in a row at once. */
    default void writeAll(int from, int count) {
        throw new UnsupportedOperationException("batches");
    }

    @Override
    void close();

    /** How a key is written. */
    static String name(int key) {
        return "article/" + key;
    }

    /** Bytes that do not compress, of one another for each key, as a new array. */
    static byte[] value(int key) {
        byte[] value = new byte[VALUE_BYTES];
        new SplittableRandom(key).nextBytes(value);
        return value;
    }

    /** Ends the process where a value is none of ours. */
    static void require(boolean asExpected) {
        if (!asExpected) {
            throw new IllegalStateException("an answer was not as expected");
        }
    }

    /** In ASCII. */
    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
