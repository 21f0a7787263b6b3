package io.riptide.store.redis;

import io.riptide.entry.StoreKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A member of the index; {@link StoredValue} has its layout.
 *
 * @param bytes as it lies there
 * @param key what it stands for
 */
record Member(byte[] bytes, StoreKey key) {
    private static final int HASH = 16;
    private static final int NAME_END = 28;
    private static final int STAMP_AT = 32;
    private static final int NAMESPACE_AT = 41;
    private static final HexFormat HEX = HexFormat.of();

    /** Null where the bytes are none. */
    static @Nullable Member parse(String tenantId, byte[] bytes) {
        int end = bytes.length < NAMESPACE_AT ? Integer.MAX_VALUE : NAMESPACE_AT + (bytes[NAMESPACE_AT - 1] & 0xff);
        if (end > bytes.length) {
            return null;
        }
        String namespace = new String(bytes, NAMESPACE_AT, end - NAMESPACE_AT, StandardCharsets.US_ASCII);
        return StoreKey.isNamespace(namespace)
                ? new Member(bytes, new StoreKey(tenantId, namespace, HEX.formatHex(bytes, 0, HASH)))
                : null;
    }

    /** In which of the sorted sets an entry's member is. */
    static int shard(StoreKey key) {
        return Integer.parseInt(key.hash(), 0, 2, 16) >> 2;
    }

    /** Whether a value is the one that this stands for. */
    boolean standsFor(@Nullable StoredValue value) {
        return value != null && Arrays.equals(bytes, HASH, NAME_END, value.name(), 0, value.name().length);
    }

    /** Of its envelope. */
    long storedBytes() {
        return ByteBuffer.wrap(bytes).getInt(NAME_END) & 0xffff_ffffL;
    }

    long stamp() {
        return ByteBuffer.wrap(bytes).getLong(STAMP_AT);
    }

    /** What names the write. */
    byte[] name() {
        return Arrays.copyOfRange(bytes, HASH, NAME_END);
    }

    /** When it was taken in, by the server's time. */
    long takenMicros() {
        return ByteBuffer.wrap(bytes).getLong(HASH);
    }
}
