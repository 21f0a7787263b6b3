package io.riptide.store.rocksdb;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A write batch in RocksDB's serialized form, which its write-ahead log holds too: sequence number (8 bytes, zero until
 * it is written) and number of records (4), little-endian; then a record each of tag, column family, key and value, the
 * lengths as varints. So a batch goes over to native memory in one call and needs no native object before. Source:
 * {@code db/write_batch.cc} and {@code db/dbformat.h} of RocksDB. Not safe for several threads.
 */
final class BatchBytes {
    private static final int HEADER = Long.BYTES + Integer.BYTES;
    private static final byte DELETE = 0x04;
    private static final byte PUT = 0x05;
    private static final byte MERGE = 0x06;
    private static final byte DELETE_RANGE = 0x0e;

    private byte[] bytes = new byte[512];
    private int length = HEADER;
    private int count;

    void put(int column, byte[] key, byte[] value) {
        record(PUT, column, key);
        append(value);
    }

    void merge(int column, byte[] key, byte[] operand) {
        record(MERGE, column, key);
        append(operand);
    }

    void delete(int column, byte[] key) {
        record(DELETE, column, key);
    }

    /** Deletes from the first key to before the second. */
    void deleteRange(int column, byte[] from, byte[] to) {
        record(DELETE_RANGE, column, from);
        append(to);
    }

    int count() {
        return count;
    }

    /** Its length as yet. */
    int size() {
        return length;
    }

    /** The whole batch. */
    byte[] serialized() {
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(Long.BYTES, count);
        return Arrays.copyOf(bytes, length);
    }

    private void record(byte tag, int column, byte[] key) {
        need(1 + 5);
        bytes[length++] = tag;
        varint(column);
        append(key);
        count++;
    }

    private void append(byte[] part) {
        need(5 + part.length);
        varint(part.length);
        System.arraycopy(part, 0, bytes, length, part.length);
        length += part.length;
    }

    private void varint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    /** Makes room, and at least doubles it where there is too little. */
    private void need(int more) {
        if (more > bytes.length - length) {
            reserve(Math.addExact(more, length));
        }
    }

    /** Makes room for so many bytes. */
    void reserve(int more) {
        bytes = Arrays.copyOf(bytes, Math.addExact(length, more));
    }
}
