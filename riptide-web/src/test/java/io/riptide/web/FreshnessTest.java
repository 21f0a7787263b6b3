package io.riptide.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FreshnessTest {
    private static final long NOW = Instant.parse("2026-11-24T10:00:00Z").toEpochMilli();

    /** Fields are parted by a bar; the answer comes at once, at 10:00:00 on Tuesday, 24 November 2026. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "Cache-Control: max-age=60; 60",
                "cache-control: MAX-AGE=60; 60",
                "Cache-Control: public, max-age=60, immutable; 60",
                "Cache-Control: max-age=\"60\"; 60",
                "Cache-Control: max-age = 60; 60",
                "Cache-Control: max-age=10, s-maxage=60; 60",
                "Cache-Control: s-maxage=5|Cache-Control: max-age=60; 5",
                "Cache-Control: max-age=60, max-age=60; 60",
                "Cache-Control: ext=\"a, no-store\", max-age=60; 60",
                "Cache-Control: ext=\"a\\\", private\", max-age=60; 60",
                "Cache-Control: , ,max-age=60,; 60",
                "Cache-Control: max-age=99999999999999999999; 2147483648",
                "Cache-Control: max-age=60|Age: 20; 40",
                "Cache-Control: max-age=60|Age: 20, 50; 40",
                "Cache-Control: max-age=60|Age: old; 60",
                "Cache-Control: max-age=60|Age: -5; 60",
                "Cache-Control: max-age=60|Date: Tue, 24 Nov 2026 09:59:30 GMT; 30",
                "Cache-Control: max-age=60|Date: Tue, 24 Nov 2026 09:59:30 GMT|Age: 10; 30",
                "Cache-Control: max-age=60|Date: Tue, 24 Nov 2026 09:59:50 GMT|Age: 25; 35",
                "Cache-Control: max-age=60|Date: Tue, 24 Nov 2026 10:05:00 GMT; 60",
                "Cache-Control: max-age=60|Date: yesterday; 60",
                "Cache-Control: max-age=60|Expires: 0; 60",
                "Expires: Tue, 24 Nov 2026 10:01:00 GMT; 60",
                "Expires: Tuesday, 24-Nov-26 10:01:00 GMT; 60",
                "Expires: Tue Nov 24 10:01:00 2026; 60",
                "Expires: Tue, 24 Nov 2026 10:01:00 GMT|Date: Tue, 24 Nov 2026 10:00:00 GMT; 60",
                "Expires: Tue, 24 Nov 2026 09:31:00 GMT|Date: Tue, 24 Nov 2026 09:30:00 GMT|Age: 5; -1740",
                "Cache-Control: public|Expires: Tue, 24 Nov 2026 10:01:00 GMT; 60",
                "Cache-Control: max-age=60|Vary: Accept-Encoding, User-Agent; 60",
            })
    void isAsLongAsTheOriginSays(String fields, long seconds) {
        Freshness freshness = answer(200, fields.split("\\|"));
        assertThat(freshness.remainingMillis(NOW)).isEqualTo(seconds * 1000);
        assertThat(freshness.storable()).isEqualTo(seconds > 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X: nothing is said",
                "Last-Modified: Tue, 24 Nov 2020 10:01:00 GMT",
                "Cache-Control: no-store",
                "Cache-Control: no-store, max-age=60",
                "Cache-Control: max-age=60|Cache-Control: no-store",
                "Cache-Control: private, max-age=60",
                "Cache-Control: private=\"set-cookie\", max-age=60",
                "Cache-Control: no-cache, max-age=60",
                "Cache-Control: no-cache=\"set-cookie\", max-age=60",
                "Cache-Control: No-Store, max-age=60",
                "Cache-Control: max-age=0",
                "Cache-Control: max-age=-60",
                "Cache-Control: max-age=6e1",
                "Cache-Control: max-age=",
                "Cache-Control: max-age",
                "Cache-Control: max-age=60.5",
                "Cache-Control: max-age=60, max-age=30",
                "Cache-Control: max-age=60|Cache-Control: max-age=30",
                "Cache-Control: s-maxage=0, max-age=60",
                "Cache-Control: s-maxage=bad, max-age=60",
                "Cache-Control: max-age=60|Age: 60",
                "Cache-Control: max-age=60|Date: Tue, 24 Nov 2026 09:59:00 GMT",
                "Cache-Control: max-age=60|Vary: *",
                "Cache-Control: max-age=60|Vary: Accept-Language",
                "Cache-Control: max-age=60|Vary: Accept-Encoding|Vary: Cookie",
                "Cache-Control: max-age=60|Set-Cookie: a=b",
                "Expires: 0",
                "Expires: -1",
                "Expires: Tue, 24 Nov 2026 10:00:00 GMT",
                "Expires: Mon, 23 Nov 2026 10:00:00 GMT",
                "Expires: Tue, 24 Nov 2026 11:00:00 CET",
                "Expires: Tue, 24 Nov 2026 10:01:00 GMT|Expires: Tue, 24 Nov 2026 10:02:00 GMT",
            })
    void isNotStorableWithoutAnExplicitLeaveOfTheOrigin(String fields) {
        assertThat(answer(200, fields.split("\\|")).storable()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 203, 204, 300, 301, 302, 307, 308, 404, 405, 410, 414, 501})
    void holdsForStatusesThatStandForAWholeAnswer(int status) {
        assertThat(answer(status, "Cache-Control: max-age=60").storable()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 202, 206, 303, 304, 400, 401, 403, 429, 500, 502, 503, 504, 599})
    void otherStatusesAreNotKept(int status) {
        assertThat(answer(status, "Cache-Control: max-age=60").storable()).isFalse();
    }

    @Test
    void theWayOfTheAnswerCountsAsItsAge() {
        Freshness freshness = Freshness.of(NOW - 3000, NOW, 200, Fields.of("Cache-Control: max-age=60", "Age: 10"));
        assertThat(freshness.remainingMillis(NOW)).isEqualTo(47_000);
        assertThat(NOW - freshness.bornMillis()).isEqualTo(13_000);
    }

    @Test
    void twoDigitYearsMoreThanFiftyYearsAheadLieInThePast() {
        assertThat(HttpDate.parse("Sunday, 06-Nov-94 08:49:37 GMT", NOW)).hasValue(784_111_777_000L);
        assertThat(HttpDate.parse("Sun, 06 Nov 1994 08:49:37 GMT", NOW)).hasValue(784_111_777_000L);
        assertThat(HttpDate.parse("Sun Nov  6 08:49:37 1994", NOW)).hasValue(784_111_777_000L);
    }

    @Property
    void neverLastsLongerThanMaxAge(
            @ForAll @IntRange(max = 100_000) int maxAge, @ForAll int age, @ForAll @IntRange(max = 60_000) int delay) {
        Freshness freshness =
                Freshness.of(NOW - delay, NOW, 200, Fields.of("Cache-Control: max-age=" + maxAge, "Age: " + age));
        assertThat(freshness.remainingMillis(NOW)).isLessThanOrEqualTo(maxAge * 1000L);
        assertThat(freshness.storable()).isEqualTo(freshness.remainingMillis(NOW) > 0);
    }

    @Property
    void anyTextIsReadWithoutAnException(@ForAll String control, @ForAll String expires, @ForAll String date) {
        List<HeaderField> fields = List.of(
                new HeaderField("Cache-Control", control),
                new HeaderField("Expires", expires),
                new HeaderField("Date", date),
                new HeaderField("Age", control));
        Freshness freshness = Freshness.of(NOW, NOW, 200, fields);
        assertThat(freshness.lifetimeMillis()).isBetween(0L, Directives.MAX_SECONDS * 1000);
    }

    private static Freshness answer(int status, String... fields) {
        return Freshness.of(NOW, NOW, status, Fields.of(fields));
    }
}
