package io.riptide.store.redis;

import io.riptide.config.RedisConfig;
import io.riptide.spi.EntryStore;
import io.riptide.testkit.EntryStoreContract;
import io.riptide.testkit.RedisServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RedisEntryStoreContractTest extends EntryStoreContract {
    private static RedisServer server;

    @BeforeAll
    static void startServer() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    protected EntryStore open(Path directory) {
        return Opened.store(directory, Opened.config(server.url(), RedisConfig.Mode.STANDALONE), List.of(server));
    }

    @Override
    protected int replacedTwice() {
        return 1;
    }
}
