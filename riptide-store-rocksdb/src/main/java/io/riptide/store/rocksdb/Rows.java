package io.riptide.store.rocksdb;

import io.riptide.entry.Ciphers;
import io.riptide.entry.EntryCipher;
import io.riptide.entry.Removals;
import io.riptide.entry.Scope;
import io.riptide.entry.StoreKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keys and values of the rows that the table in the package's description lists. */
final class Rows {
    /** The version of the table. */
    static final long FORMAT_VERSION = 2;

    private static final byte[] FORMAT = ascii("riptide:meta:store:format");
    private static final String REMOVAL = "riptide:meta:removal:";
    private static final String SEQUENCE = "riptide:meta:sequence:";
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

    /** What all rows of a tenant begin with where the tenant stands first. */
    static byte[] ofTenant(String tenantId) {
        return ascii(tenantId + ":");
    }

    static byte[] usageBytes(String tenantId, String namespace) {
        return ascii(tenantId + ":" + namespace + ":bytes");
    }

    static byte[] usageEntries(String tenantId, String namespace) {
        return ascii(tenantId + ":" + namespace + ":entries");
    }

    /** The namespace whose sum a row of a tenant's {@code usage} is; empty where it is the tenant's own. */
    static Optional<String> usageNamespace(byte[] row) {
        String[] parts = new String(row, StandardCharsets.US_ASCII).split(":", -1);
        return parts.length == 3 ? Optional.of(parts[1]) : Optional.empty();
    }

    /** A row of {@code tag} for an entry, by the tag's name. */
    static byte[] tag(StoreKey key, String tagName) {
        return ascii(key.tenantId() + ":" + tagName + ":" + key.namespace() + ":" + key.hash());
    }

    /** What the rows of a tag begin with, in a namespace or, where that is null, in all. */
    static byte[] tagged(String tenantId, @Nullable String namespace, String tagName) {
        return ascii(tenantId + ":" + tagName + ":" + (namespace == null ? "" : namespace + ":"));
    }

    static StoreKey taggedKey(byte[] row) {
        String[] parts = new String(row, StandardCharsets.US_ASCII).split(":", -1);
        return new StoreKey(parts[0], parts[2], parts[3]);
    }

    /** Where the number of a tenant's latest removal lies. */
    static byte[] sequence(String tenantId) {
        return ascii(SEQUENCE + tenantId);
    }

    /** What the rows of all removals begin with that were not worked off, or of a tenant's. */
    static byte[] removals(@Nullable String tenantId) {
        return ascii(REMOVAL + (tenantId == null ? "" : tenantId + ":"));
    }

    /** Its words as they are, or veiled, which a capital letter says. */
    static byte[] removal(String tenantId, Scope scope, EntryCipher cipher) {
        String rest = switch (scope) {
            case Scope.All all -> "a::";
            case Scope.InNamespace in -> "n:" + in.namespace() + ":";
            case Scope.Tagged tagged ->
                "t:" + (tagged.namespace() == null ? "" : tagged.namespace()) + ":" + cipher.veil(tagged.tag());
            case Scope.Keyed keyed -> "k:" + keyed.namespace() + ":" + cipher.veil(keyed.key());
            case Scope.Prefixed prefixed -> "p:" + prefixed.namespace() + ":" + cipher.veil(prefixed.prefix());
        };
        boolean veiled = cipher.encrypts() && !rest.startsWith("a") && !rest.startsWith("n");
        String kind = rest.substring(0, 1);
        String row = (veiled ? kind.toUpperCase(Locale.ROOT) : kind) + rest.substring(1);
        return (REMOVAL + tenantId + ":" + row).getBytes(StandardCharsets.UTF_8);
    }

    static String removalTenant(byte[] row) {
        return removalParts(row)[0];
    }

    /** What a row of a removal is of; null where its words do not open any more. */
    static @Nullable Scope removalScope(byte[] row, Ciphers ciphers) {
        String[] parts = removalParts(row);
        if (Character.isUpperCase(parts[1].charAt(0))) {
            String word = ciphers.find(parts[0]).unveil(parts[3]);
            if (word == null) {
                return null;
            }
            parts[3] = word;
        }
        return switch (parts[1].toLowerCase(Locale.ROOT)) {
            case "a" -> Scope.ALL;
            case "n" -> new Scope.InNamespace(parts[2]);
            case "t" -> new Scope.Tagged(parts[2].isEmpty() ? null : parts[2], parts[3]);
            case "k" -> new Scope.Keyed(parts[2], parts[3]);
            case "p" -> new Scope.Prefixed(parts[2], parts[3]);
            default -> throw new IllegalStateException("an unknown kind of removal: " + parts[1]);
        };
    }

    private static String[] removalParts(byte[] row) {
        return new String(row, StandardCharsets.UTF_8)
                .substring(REMOVAL.length())
                .split(":", 4);
    }

    static byte[] mark(Removals.Mark mark) {
        return ByteBuffer.allocate(4 * Long.BYTES)
                .putLong(mark.removed())
                .putLong(mark.freed())
                .putLong(mark.staled())
                .putLong(mark.staledMillis())
                .array();
    }

    static Removals.Mark mark(byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        return new Removals.Mark(in.getLong(), in.getLong(), in.getLong(), in.getLong());
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
