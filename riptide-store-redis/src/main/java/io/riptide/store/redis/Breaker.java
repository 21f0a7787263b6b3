package io.riptide.store.redis;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.spi.StoreCalls;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a sick Redis from costing every caller its timeout: where half of the last {@value #WINDOW} calls failed, calls
 * are refused at once, and every {@value #OPEN_MILLIS} ms one is let through; when it succeeds, all are. It has no
 * thread of its own.
 */
final class Breaker {
    private static final Logger LOG = LoggerFactory.getLogger(Breaker.class);
    private static final int WINDOW = 50;
    private static final int FEWEST = 10;
    /** So that once a call succeeded none is refused because of those before it. */
    private static final int PROBES = 1;

    private static final int OPEN_MILLIS = 500;

    private final CircuitBreaker breaker;
    private final LongAdder failed = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongSupplier nanos;

    /**
     * Closed at first.
     *
     * @param nanos monotonic time
     */
    Breaker(LongSupplier nanos) {
        this.nanos = nanos;
        CircuitBreakerConfig config = CircuitBreakerConfig.custom()
                .slidingWindow(WINDOW, FEWEST, CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(50)
                .slowCallRateThreshold(100)
                .slowCallDurationThreshold(Duration.ofHours(1))
                .permittedNumberOfCallsInHalfOpenState(PROBES)
                // Where a probe's caller went away before it knew, others are let through.
                .maxWaitDurationInHalfOpenState(Duration.ofSeconds(5))
                .waitDurationInOpenState(Duration.ofMillis(OPEN_MILLIS))
                .automaticTransitionFromOpenToHalfOpenEnabled(false)
                .clock(new Monotonic(nanos))
                .currentTimestampFunction(clock -> nanos.getAsLong(), TimeUnit.NANOSECONDS)
                .build();
        this.breaker = CircuitBreaker.of("redis", config);
        breaker.getEventPublisher().onStateTransition(event -> {
            switch (event.getStateTransition().getToState()) {
                case OPEN -> LOG.debug("Calls to Redis are refused for a while");
                case CLOSED -> LOG.info("Calls to Redis are let through again");
                default -> LOG.debug("A call to Redis is let through");
            }
        });
    }

    /** How the library wants to be told the time; a wall clock that jumps would open it for as long. */
    private static final class Monotonic extends Clock {
        private final LongSupplier nanos;

        Monotonic(LongSupplier nanos) {
            this.nanos = nanos;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH.plusNanos(nanos.getAsLong());
        }
    }

    /** Lets a call through, to be followed by one of the two below, or refuses it. */
    void enter() {
        if (!breaker.tryAcquirePermission()) {
            refused.increment();
            throw Problem.of(
                            ProblemCode.STORE_UNAVAILABLE,
                            "Redis failed many calls; they are let through again as soon as it answers.")
                    .with("retry_after_seconds", 1)
                    .asException();
        }
    }

    void succeeded(long begunNanos) {
        breaker.onSuccess(nanos.getAsLong() - begunNanos, TimeUnit.NANOSECONDS);
    }

    void failed(long begunNanos, Throwable failure) {
        failed.increment();
        breaker.onError(nanos.getAsLong() - begunNanos, TimeUnit.NANOSECONDS, failure);
    }

    /** How it goes. */
    StoreCalls figures(long retried) {
        CircuitBreaker.State state = breaker.getState();
        return new StoreCalls(state == CircuitBreaker.State.OPEN, failed.sum(), refused.sum(), retried);
    }
}
