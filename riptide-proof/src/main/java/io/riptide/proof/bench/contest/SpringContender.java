package io.riptide.proof.bench.contest;

import java.net.URI;
import java.time.Duration;
import org.springframework.cache.Cache;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.cache.RedisCacheWriter;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.serializer.RedisSerializationContext.SerializationPair;
import org.springframework.data.redis.serializer.RedisSerializer;

/** Spring Data Redis' cache, over one shared connection of Lettuce, without locks; values as they are. */
final class SpringContender implements Contender {
    private final LettuceConnectionFactory connections;
    private final Cache cache;

    SpringContender(String url) {
        URI address = URI.create(url);
        this.connections = new LettuceConnectionFactory(address.getHost(), address.getPort());
        connections.afterPropertiesSet();
        connections.start();
        RedisCacheManager manager = RedisCacheManager.builder(RedisCacheWriter.nonLockingRedisCacheWriter(connections))
                .cacheDefaults(RedisCacheConfiguration.defaultCacheConfig()
                        .entryTtl(Duration.ofHours(1))
                        .serializeValuesWith(SerializationPair.fromSerializer(RedisSerializer.byteArray())))
                .build();
        manager.afterPropertiesSet();
        Cache made = manager.getCache("spring:bench:pages");
        if (made == null) {
            throw new IllegalStateException("no cache");
        }
        this.cache = made;
    }

    @Override
    public void read(int key) {
        byte[] value = cache.get(Contender.name(key), byte[].class);
        Contender.require(value != null && value.length == VALUE_BYTES);
    }

    @Override
    public void write(int key) {
        cache.put(Contender.name(key), Contender.value(key));
    }

    @Override
    public void close() {
        connections.destroy();
    }
}
