package io.riptide.store.rocksdb;

import io.riptide.entry.StoreKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Keys and values of the rows that the table in the package's description lists. */
final class Rows {
    /** The version of the table. */
    static final long FORMAT_VERSION = 1;

    private static final byte[] FORMAT = ascii("riptide:meta:store:format");
    private static final byte[] SWEPT = ascii("riptide:meta:store:swept");

    private Rows() {}

    static byte[] formatKey() {
        return FORMAT.clone();
    }

    static byte[] sweptKey() {
        return SWEPT.clone();
    }

    /** A row of {@code expiry}. Instants before the epoch sort wrongly and are taken as the epoch. */
    static byte[] expiry(long expiresMillis, byte[] storeKey) {
        return ByteBuffer.allocate(Long.BYTES + storeKey.length)
                .putLong(Math.max(0, expiresMillis))
                .put(storeKey)
                .array();
    }

    /** What every row of {@code expiry} at or after that instant is not less than. */
    static byte[] expiryBound(long millis) {
        return big(Math.max(0, millis));
    }

    static long expiryMillis(byte[] row) {
        return ByteBuffer.wrap(row).getLong();
    }

    static Optional<StoreKey> expiryKey(byte[] row) {
        return storeKey(Arrays.copyOfRange(row, Long.BYTES, row.length));
    }

    static Optional<StoreKey> storeKey(byte[] row) {
        return StoreKey.parse(new String(row, StandardCharsets.US_ASCII));
    }

    static byte[] usageBytes(String tenantId) {
        return ascii(tenantId + ":bytes");
    }

    static byte[] usageEntries(String tenantId) {
        return ascii(tenantId + ":entries");
    }

    static byte[] big(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    static long big(byte[] value) {
        return ByteBuffer.wrap(value).getLong();
    }

    static byte[] little(long value) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }

    static long little(byte[] value) {
        return ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    /** The first key after all keys that begin with the prefix, which ends with a byte below 0xFF. */
    static byte[] after(byte[] prefix) {
        byte[] end = prefix.clone();
        end[end.length - 1]++;
        return end;
    }

    /** The first key after this one. */
    static byte[] next(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
