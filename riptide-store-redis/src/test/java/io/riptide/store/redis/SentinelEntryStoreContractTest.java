package io.riptide.store.redis;

import io.riptide.config.RedisConfig;
import io.riptide.spi.EntryStore;
import io.riptide.testkit.EntryStoreContract;
import io.riptide.testkit.RedisSentinels;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class SentinelEntryStoreContractTest extends EntryStoreContract {
    private static RedisSentinels sentinels;

    @BeforeAll
    static void startServer() {
        sentinels = RedisSentinels.start();
    }

    @AfterAll
    static void stopServer() {
        sentinels.close();
    }

    @Override
    protected EntryStore open(Path directory) {
        return Opened.store(
                directory, Opened.config(sentinels.url(), RedisConfig.Mode.SENTINEL), List.of(sentinels.master()));
    }

    @Override
    protected int replacedTwice() {
        return 1;
    }
}
