package io.riptide.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.riptide.config.CacheConfig;
import io.riptide.entry.Codec;
import io.riptide.entry.Compressor;
import io.riptide.entry.Dictionary;
import io.riptide.entry.EntryCipher;
import io.riptide.entry.Envelope;
import io.riptide.entry.Head;
import io.riptide.entry.StoreKey;
import io.riptide.grant.TenantGrant;
import io.riptide.spi.EntryStore;
import io.riptide.spi.Time;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * How the values of all tenants are written: with one codec for all, or with dictionaries that namespaces learn from
 * what is written to them. What was written with a dictionary is read whatever is configured now. Any number of
 * threads.
 */
final class Compression {
    /** Namespaces whose dictionary in use and samples are known at once at most. */
    private static final int MAX_LEARNERS = 16_384;

    private static final Duration IDLE = Duration.ofMinutes(10);

    private final Compressor plain;
    private final boolean learning;
    private final EntryStore store;
    private final Time time;
    private final DictionaryShelf shelf;
    private final Trainer trainer;
    private final SampleRoom room = new SampleRoom();
    private final Cache<Place, Learner> learners;

    /** A namespace of the tenant that has the grant; one who is given its id later has another. */
    private record Place(TenantGrant grant, String namespace) {}

    /**
     * As the configuration says.
     *
     * @param training where dictionaries are trained: a thread that requests do not wait for
     */
    Compression(CacheConfig config, EntryStore store, Time time, Executor training) {
        CacheConfig.Compression algorithm =
                config.enableCompression() ? config.compressionAlgorithm() : CacheConfig.Compression.NONE;
        Codec codec = switch (algorithm) {
            case NONE -> Codec.NONE;
            case LZ4 -> Codec.LZ4;
            case ZSTD, ZSTD_DICTIONARY -> Codec.ZSTD;
        };
        this.plain = new Compressor(codec, config.compressionThresholdBytes());
        this.learning = algorithm == CacheConfig.Compression.ZSTD_DICTIONARY;
        this.store = store;
        this.time = time;
        this.shelf = new DictionaryShelf(store, time);
        this.trainer = new Trainer(store, shelf, plain, time, training);
        this.learners = Caffeine.newBuilder()
                .maximumSize(MAX_LEARNERS)
                .expireAfterAccess(IDLE)
                .ticker(time::nanoTime)
                .executor(Runnable::run)
                .removalListener((@Nullable Place place, @Nullable Learner learner, RemovalCause cause) -> {
                    if (learner != null) {
                        learner.close();
                    }
                })
                .build();
    }

    /** Seals a value of a tenant's namespace, as {@link Envelope#seal} does. */
    Envelope.Sealed seal(TenantGrant grant, StoreKey at, Head head, byte[] value) {
        EntryCipher cipher = grant.cipher();
        // A dictionary is made of pieces of values, and lies in clear: there is none of an encrypted tenant's.
        if (!learning || cipher.encrypts() || !plain.dictionaryServes(value.length)) {
            return Envelope.seal(at, head, value, plain, cipher);
        }
        Learner learner = learner(grant, at.namespace());
        Dictionary dictionary = dictionary(learner, head.keptMillis());
        Envelope.Sealed sealed = Envelope.seal(at, head, value, dictionary == null ? plain : plain.with(dictionary));
        if (learner.wrote(value, sealed.bytes().length, head.keptMillis(), time.wallMillis())) {
            trainer.enqueue(learner);
        }
        return sealed;
    }

    private Learner learner(TenantGrant grant, String namespace) {
        return learners.get(
                new Place(grant, namespace),
                place -> new Learner(grant, namespace, room, store.dictionaries(grant.tenantId(), namespace)));
    }

    /** The dictionary for an entry that is kept until then, or null for none. */
    private @Nullable Dictionary dictionary(Learner learner, long keptMillis) {
        Learner.Current current = learner.fitting(keptMillis);
        if (current == null) {
            return null;
        }
        Dictionary dictionary = shelf.find(learner.grant().tenantId(), learner.namespace(), current.id());
        if (dictionary == null) {
            learner.lost(current);
        }
        return dictionary;
    }

    /** The dictionary that an entry of a tenant's namespace names, or null where there is none. */
    @Nullable Dictionary find(String tenantId, String namespace, int id) {
        return shelf.find(tenantId, namespace, id);
    }

    /** Lets go of all that is known of an erased tenant. */
    void forget(TenantGrant ended) {
        learners.asMap().keySet().removeIf(place -> place.grant().tenantId().equals(ended.tenantId()));
        shelf.forget(ended.tenantId());
    }

    /** About once a second by one thread: lets go of what is idle, and has namespaces seen to that wait. */
    void tick() {
        learners.cleanUp();
        shelf.tidy();
        trainer.tick();
    }
}
