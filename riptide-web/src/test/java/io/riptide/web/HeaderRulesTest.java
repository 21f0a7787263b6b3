package io.riptide.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderRulesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: Bearer rtk_x",
                "X-API-Key: rtk_x",
                "X-Tenant-ID: acme",
                "Cookie: a=b",
                "Host: here",
                "User-Agent: theirs",
                "Accept-Encoding: br",
                "Connection: close",
                "Keep-Alive: timeout=5",
                "Proxy-Authorization: Basic x",
                "Proxy-Connection: keep-alive",
                "TE: trailers",
                "Trailer: x",
                "Transfer-Encoding: chunked",
                "Upgrade: h2c",
                "HTTP2-Settings: x",
                "Content-Length: 3",
                "Content-Type: text/plain",
                "Expect: 100-continue",
                "Range: bytes=0-1",
                "If-None-Match: *",
                "If-Modified-Since: x",
                "If-Range: x",
                "If-Match: x",
                "If-Unmodified-Since: x",
                "X-RipTide-Tags: a",
                "X-RipTide-Forward-Authorization: x",
                "Idempotency-Key: x"
            })
    void holdsBackWhatIsThisServersOrTheConnections(String line) {
        List<HeaderField> out = HeaderRules.toOrigin(Fields.of(line, "Accept: text/html"), "RipTide");
        assertThat(out)
                .containsExactlyElementsOf(
                        Fields.of("Accept: text/html", "User-Agent: RipTide", "Accept-Encoding: identity"));
    }

    @Test
    void passesOnWhatIsEndToEnd() {
        List<HeaderField> fields = Fields.of(
                "Accept-Language: de", "traceparent: 00-1-2-01", "X-Request-ID: r1", "Referer: http://a.example/");
        assertThat(HeaderRules.toOrigin(fields, "RipTide")).containsAll(fields);
        assertThat(HeaderRules.toCaller(Fields.of("ETag: \"1\"", "Set-Cookie: a=b", "Cache-Status: cdn; hit")))
                .isEqualTo(Fields.of("ETag: \"1\"", "Set-Cookie: a=b", "Cache-Status: cdn; hit"));
    }

    @Test
    void dropsWhatConnectionNamesInBothDirections() {
        List<HeaderField> fields =
                Fields.of("Connection: close, X-Hop", "connection: x-other", "x-hop: 1", "X-Other: 2");
        assertThat(HeaderRules.toCaller(fields)).isEmpty();
        assertThat(HeaderRules.toOrigin(fields, "RipTide"))
                .extracting(HeaderField::name)
                .containsExactly("User-Agent", "Accept-Encoding");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked",
                "Content-Length: 3",
                "Keep-Alive: x",
                "Age: 4",
                "Alt-Svc: h3=\":443\"",
                "Strict-Transport-Security: max-age=1",
                "Clear-Site-Data: \"*\"",
                "X-Request-ID: theirs",
                "RateLimit: x",
                "RateLimit-Policy: x",
                "Proxy-Authenticate: Basic",
                "Upgrade: h2"
            })
    void holdsBackFromTheCallerWhatSpeaksOfAnotherHostOrConnection(String line) {
        assertThat(HeaderRules.toCaller(Fields.of(line))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nb", "a\nb", "a\u0000", "a\u007f", "\u20ac"})
    void aValueThatCannotStandInAMessageIsNotSafe(String value) {
        assertThat(HeaderRules.isSafe("X", value)).isFalse();
        assertThat(HeaderRules.toOrigin(List.of(new HeaderField("X", value)), "R"))
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:b", "a\n", "\u00e4", "a(b)"})
    void aNameThatIsNoTokenIsNotSafe(String name) {
        assertThat(HeaderRules.isSafe(name, "x")).isFalse();
    }
}
