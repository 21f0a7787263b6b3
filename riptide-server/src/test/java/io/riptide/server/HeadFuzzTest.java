package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Whatever a request's head holds: path, query and headers are read, or refused by name. */
class HeadFuzzTest {
    private static final long MAX_TTL_SECONDS = 1000;

    @FuzzTest(maxDuration = "1m")
    void splitsAnyPath(byte[] bytes) {
        String raw = new String(bytes, StandardCharsets.ISO_8859_1);
        assertThat(RawPath.firstSegment(raw)).doesNotContain("/");
        Refusals.valueOf(() -> RawPath.segments(raw)).ifPresent(segments -> {
            assertThat(segments)
                    .allSatisfy(segment ->
                            assertThat(segment).isNotEmpty().isNotIn(".", "..").doesNotContain("\0"));
            String printed = segments.stream().map(HeadFuzzTest::encoded).collect(Collectors.joining("/", "/", ""));
            assertThat(RawPath.segments(printed)).isEqualTo(segments);
        });
    }

    @FuzzTest(maxDuration = "1m")
    void parsesAnyQuery(byte[] bytes) {
        String raw = new String(bytes, StandardCharsets.ISO_8859_1);
        Refusals.valueOf(() -> QueryText.parse(raw)).ifPresent(pairs -> {
            String printed = pairs.entrySet().stream()
                    .filter(pair -> !pair.getValue().equals(QueryText.REPEATED))
                    .map(pair -> encoded(pair.getKey()) + "=" + encoded(pair.getValue()))
                    .collect(Collectors.joining("&"));
            Map<String, String> once = pairs.entrySet().stream()
                    .filter(pair -> !pair.getValue().equals(QueryText.REPEATED))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
            assertThat(QueryText.parse(printed)).isEqualTo(once);
        });
    }

    @FuzzTest(maxDuration = "1m")
    void readsAnyHeader(byte[] bytes) {
        String value = new String(bytes, StandardCharsets.ISO_8859_1);
        long version = ByteBuffer.wrap(Arrays.copyOf(bytes, Long.BYTES)).getLong();
        Refusals.valueOf(() -> Etags.match(value));
        Refusals.valueOf(() -> Etags.holds(value, version));
        Refusals.valueOf(() -> String.valueOf(EntryHeaders.maxAge(value, MAX_TTL_SECONDS)));
        BatchValues.isJson(value);
        BatchValues.isText(value);
        assertThat(Numbers.parse(value)).isBetween(-1L, 999_999_999_999_999_999L);
        String id = new RequestIds(new SecureRandom()).idFor(value);
        assertThat(id).matches("[A-Za-z0-9._:-]{1,128}");

        assertThat(Etags.match(Etags.of(version))).isEqualTo(new Etags.Match.Version(version));
        for (String list : List.of(Etags.of(version), "W/" + Etags.of(version), "\"a\", " + Etags.of(version))) {
            assertThat(Etags.holds(list, version)).isTrue();
        }
        long number = Math.floorMod(version, 1_000_000_000_000_000_000L);
        assertThat(Numbers.parse(Long.toString(number))).isEqualTo(number);
    }

    private static String encoded(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            out.append(String.format("%%%02X", b));
        }
        return out.toString();
    }
}
