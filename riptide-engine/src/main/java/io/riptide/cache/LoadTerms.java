package io.riptide.cache;

import io.riptide.config.CacheConfig.LoadConfig;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What holds for a load: the call's own options where it has them, else the namespace's. Zero is none. */
record LoadTerms(
        long hardNanos,
        long softNanos,
        int earlyPercent,
        long whileRevalidateMillis,
        long ifErrorMillis,
        long negativeMillis,
        long failureNanos) {

    static LoadTerms of(LoadConfig own) {
        return new LoadTerms(
                TimeUnit.MILLISECONDS.toNanos(own.hardTimeoutMillis()),
                TimeUnit.MILLISECONDS.toNanos(own.softTimeoutMillis()),
                own.earlyRefreshPercent(),
                TimeUnit.SECONDS.toMillis(own.staleWhileRevalidateSeconds()),
                TimeUnit.SECONDS.toMillis(own.staleIfErrorSeconds()),
                TimeUnit.SECONDS.toMillis(own.negativeTtlSeconds()),
                TimeUnit.SECONDS.toNanos(own.failureTtlSeconds()));
    }

    LoadTerms with(LoadOptions options) {
        if (options.equals(LoadOptions.DEFAULT)) {
            return this;
        }
        Integer early = options.earlyRefreshPercent();
        return new LoadTerms(
                nanos(options.hardTimeout(), hardNanos),
                nanos(options.softTimeout(), softNanos),
                early == null ? earlyPercent : early,
                millis(options.staleWhileRevalidate(), whileRevalidateMillis),
                millis(options.staleIfError(), ifErrorMillis),
                millis(options.negativeTtl(), negativeMillis),
                nanos(options.failureTtl(), failureNanos));
    }

    /** How long an entry is of use beyond its end. */
    long staleMillis() {
        return Math.max(whileRevalidateMillis, ifErrorMillis);
    }

    private static long nanos(@Nullable Duration own, long otherwise) {
        return own == null ? otherwise : own.toNanos();
    }

    private static long millis(@Nullable Duration own, long otherwise) {
        return own == null ? otherwise : own.toMillis();
    }
}
