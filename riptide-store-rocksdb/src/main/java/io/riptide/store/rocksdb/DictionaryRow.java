package io.riptide.store.rocksdb;

import io.riptide.entry.StoreKey;
import io.riptide.spi.StoredDictionary;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a dictionary, as the package's description lists them. Its value, numbers big-endian:
 *
 * <pre>
 * at   bytes  what
 *  0   1      version of this format: 1
 *  1   8      created, epoch milliseconds
 *  9   8      needed until, epoch milliseconds
 * 17          the dictionary
 * n-4  4      CRC32C of the row's key, then of all bytes before this field
 * </pre>
 */
final class DictionaryRow {
    private static final String PREFIX = "riptide:meta:dictionary:";
    private static final String END_PREFIX = "riptide:meta:dictionary-end:";
    private static final int MILLIS_DIGITS = 16;
    private static final byte FORMAT = 1;
    private static final int BYTES_AT = 17;
    private static final int CHECKSUM_BYTES = 4;

    private DictionaryRow() {}

    /** What the keys of a tenant's begin with. */
    static byte[] prefix(String tenantId) {
        return Rows.ascii(PREFIX + requireTenant(tenantId) + ":");
    }

    /** What the keys of a tenant's namespace begin with. */
    static byte[] prefix(String tenantId, String namespace) {
        if (!StoreKey.isNamespace(namespace)) {
            throw new IllegalArgumentException("not a namespace");
        }
        return Rows.ascii(PREFIX + requireTenant(tenantId) + ":" + namespace + ":");
    }

    private static String requireTenant(String tenantId) {
        if (!StoreKey.isTenantId(tenantId)) {
            throw new IllegalArgumentException("not a tenant's id");
        }
        return tenantId;
    }

    static byte[] key(String tenantId, String namespace, int id) {
        byte[] prefix = prefix(tenantId, namespace);
        byte[] digits = Rows.ascii(HexFormat.of().toHexDigits(id));
        return ByteBuffer.allocate(prefix.length + digits.length)
                .put(prefix)
                .put(digits)
                .array();
    }

    static byte[] key(StoredDictionary dictionary) {
        return key(dictionary.tenantId(), dictionary.namespace(), dictionary.id());
    }

    /** The row by which a dictionary's end is found. Instants before the epoch are taken as the epoch. */
    static byte[] end(StoredDictionary dictionary) {
        String key = new String(key(dictionary), StandardCharsets.US_ASCII);
        return Rows.ascii(endPrefix(dictionary.neededUntilMillis()) + key.substring(PREFIX.length()));
    }

    /** What every row of an end begins with. */
    static byte[] ends() {
        return Rows.ascii(END_PREFIX);
    }

    /** What the rows of ends after that instant are not less than, and those up to it are less than. */
    static byte[] endsAfter(long millis) {
        return Rows.ascii(endPrefix(millis == Long.MAX_VALUE ? millis : millis + 1));
    }

    private static String endPrefix(long millis) {
        return END_PREFIX + HexFormat.of().toHexDigits(Math.max(0, millis)) + ":";
    }

    static long endMillis(byte[] end) {
        return HexFormat.fromHexDigitsToLong(
                new String(end, END_PREFIX.length(), MILLIS_DIGITS, StandardCharsets.US_ASCII));
    }

    static byte[] keyOfEnd(byte[] end) {
        int at = END_PREFIX.length() + MILLIS_DIGITS + 1;
        return Rows.ascii(PREFIX + new String(end, at, end.length - at, StandardCharsets.US_ASCII));
    }

    static byte[] value(StoredDictionary dictionary) {
        ByteBuffer out = ByteBuffer.allocate(BYTES_AT + dictionary.bytes().length + CHECKSUM_BYTES);
        out.put(FORMAT).putLong(dictionary.createdMillis()).putLong(dictionary.neededUntilMillis());
        out.put(dictionary.bytes());
        out.putInt(checksum(key(dictionary), out.array()));
        return out.array();
    }

    /** Null where the value is not one of that key. */
    static @Nullable StoredDictionary parse(byte[] key, byte[] value) {
        String[] names = new String(key, PREFIX.length(), key.length - PREFIX.length(), StandardCharsets.US_ASCII)
                .split(":", -1);
        boolean whole = names.length == 3
                && value.length >= BYTES_AT + CHECKSUM_BYTES
                && value[0] == FORMAT
                && ByteBuffer.wrap(value).getInt(value.length - CHECKSUM_BYTES) == checksum(key, value);
        if (!whole) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(value, 1, value.length - 1);
        return new StoredDictionary(
                names[0],
                names[1],
                HexFormat.fromHexDigits(names[2]),
                in.getLong(),
                in.getLong(),
                Arrays.copyOfRange(value, BYTES_AT, value.length - CHECKSUM_BYTES));
    }

    /** The same one, needed until another instant. */
    static StoredDictionary needed(StoredDictionary old, long untilMillis) {
        return new StoredDictionary(
                old.tenantId(), old.namespace(), old.id(), old.createdMillis(), untilMillis, old.bytes());
    }

    private static int checksum(byte[] key, byte[] value) {
        CRC32C crc = new CRC32C();
        crc.update(key);
        crc.update(value, 0, value.length - CHECKSUM_BYTES);
        return (int) crc.getValue();
    }
}
