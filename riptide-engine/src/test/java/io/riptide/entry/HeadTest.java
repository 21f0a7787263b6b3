package io.riptide.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadTest {
    private static final Head HEAD =
            new Head("ключ/1", "text/html", 1_000, 2_000, 7, 500, 300, List.of("a", "бв"), List.of(1L, -2L));
    private static final Head BARE = new Head("k", "", 0, 0, 0, 0, 0, List.of(), List.of());

    @Test
    void parsesToWhatWasEncoded() {
        assertThat(Head.parse(HEAD.encode())).contains(HEAD);
        assertThat(Head.parse(BARE.encode())).contains(BARE);
        assertThat(BARE.encode()).hasSize(43);
    }

    @Test
    void oneThatIsKeptBeyondItsEndTakesEightBytesMore() {
        Head kept = new Head("k", "", 0, 5, 6, 0, 0, 0, List.of("t"), List.of(9L));

        assertThat(Head.parse(kept.encode())).contains(kept);
        assertThat(kept.encode())
                .hasSize(new Head("k", "", 0, 5, 0, 0, 0, List.of("t"), List.of(9L)).encode().length + Long.BYTES);
        assertThat(kept.goneAt(5)).isFalse();
        assertThat(kept.goneAt(6)).isTrue();
    }

    @Test
    void oneThatIsKeptNoLongerThanItsEndIsWrittenInTheFirstFormat() {
        byte[] bytes = new Head("k", "", 0, 5, 6, 0, 0, 0, List.of(), List.of()).encode();
        ByteBuffer.wrap(bytes).putLong(38, 5);

        assertThat(Head.parse(withRightChecksum(bytes))).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Head("k", "", 0, 5, 4, 0, 0, 0, List.of(), List.of()))
                .withMessage("keptMillis: 4 (expected: at least expiresMillis, 5)");
    }

    @Test
    void everyTruncationIsEmpty() {
        byte[] bytes = HEAD.encode();
        for (int length = 0; length < bytes.length; length++) {
            assertThat(Head.parse(Arrays.copyOf(bytes, length))).isEmpty();
        }
    }

    @Test
    void everyTruncationUnderARightChecksumIsEmpty() {
        byte[] bytes = HEAD.encode();
        for (int length = 4; length < bytes.length; length++) {
            assertThat(Head.parse(withRightChecksum(Arrays.copyOf(bytes, length))))
                    .isEmpty();
        }
    }

    @Test
    void everyFlippedBitIsEmpty() {
        byte[] bytes = HEAD.encode();
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(Head.parse(bytes)).isEmpty();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
        assertThat(Head.parse(bytes)).contains(HEAD);
    }

    @Test
    void bytesBehindTheLastTagAreNotPassedOver() {
        byte[] bytes = HEAD.encode();

        assertThat(Head.parse(withRightChecksum(Arrays.copyOf(bytes, bytes.length + 1))))
                .isEmpty();
    }

    @ParameterizedTest(name = "byte {0} set to {1}: {2}")
    @CsvSource({
        "0, 0, format before the first",
        "0, 2, a format with 8 bytes more",
        "0, 3, format after the last",
        "25, -128, value length below 0",
        "25, 5, value length above 64 MiB",
        "29, -128, stored length below 0",
        "33, 4, key longer than 1024 bytes",
        "33, -128, key length with its highest bit set",
        "34, 0, key of 0 bytes",
        "35, -1, content type longer than what is left",
        "36, 17, more than 16 tags",
        "36, 3, more tags than there are",
        "36, 1, fewer tags than there are",
        "37, 33, more than 32 generations",
        "37, 32, more generations than there are",
        "54, -1, a key that is no UTF-8",
        "64, -1, a content type that is no UTF-8",
        "73, 0, a tag of 0 bytes",
        "73, 127, a tag longer than what is left",
        "73, -127, a tag longer than 128 bytes",
        "74, -1, a first tag that is no UTF-8",
        "79, -1, a last tag that is no UTF-8",
    })
    void partsOutOfBoundsAreEmptyEvenUnderARightChecksum(int index, byte to, String what) {
        byte[] bytes = HEAD.encode();
        assertThat(bytes[73]).as("where the first tag begins").isEqualTo((byte) 1);
        bytes[index] = to;

        assertThat(Head.parse(withRightChecksum(bytes))).as(what).isEmpty();
    }

    @Test
    void numbersAtTheirBoundsParse() {
        Head head = new Head(
                "k".repeat(1_024),
                "c".repeat(255),
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                Long.MIN_VALUE,
                Head.MAX_VALUE_BYTES,
                Integer.MAX_VALUE,
                Collections.nCopies(16, "t".repeat(128)),
                Collections.nCopies(32, Long.MAX_VALUE));

        assertThat(Head.parse(head.encode())).contains(head);
    }

    @Test
    void refusesToEncodeWhatItWouldNotParse() {
        refuses(withKey(""), "key in bytes: 0 (expected: 1 to 1024)");
        refuses(withKey("k".repeat(1_025)), "key in bytes: 1025 (expected: 1 to 1024)");
        refuses(withKey("€".repeat(342)), "key in bytes: 1026 (expected: 1 to 1024)");
        refuses(withKey("\ud83d"), "key: an unpaired surrogate (expected: well-formed text)");
        refuses(withType("c".repeat(256)), "content type in bytes: 256 (expected: 0 to 255)");
        refuses(withType("\udc00"), "content type: an unpaired surrogate (expected: well-formed text)");
        refuses(withTags(List.of("")), "tag in bytes: 0 (expected: 1 to 128)");
        refuses(withTags(List.of("t".repeat(129))), "tag in bytes: 129 (expected: 1 to 128)");
        refuses(withTags(Collections.nCopies(17, "t")), "number of tags: 17 (expected: 0 to 16)");
        refuses(
                new Head("k", "", 0, 0, 0, 0, 0, List.of(), Collections.nCopies(33, 0L)),
                "number of generations: 33 (expected: 0 to 32)");
        refuses(withLengths(-1, 0), "value length: -1 (expected: 0 to 67108864)");
        refuses(withLengths(67_108_865, 0), "value length: 67108865 (expected: 0 to 67108864)");
        refuses(withLengths(0, -1), "stored length: -1 (expected: 0 to 2147483647)");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1_999})
    void isAliveBeforeItsEnd(long now) {
        assertThat(HEAD.expiredAt(now)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {2_000, 2_001})
    void isGoneFromItsEndOn(long now) {
        assertThat(HEAD.expiredAt(now)).isTrue();
    }

    private static void refuses(Head head, String message) {
        assertThatIllegalArgumentException().isThrownBy(head::encode).withMessage(message);
    }

    private static Head withKey(String key) {
        return new Head(key, "", 0, 0, 0, 0, 0, List.of(), List.of());
    }

    private static Head withType(String contentType) {
        return new Head("k", contentType, 0, 0, 0, 0, 0, List.of(), List.of());
    }

    private static Head withTags(List<String> tags) {
        return new Head("k", "", 0, 0, 0, 0, 0, tags, List.of());
    }

    private static Head withLengths(int valueBytes, int storedBytes) {
        return new Head("k", "", 0, 0, 0, valueBytes, storedBytes, List.of(), List.of());
    }

    static byte[] withRightChecksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - 4);
        ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) crc.getValue());
        return bytes;
    }
}
