package io.riptide.door;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.spi.Time;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys that an issuer publishes as a set (RFC 7517). They are read with the first token, again where they are five
 * minutes old, and where a token names a key that is not among them; never more than once in 30 seconds, whoever
 * asks. Where they cannot be read, those that are known go on being used. While one caller reads, others take what is
 * known.
 */
final class RemoteKeys implements SigningKeys {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteKeys.class);
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long FRESH_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final int MOST = 100;

    /** The text of the set, from where it is published; {@code store-unavailable} where it cannot be read. */
    interface Source {
        String read();
    }

    private record Known(List<SigningKey> keys, long readNanos) {}

    private final Source source;
    private final Time time;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile @Nullable Known known;
    private volatile long nextNanos;

    RemoteKeys(Source source, Time time) {
        this.source = source;
        this.time = time;
        this.nextNanos = time.nanoTime();
    }

    @Override
    public List<SigningKey> of(@Nullable String id) {
        Known now = known;
        if (now == null
                || time.nanoTime() - now.readNanos >= FRESH_NANOS
                || find(now, id).isEmpty()) {
            now = read(now);
        }
        if (now == null) {
            throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "The keys of the tokens' issuer cannot be read just now.")
                    .asException();
        }
        return find(now, id);
    }

    private static List<SigningKey> find(Known known, @Nullable String id) {
        return id == null
                ? known.keys
                : known.keys.stream().filter(key -> id.equals(key.id())).toList();
    }

    /**
     * What is known after it was read anew, where it is time for that. Who finds another reading waits for the first
     * set alone.
     */
    private @Nullable Known read(@Nullable Known before) {
        if (before != null ? !reading.tryLock() : !waited()) {
            return known;
        }
        try {
            long now = time.nanoTime();
            if (now - nextNanos < 0) {
                return known;
            }
            nextNanos = now + PAUSE_NANOS;
            known = new Known(parse(source.read()), now);
        } catch (RipTideException | ParseException e) {
            LOG.warn("The keys of the tokens' issuer cannot be read: {}", e.toString());
        } finally {
            reading.unlock();
        }
        return known;
    }

    private boolean waited() {
        reading.lock();
        return true;
    }

    private static List<SigningKey> parse(String text) throws ParseException {
        List<SigningKey> keys = new ArrayList<>();
        for (JWK jwk : JWKSet.parse(text).getKeys()) {
            SigningKey key = SigningKey.of(jwk);
            if (key != null && keys.size() < MOST) {
                keys.add(key);
            }
        }
        return List.copyOf(keys);
    }
}
