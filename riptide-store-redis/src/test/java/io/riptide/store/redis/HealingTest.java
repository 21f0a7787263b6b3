package io.riptide.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.config.RedisConfig;
import io.riptide.entry.Head;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Condition;
import io.riptide.spi.Departures;
import io.riptide.spi.EntryStore;
import io.riptide.testkit.Await;
import io.riptide.testkit.RedisServer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a lost answer leaves in the index goes soon, and nothing else does. */
class HealingTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

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
    private EntryStore entries;

    @BeforeEach
    void open() {
        server = RedisServer.start();
        RedisConfig config = new RedisConfig(server.url(), RedisConfig.Mode.STANDALONE, 1, 1_000, "");
        node = new Node(config, () -> System.nanoTime() + ahead.get());
        entries = node.backing.entries();
    }

    @AfterEach
    void close() {
        node.close();
        server.close();
    }

    private void laterBySeconds(long seconds) {
        ahead.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    /** Has a removal be done that its caller gave up before: what was there is gone, and its member was left. */
    private void giveUpARemoval() {
        node.put(NEIGHBOUR);
        node.put("k");
        assertThat(server.command("CLIENT", "PAUSE", "60000", "WRITE")).isEqualTo("OK");
        assertThatThrownBy(() -> entries.remove(Node.key("k"), Condition.NONE, System.currentTimeMillis()))
                .isInstanceOf(RipTideException.class);
        assertThat(server.command("CLIENT", "UNPAUSE")).isEqualTo("OK");
        String key = Node.key("k").text();
        Await.until(
                PATIENCE, "it to be done", () -> server.command("EXISTS", key).equals("0"));
        assertThat(entries.usage("acme").entries()).isEqualTo(2);
    }

    private long listedAfterHealing() {
        for (int i = 0; i < 10; i++) {
            var unused = entries.reclaim(System.currentTimeMillis(), Departures.UNHEARD);
        }
        return entries.usage("acme").entries();
    }

    @Test
    void what_a_removal_left_that_was_given_up_is_taken_out_as_soon_as_nobody_may_still_write_it() {
        giveUpARemoval();
        assertThat(server.command("EVAL", AGE, "0")).isEqualTo("OK");
        assertThat(listedAfterHealing()).as("in the first seconds").isEqualTo(2);
        laterBySeconds(Healing.WRITTEN_WITHIN_SECONDS + 2);
        assertThat(listedAfterHealing()).isEqualTo(1);
        assertThat(entries.report()).containsEntry("index_healed", 1L);
        assertThat(entries.list("acme", "ns", null, 10, System.currentTimeMillis())
                        .heads())
                .as("what is there, as old and in the same sorted set")
                .extracting(Head::key)
                .containsExactly(NEIGHBOUR);
    }

    @Test
    void what_may_still_be_written_by_the_servers_time_stays() {
        giveUpARemoval();
        laterBySeconds(Healing.WRITTEN_WITHIN_SECONDS + 2);
        assertThat(listedAfterHealing()).isEqualTo(2);
    }
}
