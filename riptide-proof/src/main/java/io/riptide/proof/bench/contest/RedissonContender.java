package io.riptide.proof.bench.contest;

import org.redisson.Redisson;
import org.redisson.api.RLocalCachedMap;
import org.redisson.api.RedissonClient;
import org.redisson.api.options.LocalCachedMapOptions;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.client.codec.StringCodec;
import org.redisson.codec.CompositeCodec;
import org.redisson.config.Config;

/**
 * Redisson's map with a local copy: Caffeine in front, changes published to all others, all of it dropped when a
 * connection was lost; values as they are, and writes that do not ask for what was there.
 */
final class RedissonContender implements Contender {
    private final RedissonClient client;
    private final RLocalCachedMap<String, byte[]> map;

    RedissonContender(String url, int inMemory) {
        Config config = new Config();
        config.useSingleServer().setAddress(url);
        this.client = Redisson.create(config);
        this.map = client.getLocalCachedMap(LocalCachedMapOptions.<String, byte[]>name("redisson:bench:pages")
                .codec(new CompositeCodec(StringCodec.INSTANCE, ByteArrayCodec.INSTANCE))
                .cacheProvider(LocalCachedMapOptions.CacheProvider.CAFFEINE)
                .evictionPolicy(LocalCachedMapOptions.EvictionPolicy.LFU)
                .cacheSize(inMemory)
                .storeMode(LocalCachedMapOptions.StoreMode.LOCALCACHE_REDIS)
                .syncStrategy(LocalCachedMapOptions.SyncStrategy.INVALIDATE)
                .reconnectionStrategy(LocalCachedMapOptions.ReconnectionStrategy.CLEAR));
    }

    @Override
    public void read(int key) {
        byte[] value = map.get(Contender.name(key));
        Contender.require(value != null && value.length == VALUE_BYTES);
    }

    @Override
    public void write(int key) {
        var unused = map.fastPut(Contender.name(key), Contender.value(key));
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
