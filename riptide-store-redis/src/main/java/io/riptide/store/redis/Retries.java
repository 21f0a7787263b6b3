package io.riptide.store.redis;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;

/**
 * Runs a call once more where it is known to have had no effect, up to four times: after 10 to 30 ms, 25 to 75 ms and
 * so on by chance, so that callers whom one failure met do not come back together. What may have been done is never
 * sent again. How many do so at a time is bounded by the {@link Breaker}.
 */
final class Retries {
    private static final int ATTEMPTS = 5;
    private static final Duration FIRST = Duration.ofMillis(20);
    private static final double LONGER = 2.5;
    private static final double SPREAD = 0.5;

    private final Retry retry = Retry.of(
            "redis",
            RetryConfig.custom()
                    .maxAttempts(ATTEMPTS)
                    .intervalFunction(IntervalFunction.ofExponentialRandomBackoff(FIRST, LONGER, SPREAD))
                    .retryOnException(e -> e instanceof NotDone notDone && notDone.inTime)
                    .build());

    /** Throws what the last run threw. */
    void run(Runnable attempt) {
        retry.executeRunnable(attempt);
    }

    /** Some of the commands sent together had no effect. */
    static final class NotDone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final Throwable failure;
        private final boolean inTime;

        /**
         * For this reason.
         *
         * @param inTime whether its caller still waits for long enough
         */
        NotDone(Throwable failure, boolean inTime) {
            super(null, failure, false, false);
            this.failure = failure;
            this.inTime = inTime;
        }

        Throwable failure() {
            return failure;
        }
    }
}
