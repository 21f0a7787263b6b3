package io.riptide.store.redis;

import io.riptide.config.RedisConfig;
import io.riptide.spi.EntryStore;
import io.riptide.testkit.EntryStoreContract;
import io.riptide.testkit.RedisCluster;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ClusterEntryStoreContractTest extends EntryStoreContract {
    private static RedisCluster cluster;

    @BeforeAll
    static void startServer() {
        cluster = RedisCluster.start();
    }

    @AfterAll
    static void stopServer() {
        cluster.close();
    }

    @Override
    protected EntryStore open(Path directory) {
        return Opened.store(
                directory,
                Opened.config(cluster.url(), RedisConfig.Mode.CLUSTER),
                cluster.nodes().subList(0, 3));
    }

    @Override
    protected int replacedTwice() {
        return 1;
    }
}
