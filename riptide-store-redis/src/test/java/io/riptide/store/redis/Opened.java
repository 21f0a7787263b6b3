package io.riptide.store.redis;

import io.riptide.config.RedisConfig;
import io.riptide.entry.Ciphers;
import io.riptide.spi.EntryStore;
import io.riptide.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;

/** Stores over servers that the tests started. */
final class Opened {
    private Opened() {}

    static RedisConfig config(String url, RedisConfig.Mode mode) {
        return new RedisConfig(url, mode, 2, 10_000, "");
    }

    /** A store over a directory: over empty servers where the directory was not seen before. */
    static EntryStore store(Path directory, RedisConfig config, List<RedisServer> masters) {
        return store(directory, config, masters, Ciphers.NONE);
    }

    static EntryStore store(Path directory, RedisConfig config, List<RedisServer> masters, Ciphers ciphers) {
        Path seen = directory.resolve("seen");
        try {
            if (!Files.exists(seen)) {
                masters.forEach(master -> master.command("FLUSHALL"));
                Files.createFile(seen);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Redis redis = Redis.open(config, System::nanoTime, ciphers);
        return new RedisEntryStore(redis, new RemovalBook(redis), () -> true, RandomGenerator.getDefault());
    }
}
