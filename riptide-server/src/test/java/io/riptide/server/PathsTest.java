package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathsTest {
    @Test
    void anEncodedSlashBelongsToItsSegment() {
        assertThat(RawPath.segments("/v1/cache/n/a%2Fb%2fc")).containsExactly("v1", "cache", "n", "a/b/c");
    }

    @Test
    void segmentsAreDecodedOnceAndPlusAndSemicolonAreLiteral() {
        assertThat(RawPath.segments("/v1/cache/n/a+b;x=1%2541")).containsExactly("v1", "cache", "n", "a+b;x=1%41");
    }

    @Test
    void theAbsoluteFormIsItsPath() {
        assertThat(RawPath.segments("http://example.com/v1/usage")).containsExactly("v1", "usage");
        assertThat(RawPath.segments("http://example.com")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "v1/usage",
                "//v1",
                "/v1//usage",
                "/v1/usage/",
                "/v1/.",
                "/v1/..",
                "/v1/../admin",
                "/v1/%2e",
                "/v1/%2e%2E",
                "/v1/.%2e",
                "/v1/a%00",
                "/v1/a%",
                "/v1/a%2",
                "/v1/a%zz",
                "/v1/%c3%28",
                "/v1/%ed%a0%80",
                "/v1/%c0%af",
                "/v1/a b",
                "/v1/\u00e4"
            })
    void whatIsNoPathIsRefused(String raw) {
        assertThatThrownBy(() -> RawPath.segments(raw))
                .isInstanceOfSatisfying(
                        RipTideException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.INVALID_REQUEST));
    }

    @Property(tries = 300)
    void whateverComesIsSplitOrRefused(@ForAll @StringLength(max = 60) String raw) {
        try {
            for (String segment : RawPath.segments("/" + raw)) {
                assertThat(segment).isNotEmpty().isNotIn(".", "..").doesNotContain("\0");
            }
        } catch (RipTideException e) {
            assertThat(e.problem().errors()).isNotEmpty();
        }
    }

    @Property(tries = 300)
    void anyKeyComesBackFromItsEncodedForm(@ForAll @StringLength(min = 1, max = 40) String key) {
        String encoded = URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
        boolean sayable = !key.contains("\0")
                && !List.of(".", "..").contains(key)
                && StandardCharsets.UTF_8.newEncoder().canEncode(key);
        if (sayable) {
            assertThat(RawPath.segments("/v1/cache/n/" + encoded).getLast()).isEqualTo(key);
        }
    }

    @Test
    void aQueryIsDecodedAndPlusIsLiteral() {
        assertThat(QueryText.parse("a=1%202&b=c+d&&c&d=x=y"))
                .containsEntry("a", "1 2")
                .containsEntry("b", "c+d")
                .containsEntry("c", "")
                .containsEntry("d", "x=y");
        assertThat(QueryText.parse("a=1&a=2")).containsEntry("a", QueryText.REPEATED);
    }

    @Property(tries = 300)
    void whateverQueryComesIsParsedOrRefused(@ForAll @StringLength(max = 60) String raw) {
        try {
            assertThat(QueryText.parse(raw)).isNotNull();
        } catch (RipTideException e) {
            assertThat(e.problem().code()).isEqualTo(ProblemCode.INVALID_REQUEST);
        }
    }

    @Test
    void tagsAreComparedWeaklyAndReadStrictly() {
        assertThat(Etags.of(255)).isEqualTo("\"ff\"");
        assertThat(Etags.holds("\"a\", W/\"ff\"", 255)).isTrue();
        assertThat(Etags.holds("*", 255)).isTrue();
        assertThat(Etags.holds("\"fe\",\"a,ff\"", 255)).isFalse();
        assertThat(Etags.match("\"ff\"")).isEqualTo(new Etags.Match.Version(255L));
        assertThat(Etags.match(" * ")).isEqualTo(new Etags.Match.Any());
        assertThat(Etags.match("W/\"ff\"")).isEqualTo(new Etags.Match.Version(null));
        assertThat(Etags.match("\"FF\"")).isEqualTo(new Etags.Match.Version(null));
        assertThat(Etags.match("\"not ours\"")).isEqualTo(new Etags.Match.Version(null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff", "\"a\", \"b\"", "\"open", "W/ff", ""})
    void whatIsNoTagIsRefusedByName(String header) {
        assertThatThrownBy(() -> Etags.match(header))
                .isInstanceOfSatisfying(
                        RipTideException.class,
                        e -> assertThat(e.problem().errors().getFirst().field()).isEqualTo("If-Match"));
    }

    @Property(tries = 300)
    void whateverTagsComeAreReadOrRefused(@ForAll @StringLength(max = 30) String header) {
        try {
            assertThat(Etags.match(header)).isNotNull();
        } catch (RipTideException e) {
            assertThat(e.problem().errors().getFirst().field()).isEqualTo("If-Match");
        }
    }

    @Test
    void wholeNumbersAloneAreNumbers() {
        assertThat(Numbers.parse("0")).isZero();
        assertThat(Numbers.parse("123456789012345678")).isEqualTo(123456789012345678L);
        assertThat(List.of("", "-1", "+1", "1.0", " 1", "1e3", "\u0661", "1234567890123456789"))
                .allSatisfy(text -> assertThat(Numbers.parse(text)).isEqualTo(-1));
    }
}
