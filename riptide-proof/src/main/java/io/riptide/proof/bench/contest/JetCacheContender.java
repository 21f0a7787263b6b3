package io.riptide.proof.bench.contest;

import com.alicp.jetcache.Cache;
import com.alicp.jetcache.SimpleCacheManager;
import com.alicp.jetcache.anno.CacheType;
import com.alicp.jetcache.embedded.CaffeineCacheBuilder;
import com.alicp.jetcache.redis.lettuce.RedisLettuceCacheBuilder;
import com.alicp.jetcache.support.Kryo5ValueDecoder;
import com.alicp.jetcache.support.Kryo5ValueEncoder;
import com.alicp.jetcache.template.CacheBuilderTemplate;
import com.alicp.jetcache.template.NotifyMonitorInstaller;
import com.alicp.jetcache.template.QuickConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.Map;

/** JetCache in two levels, Caffeine over Redis by Lettuce; changes are told on a channel. */
final class JetCacheContender implements Contender {
    private static final String AREA = "default";

    private final RedisClient client;
    private final SimpleCacheManager manager = new SimpleCacheManager();
    private final Cache<String, byte[]> cache;

    JetCacheContender(String url, int inMemory) {
        this.client = RedisClient.create(url);
        var local = CaffeineCacheBuilder.createCaffeineCacheBuilder().keyConvertor(key -> key);
        var remote = RedisLettuceCacheBuilder.createRedisLettuceCacheBuilder()
                .redisClient(client)
                .pubSubConnection(client.connectPubSub(ByteArrayCodec.INSTANCE))
                .keyConvertor(key -> key)
                .valueEncoder(Kryo5ValueEncoder.INSTANCE)
                .valueDecoder(Kryo5ValueDecoder.INSTANCE)
                .broadcastChannel("jetcache:bench");
        var template = new CacheBuilderTemplate(false, Map.of(AREA, local), Map.of(AREA, remote));
        // Without it syncLocal does nothing.
        template.getCacheMonitorInstallers().add(new NotifyMonitorInstaller(area -> remote));
        manager.setCacheBuilderTemplate(template);
        this.cache = manager.getOrCreateCache(QuickConfig.newBuilder("jetcache:bench:pages:")
                .cacheType(CacheType.BOTH)
                .syncLocal(true)
                .localLimit(inMemory)
                .expire(Duration.ofHours(1))
                .build());
    }

    @Override
    public void read(int key) {
        var found = cache.GET(Contender.name(key));
        Contender.require(found.isSuccess() && found.getValue().length == VALUE_BYTES);
    }

    @Override
    public void write(int key) {
        Contender.require(cache.PUT(Contender.name(key), Contender.value(key)).isSuccess());
    }

    @Override
    public void close() {
        manager.close();
        client.shutdown();
    }
}
