package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "\"\\ud83d\\ude00\"",
                "\"\\uD83D\\uDE00\\u00e4\"",
                "\"\\\\ud800\"",
                "\"\\\\\\\\ud800\"",
                "\"\ud83d\ude00 \u00e4\"",
                "\"\\u12\"",
                "\"\\u",
                "\\"
            })
    void wholeCharactersAreText(String json) {
        assertThat(JsonText.isUnicode(json.getBytes(StandardCharsets.UTF_8))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"\\ud800\"",
                "\"\\uDFFF\"",
                "\"\\ud800\\ud800\"",
                "\"\\ude00\\ud83d\"",
                "\"\\ud800x\\udc00\"",
                "\"\\\\\\ud800\"",
                "{\"\\ud800\": 1}",
                "\"\\ud800"
            })
    void halfASurrogatePairIsNone(String json) {
        assertThat(JsonText.isUnicode(json.getBytes(StandardCharsets.UTF_8))).isFalse();
    }

    @Test
    void whatIsNoUtf8IsNone() {
        int[][] all = {{0xff}, {'"', 0xc0, 0xaf, '"'}, {'"', 0xed, 0xa0, 0x80, '"'}, {'"', 0xe2, 0x82}, {0xf8, 0x88}};
        for (int[] bytes : all) {
            assertThat(JsonText.isUnicode(bytes(bytes))).isFalse();
        }
        assertThat(JsonText.isUnicode("{}".getBytes(StandardCharsets.UTF_16BE))).isFalse();
        assertThat(JsonText.isUnicode("{}".getBytes(StandardCharsets.UTF_16))).isFalse();
        byte[] late = "\u00e4".repeat(5000).concat("x").getBytes(StandardCharsets.UTF_8);
        assertThat(JsonText.isUnicode(late)).isTrue();
        late[late.length - 1] = (byte) 0xc3;
        assertThat(JsonText.isUnicode(late)).isFalse();
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Property(tries = 300)
    void aTextIsOneWhereItHasUtf8(@ForAll String text) {
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(c -> escaped.append(String.format("\\u%04x", c)));
        assertThat(JsonText.isUnicode(escaped.toString().getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(StandardCharsets.UTF_8.newEncoder().canEncode(text));
    }
}
