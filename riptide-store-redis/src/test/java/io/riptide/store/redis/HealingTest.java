package io.riptide.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.config.RedisConfig;
import io.riptide.entry.Head;
import io.riptide.spi.Departures;
import io.riptide.testkit.RedisServer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a lost answer leaves in the index goes soon, and nothing else does. */
class HealingTest {
    /** Takes all entries, and all members of the index, for taken in 36 s earlier than they were. */
    private static final String AGE = """
            for shard = 0, 63 do
              local index = 'riptide:meta:index:{acme}:' .. shard
              local members = redis.call('ZRANGE', index, 0, -1, 'WITHSCORES')
              for i = 1, #members, 2 do
                local m = members[i]
                local time = struct.pack('>I8', struct.unpack('>I8', m, 17) - 36000000)
                redis.call('ZREM', index, m)
                redis.call('ZADD', index, members[i + 1], string.sub(m, 1, 16) .. time .. string.sub(m, 25))
                local hash = string.gsub(string.sub(m, 1, 16), '.', function(c)
                  return string.format('%02x', string.byte(c))
                end)
                local value = redis.call('GETRANGE', 'riptide:tenant:acme:ns:' .. hash, 0, 11)
                if value == string.sub(m, 17, 28) then
                  redis.call('SETRANGE', 'riptide:tenant:acme:ns:' .. hash, 0, time)
                end
              end
            end
            return redis.status_reply('OK')""";

    /** Of the same sorted set as {@code k}. */
    private static final String NEIGHBOUR = IntStream.range(0, 10_000)
            .mapToObj(i -> "n" + i)
            .filter(key -> Member.shard(Node.key(key)) == Member.shard(Node.key("k")))
            .findFirst()
            .orElseThrow();

    private final AtomicLong ahead = new AtomicLong();
    private RedisServer server;
    private Node node;
    private Redis redis;
    private Healing healing;

    @BeforeEach
    void open() {
        server = RedisServer.start();
        RedisConfig config = new RedisConfig(server.url(), RedisConfig.Mode.STANDALONE, 1, 1_000, "");
        node = new Node(config);
        redis = Redis.open(config, System::nanoTime);
        healing = new Healing(redis, new Index(redis, 0), () -> System.nanoTime() + ahead.get());
    }

    @AfterEach
    void close() {
        redis.close();
        node.close();
        server.close();
    }

    private void laterBySeconds(long seconds) {
        ahead.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    /** An entry is gone of which nobody knows, and its member is left. */
    private void leaveOneBehind() {
        node.put(NEIGHBOUR);
        node.put("k");
        assertThat(server.command("DEL", Node.key("k").text())).isEqualTo("1");
        healing.doubt(List.of(Node.key("k")));
        assertThat(listed()).isEqualTo(2);
    }

    private long listed() {
        return node.backing.entries().usage("acme").entries();
    }

    private long listedAfterHealing() {
        for (int i = 0; i < 10; i++) {
            healing.healDoubted();
        }
        return listed();
    }

    @Test
    void what_was_left_is_taken_out_as_soon_as_nobody_may_still_write_it() {
        leaveOneBehind();
        assertThat(server.command("EVAL", AGE, "0")).isEqualTo("OK");
        assertThat(listedAfterHealing()).as("in the first seconds").isEqualTo(2);
        laterBySeconds(Healing.WRITTEN_WITHIN_SECONDS + 2);
        assertThat(listedAfterHealing()).isEqualTo(1);
        assertThat(healing.healed()).isEqualTo(1);
        assertThat(node.backing
                        .entries()
                        .list("acme", "ns", null, 10, System.currentTimeMillis())
                        .heads())
                .as("what is there, as old and in the same sorted set")
                .extracting(Head::key)
                .containsExactly(NEIGHBOUR);
    }

    @Test
    void what_may_still_be_written_by_the_servers_time_stays() {
        leaveOneBehind();
        laterBySeconds(Healing.WRITTEN_WITHIN_SECONDS + 2);
        assertThat(listedAfterHealing()).isEqualTo(2);
    }

    @Test
    void upkeep_finds_what_nobody_doubts() {
        node.put(NEIGHBOUR);
        node.put("k");
        assertThat(server.command("DEL", Node.key("k").text())).isEqualTo("1");
        assertThat(server.command("EVAL", AGE, "0")).isEqualTo("OK");
        var unused = node.backing.entries().sweep(System.currentTimeMillis(), Departures.UNHEARD);
        assertThat(listed()).isEqualTo(1);
        assertThat(node.backing.entries().report()).containsEntry("index_healed", 1L);
    }
}
