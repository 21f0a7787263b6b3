package io.riptide.entry;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A cached value with what is known of it. Immutable; the value is never copied on its way to a caller, who sees it
 * through a view.
 */
public final class Entry {
    private final Head head;
    private final byte[] value;

    /** Takes the array over: the caller keeps no reference to it. */
    public Entry(Head head, byte[] value) {
        this.head = head;
        this.value = value;
    }

    /** All that is known besides the value. */
    public Head head() {
        return head;
    }

    /** Length of the value in bytes. */
    public int size() {
        return value.length;
    }

    /** The value, read-only, without a copy. */
    public ByteBuffer value() {
        return ByteBuffer.wrap(value).asReadOnlyBuffer();
    }

    /** The value as an array of the caller's own. */
    public byte[] toByteArray() {
        return value.clone();
    }

    /** Hands the bytes to a sink without a copy; the sink neither keeps nor changes the array. */
    public void writeTo(Sink sink) throws IOException {
        sink.write(value, 0, value.length);
    }

    /** Where bytes go, for example a response. It must neither keep nor change the array. */
    @FunctionalInterface
    public interface Sink {
        /** Takes {@code length} bytes from {@code offset}. */
        void write(byte[] bytes, int offset, int length) throws IOException;
    }

    @Override
    public String toString() {
        return "Entry[" + head.valueBytes() + " bytes]";
    }
}
