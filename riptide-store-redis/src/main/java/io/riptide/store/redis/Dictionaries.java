package io.riptide.store.redis;

import io.lettuce.core.protocol.CommandType;
import io.riptide.spi.StoredDictionary;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Dictionaries of tenants' namespaces: a hash for each tenant, whose fields are {@code namespace:id}. A value is, with
 * numbers in big-endian: created and needed until, epoch milliseconds, 8 bytes each; the dictionary; CRC32C of the
 * field and all that, 4 bytes.
 */
final class Dictionaries {
    private static final int TIMES = 16;
    private static final int CHECKSUM = 4;

    /**
     * Keeps one, or an older one of that name for longer. Keys: dictionaries, usage. Arguments: field, value, until
     * when it is needed, and the value that was read, or nothing. Answers {0} where another is there than was read.
     */
    private static final Script KEEP = new Script("""
            if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[4] then return {0} end
            redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
            local first = redis.call('HGET', KEYS[2], 'x')
            if not first or tonumber(ARGV[3]) < tonumber(first) then redis.call('HSET', KEYS[2], 'x', ARGV[3]) end
            return {1, redis.call('HLEN', KEYS[2])}
            """);

    /**
     * Removes those that are not needed any more. Keys: dictionaries, usage. Argument: the instant. Times are read as
     * numbers: exact for as long as they are below 2^53.
     */
    private static final Script SWEEP = new Script("""
            local all = redis.call('HGETALL', KEYS[1])
            local first = nil
            for i = 1, #all, 2 do
              local needed = struct.unpack('>I8', all[i + 1], 9)
              if needed <= tonumber(ARGV[1]) then
                redis.call('HDEL', KEYS[1], all[i])
              elseif not first or needed < first then
                first = needed
              end
            end
            if first then
              redis.call('HSET', KEYS[2], 'x', string.format('%.0f', first))
            else
              redis.call('HDEL', KEYS[2], 'x')
            end
            return {}
            """);

    private final Redis redis;

    Dictionaries(Redis redis) {
        this.redis = redis;
    }

    void keep(StoredDictionary dictionary) {
        String tenantId = dictionary.tenantId();
        byte[] field = field(dictionary.namespace(), dictionary.id());
        boolean done = false;
        while (!done) {
            byte[] there = get(tenantId, field);
            StoredDictionary old = there == null ? null : parse(tenantId, field, there);
            if (old != null && old.neededUntilMillis() >= dictionary.neededUntilMillis()) {
                return;
            }
            StoredDictionary kept = old == null
                    ? dictionary
                    : new StoredDictionary(
                            tenantId,
                            old.namespace(),
                            old.id(),
                            old.createdMillis(),
                            dictionary.neededUntilMillis(),
                            old.bytes());
            byte[][] keys = {MetaKeys.dictionaries(tenantId), MetaKeys.usage(tenantId)};
            byte[][] arguments = {
                field, value(field, kept), Index.number(kept.neededUntilMillis()), there == null ? new byte[0] : there
            };
            Call<List<Object>> call = Call.script(KEEP, keys, arguments);
            redis.run(tenantId, List.of(call));
            done = (Long) call.answer().getFirst() == 1;
        }
        redis.run(tenantId, List.of(Call.number(CommandType.SADD, MetaKeys.tenants(), MetaKeys.ascii(tenantId))));
    }

    private byte @Nullable [] get(String tenantId, byte[] field) {
        Call<byte[]> call = Call.bytes(CommandType.HGET, MetaKeys.dictionaries(tenantId), field);
        redis.run(tenantId, List.of(call));
        return call.orNull();
    }

    @Nullable StoredDictionary find(String tenantId, String namespace, int id) {
        byte[] field = field(namespace, id);
        byte[] value = get(tenantId, field);
        return value == null ? null : parse(tenantId, field, value);
    }

    /** Those of a namespace that are whole, the newest first. */
    List<StoredDictionary> all(String tenantId, String namespace) {
        List<StoredDictionary> found = new ArrayList<>();
        List<Object> fields = fields(tenantId);
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            StoredDictionary one = parse(tenantId, (byte[]) fields.get(i), (byte[]) fields.get(i + 1));
            if (one != null && one.namespace().equals(namespace)) {
                found.add(one);
            }
        }
        found.sort(Comparator.comparingLong(StoredDictionary::createdMillis)
                .thenComparingInt(StoredDictionary::id)
                .reversed());
        return found;
    }

    long bytes(String tenantId) {
        List<Object> fields = fields(tenantId);
        long sum = 0;
        for (int i = 1; i < fields.size(); i += 2) {
            sum += ((byte[]) fields.get(i)).length;
        }
        return sum;
    }

    private List<Object> fields(String tenantId) {
        Call<List<Object>> call = Call.list(CommandType.HGETALL, MetaKeys.dictionaries(tenantId));
        redis.run(tenantId, List.of(call));
        return call.answer();
    }

    void sweep(String tenantId, long nowMillis) {
        byte[][] keys = {MetaKeys.dictionaries(tenantId), MetaKeys.usage(tenantId)};
        redis.run(tenantId, List.of(Call.script(SWEEP, keys, new byte[][] {Index.number(nowMillis)})));
    }

    private static byte[] field(String namespace, int id) {
        return MetaKeys.ascii(namespace + ":" + id);
    }

    private static byte[] value(byte[] field, StoredDictionary dictionary) {
        byte[] bytes = dictionary.bytes();
        ByteBuffer out = ByteBuffer.allocate(TIMES + bytes.length + CHECKSUM);
        out.putLong(dictionary.createdMillis())
                .putLong(dictionary.neededUntilMillis())
                .put(bytes);
        out.putInt(checksum(field, out.array()));
        return out.array();
    }

    private static @Nullable StoredDictionary parse(String tenantId, byte[] field, byte[] value) {
        String[] name = new String(field, StandardCharsets.US_ASCII).split(":", 2);
        int end = value.length - CHECKSUM;
        if (end < TIMES || name.length != 2 || ByteBuffer.wrap(value).getInt(end) != checksum(field, value)) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(value);
        return new StoredDictionary(
                tenantId,
                name[0],
                Integer.parseInt(name[1]),
                in.getLong(),
                in.getLong(),
                Arrays.copyOfRange(value, TIMES, end));
    }

    private static int checksum(byte[] field, byte[] value) {
        CRC32C crc = new CRC32C();
        crc.update(field, 0, field.length);
        crc.update(value, 0, value.length - CHECKSUM);
        return (int) crc.getValue();
    }
}
