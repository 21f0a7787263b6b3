package io.riptide.door;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import io.riptide.quota.Allowance;
import io.riptide.spi.Time;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the refused credentials of one address to {@value #PER_MINUTE} a minute, after which it is told to wait. A
 * credential that is good is let in all the same, from that address too: nobody locks a tenant out by failing in its
 * place. Of IPv6 the first 64 bits count, which is what one customer is given. Bounds: {@value #ADDRESSES} addresses,
 * each forgotten after two minutes. Threads: any.
 */
public final class Attempts {
    private static final int PER_MINUTE = 300;
    private static final int ADDRESSES = 100_000;
    private static final Duration IDLE = Duration.ofMinutes(2);
    private static final int NETWORK_BYTES = 8;

    private final Time time;
    private final Cache<Network, Allowance> failed;

    private record Network(String bytes) {}

    Attempts(Time time) {
        this.time = time;
        this.failed = Caffeine.newBuilder()
                .maximumSize(ADDRESSES)
                .expireAfterAccess(IDLE)
                .ticker(time::nanoTime)
                .executor(Runnable::run)
                .build();
    }

    /** What a caller from there is told whose credential was refused so. */
    public RipTideException refused(@Nullable InetAddress from, RipTideException refusal) {
        if (from == null) {
            return refusal;
        }
        Allowance left = failed.get(network(from), address -> new Allowance(PER_MINUTE, time));
        long wait = left.take(1);
        return wait == 0
                ? refusal
                : Problem.of(ProblemCode.QUOTA_EXCEEDED, "Too many refused credentials from this address.")
                        .with("resource", "refused_credentials")
                        .with("limit", (long) PER_MINUTE)
                        .with("retry_after_seconds", Math.ceilDiv(wait, 1_000_000_000L))
                        .asException();
    }

    private static Network network(InetAddress address) {
        byte[] bytes = address.getAddress();
        return new Network(
                Arrays.toString(address instanceof Inet6Address ? Arrays.copyOf(bytes, NETWORK_BYTES) : bytes));
    }
}
