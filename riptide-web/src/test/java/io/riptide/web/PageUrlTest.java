package io.riptide.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.riptide.problem.FieldError;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageUrlTest {
    @ParameterizedTest
    @CsvSource({
        "http://example.com, http://example.com/",
        "HTTP://EXAMPLE.com:80/a, http://example.com/a",
        "https://example.com:443?q=1, https://example.com/?q=1",
        "https://example.com:8443/x#part, https://example.com:8443/x",
        "http://example.com./a%2Fb?x=%20+y, http://example.com/a%2Fb?x=%20+y",
        "http://example.com:/a, http://example.com/a",
        "http://localhost./, http://localhost/",
        "http://2130706433/, http://127.0.0.1/",
        "http://0x7f000001/, http://127.0.0.1/",
        "http://0x7F.1/, http://127.0.0.1/",
        "http://0177.0.0.1/, http://127.0.0.1/",
        "http://0177.0x0.1/, http://127.0.0.1/",
        "http://127.1/, http://127.0.0.1/",
        "http://127.0.1/, http://127.0.0.1/",
        "http://10.0xffff/, http://10.0.255.255/",
        "http://0/, http://0.0.0.0/",
        "http://127.0.0.1./, http://127.0.0.1/",
        "http://４２.１.2.3/, http://42.1.2.3/",
        "http://１２７。０。０。１/, http://127.0.0.1/",
        "http://%31%32%37.0.0.1/, http://127.0.0.1/",
        "http://[::1]/, http://[0:0:0:0:0:0:0:1]/",
        "http://[::FFFF:127.0.0.1]:81/, http://127.0.0.1:81/",
        "http://[0:0:0:0:0:ffff:7f00:1]/, http://127.0.0.1/",
        "http://bücher.example/ü?ö=ß, http://xn--bcher-kva.example/%C3%BC?%C3%B6=%C3%9F",
        "http://example.com//a//b, http://example.com//a//b",
        "http://example.com/a?, http://example.com/a?",
        "http://a_b.example/, http://a_b.example/",
    })
    void hasOneForm(String text, String expected) {
        assertThat(PageUrl.parse(text).key()).isEqualTo(expected);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "/relative",
                "example.com",
                "//example.com/x",
                "http:",
                "http:example.com",
                "http://",
                "http:///path",
                "http://:80/",
                "http://user@example.com/",
                "http://user:secret@example.com/",
                "http://example.com@127.0.0.1/",
                "http://@example.com/",
                "http://example.com\\@127.0.0.1/",
                "http:\\\\example.com\\",
                "http://example.com/a b",
                "http://exa\nmple.com/",
                "http://example.com/\r\nHost: x",
                "http://example.com/\u0000",
                "http://example.com/\u007f",
                "http://example.com:0/",
                "http://example.com:65536/",
                "http://example.com:-1/",
                "http://example.com:8o/",
                "http://example.com:80:80/",
                "http://example..com/",
                "http://.example.com/",
                "http://example.com../",
                "http://-a.example/",
                "http://256.0.0.1/",
                "http://1.2.3.4.5/",
                "http://1.2.3.08/",
                "http://4294967296/",
                "http://0x100000000/",
                "http://1.2.3.0xfff/",
                "http://a.0x1g.1/",
                "http://[::1/",
                "http://[::1%25eth0]/",
                "http://[fe80::1%eth0]/",
                "http://[1.2.3.4]/",
                "http://[v1.a]/",
                "http://[::1]x/",
                "http://exa%2fmple.com/",
                "http://exa%00mple.com/",
                "http://example.com/%zz",
                "http://example.com/\ud800",
                "http://a*b.example/",
            })
    void refusesWhatIsNoUrl(String text) {
        RipTideException refusal = catchThrowableOfType(RipTideException.class, () -> PageUrl.parse(text));
        assertThat(refusal).isNotNull();
        assertThat(refusal.problem().code()).isEqualTo(ProblemCode.INVALID_REQUEST);
        assertThat(refusal.problem().errors()).extracting(FieldError::field).containsExactly("url");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "javascript:alert(1)",
                "jar:http://example.com/a.jar!/", "data:text/plain,hello", "ws://example.com/", "mailto:a@example.com"
            })
    void refusesOtherSchemes(String text) {
        assertThatExceptionOfType(RipTideException.class)
                .isThrownBy(() -> PageUrl.parse(text))
                .satisfies(e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.ORIGIN_REFUSED));
    }

    @Test
    void refusesOneThatIsTooLong() {
        assertThatExceptionOfType(RipTideException.class)
                .isThrownBy(() -> PageUrl.parse("http://example.com/" + "a".repeat(8192)))
                .withMessageContaining("8192");
    }

    @Property(tries = 3000)
    void anyTextGivesAUrlInItsOneFormOrARefusal(@ForAll @StringLength(max = 40) String tail) {
        for (String text : new String[] {tail, "http://" + tail, "http://a.example/" + tail, "https://a" + tail}) {
            try {
                PageUrl url = PageUrl.parse(text);
                assertThat(PageUrl.parse(url.key())).isEqualTo(url);
                assertThat(url.target()).startsWith("/").matches("[!-~]+");
                assertThat(url.host()).matches("[a-z0-9._:-]+");
            } catch (RipTideException e) {
                assertThat(e.problem().code()).isIn(ProblemCode.INVALID_REQUEST, ProblemCode.ORIGIN_REFUSED);
            }
        }
    }
}
