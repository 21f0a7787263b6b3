package io.riptide.store.redis;

import io.riptide.config.RedisConfig;
import io.riptide.entry.Ciphers;
import io.riptide.spi.EntryStore;
import io.riptide.testkit.EncryptedTenants;
import io.riptide.testkit.EntryStoreContract;
import io.riptide.testkit.RedisServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The same contract for tenants that are encrypted, beside one that is not. */
class EncryptedRedisEntryStoreTest extends EntryStoreContract {
    private static RedisServer server;

    private final Ciphers ciphers = new EncryptedTenants();

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
        RedisConfig config = Opened.config(server.url(), RedisConfig.Mode.STANDALONE);
        return Opened.store(directory, config, List.of(server), ciphers);
    }

    @Override
    protected Ciphers ciphers() {
        return ciphers;
    }

    @Override
    protected int replacedTwice() {
        return 1;
    }
}
