package io.riptide.billing;

import io.riptide.problem.Problem;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** What is billed at once: a month in UTC. */
public record Period(YearMonth month) implements Comparable<Period> {
    private static final Pattern TEXT = Pattern.compile("[0-9]{4}-(0[1-9]|1[0-2])");

    /** The one in which an instant lies, epoch milliseconds. */
    public static Period at(long millis) {
        return new Period(YearMonth.from(Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC)));
    }

    /** Reads {@code YYYY-MM}; refuses the field {@code period} where it is none. */
    public static Period parse(String text) {
        if (!TEXT.matcher(text).matches()) {
            throw Problem.invalid("period", "expected a month, such as 2026-11").asException();
        }
        return new Period(YearMonth.parse(text));
    }

    Period next() {
        return new Period(month.plusMonths(1));
    }

    Period previous() {
        return new Period(month.minusMonths(1));
    }

    /** Its first instant, epoch milliseconds. */
    long fromMillis() {
        return month.atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli();
    }

    /** The first instant after it. */
    public long untilMillis() {
        return next().fromMillis();
    }

    /** Its first hour since the epoch. */
    public long fromHour() {
        return fromMillis() / TimeUnit.HOURS.toMillis(1);
    }

    long untilHour() {
        return untilMillis() / TimeUnit.HOURS.toMillis(1);
    }

    long seconds() {
        return (untilMillis() - fromMillis()) / TimeUnit.SECONDS.toMillis(1);
    }

    @Override
    public int compareTo(Period other) {
        return month.compareTo(other.month);
    }

    /** {@code YYYY-MM}. */
    @Override
    public String toString() {
        return month.toString();
    }
}
