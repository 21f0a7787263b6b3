package io.riptide.store.redis;

import io.riptide.entry.Scope;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A walk over those members of a tenant's index that a scope may cover and that are stamped below a number. What is
 * there all along is met at least once. One thread.
 */
final class Walk {
    private static final byte[] LOOKED_AT = MetaKeys.ascii("1000");
    private static final byte[] BEGIN = MetaKeys.ascii("0");

    private final Redis redis;
    private final String tenantId;
    private final byte[] namespace;
    private final byte[] tag;
    private final byte[] below;
    private final int end;
    private int shard;
    private byte[] cursor = BEGIN;
    private long serverMicros;

    /** Over all sorted sets. */
    Walk(Redis redis, String tenantId, Scope scope, long below) {
        this(redis, tenantId, scope, below, 0, MetaKeys.SHARDS);
    }

    /** Over some of the sorted sets. */
    Walk(Redis redis, String tenantId, Scope scope, long below, int from, int to) {
        this.redis = redis;
        this.tenantId = tenantId;
        this.namespace = MetaKeys.ascii(ScopeText.namespace(scope));
        this.tag = scope instanceof Scope.Tagged tagged
                ? ByteBuffer.allocate(4)
                        .putInt(StoredValue.digest(tagged.tag(), redis.ciphers().of(tenantId)))
                        .array()
                : new byte[0];
        this.below = Index.number(below);
        this.shard = from;
        this.end = to;
    }

    boolean ended() {
        return shard >= end;
    }

    /** Which sorted set is walked over. */
    int shard() {
        return shard;
    }

    /** The server's time at the last step, epoch microseconds. */
    long serverMicros() {
        return serverMicros;
    }

    /** The next ones, which may be none although the walk has not ended. */
    List<Member> next() {
        byte[][] keys = {MetaKeys.index(tenantId, shard)};
        byte[][] arguments = {cursor, LOOKED_AT, namespace, tag, below};
        Call<List<Object>> call = Call.script(Scripts.WALK, keys, arguments);
        redis.run(tenantId, List.of(call));
        List<Object> answer = call.answer();
        cursor = (byte[]) answer.getFirst();
        if (new String(cursor, StandardCharsets.US_ASCII).equals("0")) {
            cursor = BEGIN;
            shard++;
        }
        serverMicros = (Long) answer.get(1);
        List<Member> members = new ArrayList<>();
        for (Object bytes : answer.subList(2, answer.size())) {
            Member member = Member.parse(tenantId, (byte[]) bytes);
            if (member != null) {
                members.add(member);
            }
        }
        return members;
    }
}
