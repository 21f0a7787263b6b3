package io.riptide.entry;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.entry.Envelope.Sealed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bytes of every version that was ever written, as hex under {@code io/riptide/entry}: they open for ever. A new
 * version adds files and keeps these; nothing rewrites them.
 */
class GoldenBytesTest {
    private static final byte[] TEXT =
            "The tide rises, the tide falls. ".repeat(8).getBytes(StandardCharsets.UTF_8);

    /** The stored length of the head is the first thing that depends on how well the library compresses. */
    private static final int FIRST_DIFFERENCE = 10 + 29;

    /** What was sealed, and the file that holds what it became. */
    record Golden(String file, Codec codec, StoreKey at, byte[] value, Head head) {
        @Override
        public String toString() {
            return file;
        }
    }

    static Stream<Golden> version1() {
        return Stream.of(
                golden("none", Codec.NONE, "/index.html", "text/html", List.of(), List.of(), TEXT, 328),
                golden("lz4", Codec.LZ4, "/index.html", "text/html", List.of(), List.of(), TEXT, 110),
                golden("zstd", Codec.ZSTD, "/index.html", "text/html", List.of(), List.of(), TEXT, 119),
                golden(
                        "tags",
                        Codec.NONE,
                        "/a/1",
                        "application/json",
                        List.of("news", "straße"),
                        List.of(1L, -2L, Long.MAX_VALUE),
                        "{\"a\":1}".getBytes(StandardCharsets.UTF_8),
                        116),
                golden("untyped", Codec.NONE, "k", "", List.of(), List.of(), new byte[] {0, -1, 127, -128}, 57),
                golden("unicode", Codec.NONE, "/łódź/潮汐/🌊", "text/plain", List.of(), List.of(), new byte[0], 82));
    }

    /** The head's second format, which says until when an entry is kept beyond its end. */
    static Stream<Golden> kept() {
        Golden plain = golden("kept", Codec.NONE, "/a/1", "text/html", List.of("news"), List.of(7L), TEXT, 342);
        Head head = plain.head;
        Head kept = new Head(
                head.key(),
                head.contentType(),
                head.createdMillis(),
                head.expiresMillis(),
                head.expiresMillis() + 86_400_000,
                head.version(),
                head.valueBytes(),
                head.storedBytes(),
                head.tags(),
                head.generations());
        return Stream.of(new Golden(plain.file, plain.codec, plain.at, plain.value, kept));
    }

    /** A payload that needs the dictionary in {@code dictionary-1.hex}. */
    static Stream<Golden> dictionary() throws IOException {
        byte[] value = ("{\"station\":{\"id\":812,\"operator\":\"harbour authority\"},\"tides\":[{\"kind\":\"high\","
                        + "\"height_cm\":512,\"minute\":733}],\"source\":\"prediction\"}")
                .getBytes(StandardCharsets.UTF_8);
        return Stream.of(golden(
                "zstd-dictionary",
                Codec.ZSTD_DICTIONARY,
                "/t/8",
                "application/json",
                List.of(),
                List.of(),
                value,
                104));
    }

    private static Compressor compressor(Codec codec) throws IOException {
        return codec == Codec.ZSTD_DICTIONARY
                ? new Compressor(Codec.ZSTD, 0).with(storedDictionary())
                : new Compressor(codec, 0);
    }

    private static Dictionary storedDictionary() throws IOException {
        return Dictionary.parse(bytes("dictionary-1")).orElseThrow();
    }

    private static Golden golden(
            String name,
            Codec codec,
            String key,
            String contentType,
            List<String> tags,
            List<Long> generations,
            byte[] value,
            int storedBytes) {
        StoreKey at = StoreKey.of("acme", "pages", key);
        Head head = new Head(
                key,
                contentType,
                1_793_000_000_000L,
                1_793_003_600_000L,
                0x0102030405060708L,
                value.length,
                storedBytes,
                tags,
                generations);
        return new Golden("envelope-1-" + name, codec, at, value, head);
    }

    @ParameterizedTest
    @MethodSource({"version1", "kept", "dictionary"})
    void everyEnvelopeOpens(Golden golden) throws IOException {
        Dictionary stored = storedDictionary();
        Entry entry = EnvelopeTest.opened(Envelope.open(
                golden.at, golden.head.key(), bytes(golden.file), id -> id == stored.id() ? stored : null));

        assertThat(entry.head()).isEqualTo(golden.head);
        assertThat(entry.toByteArray()).isEqualTo(golden.value);
    }

    @ParameterizedTest
    @MethodSource({"version1", "kept", "dictionary"})
    void sealingGivesTheSameBytesAgain(Golden golden) throws IOException {
        Head head = golden.head;
        Sealed sealed = Envelope.seal(golden.at, head, golden.value, compressor(golden.codec));

        // What a codec's library makes of a value may change with the library; what surrounds it may not.
        byte[] expected = bytes(golden.file);
        if (golden.codec == Codec.NONE) {
            assertThat(sealed.bytes()).isEqualTo(expected);
        } else {
            assertThat(sealed.bytes()).startsWith(Arrays.copyOf(expected, FIRST_DIFFERENCE));
        }
    }

    @ParameterizedTest
    @MethodSource({"version1", "kept", "dictionary"})
    void everyHeadParses(Golden golden) throws IOException {
        byte[] expected = bytes(golden.file.replace("envelope", "head"));

        assertThat(Head.parse(expected)).contains(golden.head);
        assertThat(golden.head.encode()).isEqualTo(expected);
    }

    /** What lies in the file of that name. */
    static byte[] bytes(String file) throws IOException {
        try (InputStream in = GoldenBytesTest.class.getResourceAsStream(file + ".hex")) {
            assertThat(in).as(file).isNotNull();
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
        }
    }
}
