package io.riptide.web;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** The three forms of a date in HTTP (RFC 9110, 5.6.7). */
final class HttpDate {
    private static final DateTimeFormatter IMF_FIXDATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.US);
    private static final DateTimeFormatter ASCTIME = new DateTimeFormatterBuilder()
            .appendPattern("EEE MMM ppd HH:mm:ss ")
            .appendValue(ChronoField.YEAR, 4, 4, SignStyle.NEVER)
            .toFormatter(Locale.US);
    private static final List<String> DAYS =
            List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");

    private HttpDate() {}

    /**
     * Epoch milliseconds of a date.
     *
     * @param nowMillis a two-digit year that would lie more than 50 years ahead of it is one of the century before
     */
    static OptionalLong parse(String text, long nowMillis) {
        try {
            return OptionalLong.of(millis(LocalDateTime.parse(text, formatOf(text, nowMillis))));
        } catch (DateTimeParseException e) {
            return OptionalLong.empty();
        }
    }

    private static DateTimeFormatter formatOf(String text, long nowMillis) {
        int comma = text.indexOf(',');
        if (comma < 0) {
            return ASCTIME;
        }
        return DAYS.contains(text.substring(0, comma)) ? rfc850(nowMillis) : IMF_FIXDATE;
    }

    private static DateTimeFormatter rfc850(long nowMillis) {
        int year = java.time.Instant.ofEpochMilli(nowMillis)
                .atOffset(ZoneOffset.UTC)
                .getYear();
        return new DateTimeFormatterBuilder()
                .appendPattern("EEEE, dd-MMM-")
                .appendValueReduced(ChronoField.YEAR, 2, 2, year - 49)
                .appendPattern(" HH:mm:ss 'GMT'")
                .toFormatter(Locale.US);
    }

    private static long millis(LocalDateTime time) {
        return time.toInstant(ZoneOffset.UTC).toEpochMilli();
    }
}
