package io.riptide.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.riptide.entry.Envelope.Sealed;
import io.riptide.entry.Opening.Damaged;
import io.riptide.entry.Opening.Opened;
import io.riptide.entry.Opening.OtherKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {
    private static final String KEY = "/articles/1?lang=de";
    private static final StoreKey AT = StoreKey.of("acme", "pages", KEY);
    private static final byte[] VALUE = "tide ".repeat(1_000).getBytes(StandardCharsets.UTF_8);

    private static final int FLAGS_AT = 5;
    private static final int HEAD_LENGTH_AT = 6;
    private static final int HEAD_AT = 10;

    @ParameterizedTest
    @EnumSource
    void opensToWhatWasSealedWithEachCodec(Codec codec) {
        Sealed sealed = seal(VALUE, Inputs.compressor(codec, 0));

        Entry entry = opened(Envelope.open(AT, KEY, sealed.bytes(), Inputs.DICTIONARIES));

        assertThat(entry.toByteArray()).isEqualTo(VALUE);
        assertThat(entry.head()).isEqualTo(sealed.head());
        assertThat(sealed.head())
                .isEqualTo(new Head(
                        KEY,
                        "text/html",
                        1_000,
                        61_000,
                        7,
                        VALUE.length,
                        sealed.bytes().length,
                        List.of("news", "de"),
                        List.of(3L, 4L)));
        assertThat(sealed.bytes()[FLAGS_AT]).isEqualTo((byte) codec.id());
    }

    @Test
    void compressedIsShorterAndSaysSo() {
        int plain = seal(VALUE, Compressor.NONE).head().storedBytes();

        assertThat(seal(VALUE, new Compressor(Codec.LZ4, 0)).head().storedBytes())
                .isLessThan(plain / 10);
        assertThat(seal(VALUE, new Compressor(Codec.ZSTD, 0)).head().storedBytes())
                .isLessThan(plain / 10);
    }

    @Test
    void doesNotOpenAtAnotherStoreKey() {
        byte[] bytes = seal(VALUE, Compressor.NONE).bytes();

        assertThat(List.of(
                        StoreKey.of("acmf", "pages", KEY),
                        StoreKey.of("acme", "page", KEY),
                        StoreKey.of("acme", "pages", KEY + "1")))
                .allSatisfy(other -> assertThat(Envelope.open(other, KEY, bytes, Inputs.DICTIONARIES))
                        .isEqualTo(new Damaged("checksum differs")));
    }

    @Test
    void anotherKeyWithTheSameHashIsAMiss() {
        byte[] bytes = seal(VALUE, Compressor.NONE).bytes();

        assertThat(Envelope.open(AT, "/articles/2?lang=de", bytes, Inputs.DICTIONARIES))
                .isEqualTo(new OtherKey());
    }

    @Test
    void nothingShorterThanTheShortestEnvelopeOpens() {
        byte[] shortest = Envelope.seal(
                        AT, new Head("k", "", 0, 1, 1, 0, 0, List.of(), List.of()), new byte[0], Compressor.NONE)
                .bytes();
        assertThat(shortest).hasSize(53);
        assertThat(opened(Envelope.open(AT, "k", shortest, Inputs.DICTIONARIES)).size())
                .isZero();

        assertThat(Envelope.open(AT, "k", Arrays.copyOf(shortest, 52), Inputs.DICTIONARIES))
                .isEqualTo(new Damaged("too short"));
        assertThat(Envelope.open(AT, "k", new byte[0], Inputs.DICTIONARIES)).isEqualTo(new Damaged("too short"));
    }

    @Test
    void refusesForeignMagicAndUnknownVersionsEvenUnderARightChecksum() {
        assertThat(openChanged(0, (byte) 'r')).isEqualTo(new Damaged("not an envelope"));
        assertThat(openChanged(4, (byte) 0)).isEqualTo(new Damaged("unknown version"));
        assertThat(openChanged(4, (byte) 2)).isEqualTo(new Damaged("unknown version"));
    }

    @ParameterizedTest
    @ValueSource(bytes = {4, 5, 6, 7, 0b1100, 0b1_0000, 0b10_0000, 0b100_0000, (byte) 0b1000_0000, 0b1_1001})
    void refusesReservedFlagsEvenUnderARightChecksum(byte flags) {
        assertThat(openChanged(FLAGS_AT, flags)).isEqualTo(new Damaged("unknown flags"));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void refusesAHeadThatGoesBeyondTheBytesEvenUnderARightChecksum(int length) {
        byte[] bytes = seal(VALUE, Compressor.NONE).bytes();

        assertThat(openWith(bytes, HEAD_LENGTH_AT, length)).isEqualTo(new Damaged("head length"));
    }

    @Test
    void refusesAHeadThatReachesIntoTheChecksum() {
        byte[] bytes = seal(VALUE, Compressor.NONE).bytes();
        int rest = bytes.length - HEAD_AT - 4;

        assertThat(openWith(bytes.clone(), HEAD_LENGTH_AT, rest + 1)).isEqualTo(new Damaged("head length"));
        assertThat(openWith(bytes.clone(), HEAD_LENGTH_AT, rest)).isEqualTo(new Damaged("head"));
    }

    @Test
    void refusesAHeadWhoseStoredLengthIsNotThatOfTheBytes() {
        byte[] bytes = seal(VALUE, Compressor.NONE).bytes();

        assertThat(openWith(bytes, HEAD_AT + 29, bytes.length - 1)).isEqualTo(new Damaged("head"));
    }

    @Test
    void refusesAValueLengthThatThePayloadCannotStandForBeforeAllocatingIt() {
        int huge = Head.MAX_VALUE_BYTES;

        assertThat(openWith(seal(VALUE, Compressor.NONE).bytes(), HEAD_AT + 25, VALUE.length + 1))
                .isEqualTo(new Damaged("value length"));
        assertThat(openWith(seal(VALUE, new Compressor(Codec.LZ4, 0)).bytes(), HEAD_AT + 25, huge))
                .isEqualTo(new Damaged("value length"));
        assertThat(openWith(seal(VALUE, new Compressor(Codec.ZSTD, 0)).bytes(), HEAD_AT + 25, huge))
                .isEqualTo(new Damaged("value length"));
        assertThat(openWith(seal(VALUE, Compressor.NONE).bytes(), HEAD_AT + 25, huge + 1))
                .isEqualTo(new Damaged("head"));
    }

    @ParameterizedTest
    @EnumSource
    void refusesAPayloadThatGivesMoreOrLessThanTheValueLength(Codec codec) {
        byte[] bytes = seal(VALUE, Inputs.compressor(codec, 0)).bytes();

        assertThat(openWith(bytes.clone(), HEAD_AT + 25, VALUE.length - 1)).isEqualTo(new Damaged("payload"));
        if (codec != Codec.NONE) {
            assertThat(openWith(bytes.clone(), HEAD_AT + 25, VALUE.length + 1)).isEqualTo(new Damaged("payload"));
        }
    }

    @Test
    void refusesAPayloadOfAnotherCodec() {
        byte[] bytes = seal(VALUE, Compressor.NONE).bytes();

        assertThat(openWith(bytes.clone(), FLAGS_AT, (byte) 1)).isEqualTo(new Damaged("payload"));
        assertThat(openWith(bytes.clone(), FLAGS_AT, (byte) 2)).isEqualTo(new Damaged("payload"));
    }

    @Test
    void sealsTheLongestValueAndNoLonger() {
        byte[] longest = new byte[Head.MAX_VALUE_BYTES];
        Sealed sealed = seal(longest, new Compressor(Codec.ZSTD, 0));

        assertThat(opened(Envelope.open(AT, KEY, sealed.bytes(), Inputs.DICTIONARIES))
                        .size())
                .isEqualTo(longest.length);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> seal(new byte[Head.MAX_VALUE_BYTES + 1], Compressor.NONE))
                .withMessage("value length: 67108865 (expected: 0 to 67108864)");
    }

    @Test
    void theSealedBytesAreApartFromTheValue() {
        byte[] value = VALUE.clone();
        Sealed sealed = seal(value, Compressor.NONE);
        Arrays.fill(value, (byte) 0);
        Entry entry = opened(Envelope.open(AT, KEY, sealed.bytes(), Inputs.DICTIONARIES));
        Arrays.fill(sealed.bytes(), (byte) 0);

        assertThat(entry.toByteArray()).isEqualTo(VALUE);
    }

    @Test
    void carriesAsMuchAsAHeadHolds() {
        String key = "k".repeat(1_024);
        StoreKey at = StoreKey.of("t".repeat(64), "n".repeat(64), key);
        List<String> tags = Collections.nCopies(16, "x".repeat(128));
        List<Long> generations = Collections.nCopies(32, Long.MIN_VALUE);
        Sealed sealed = Envelope.seal(
                at,
                new Head(
                        key,
                        "c".repeat(255),
                        Long.MIN_VALUE,
                        Long.MAX_VALUE - 1,
                        Long.MAX_VALUE,
                        -1,
                        0,
                        0,
                        tags,
                        generations),
                VALUE,
                Compressor.NONE);

        Head head = opened(Envelope.open(at, key, sealed.bytes(), Inputs.DICTIONARIES))
                .head();

        assertThat(head).isEqualTo(sealed.head());
        assertThat(head.tags()).isEqualTo(tags);
        assertThat(head.generations()).isEqualTo(generations);
    }

    static Entry opened(Opening opening) {
        assertThat(opening).isInstanceOf(Opened.class);
        return ((Opened) opening).entry();
    }

    private static Sealed seal(byte[] value, Compressor compressor) {
        Head head = new Head(KEY, "text/html", 1_000, 61_000, 7, 0, 0, List.of("news", "de"), List.of(3L, 4L));
        return Envelope.seal(AT, head, value, compressor);
    }

    private static Opening openChanged(int index, byte to) {
        return openWith(seal(VALUE, Compressor.NONE).bytes(), index, to);
    }

    private static Opening openWith(byte[] bytes, int index, byte to) {
        bytes[index] = to;
        return Envelope.open(AT, KEY, withRightChecksum(AT, bytes), Inputs.DICTIONARIES);
    }

    private static Opening openWith(byte[] bytes, int index, int to) {
        ByteBuffer.wrap(bytes).putInt(index, to);
        return Envelope.open(AT, KEY, withRightChecksum(AT, bytes), Inputs.DICTIONARIES);
    }

    /** Damage that a checksum does not show: the last four bytes are made right again. */
    static byte[] withRightChecksum(StoreKey at, byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(at.text().getBytes(StandardCharsets.US_ASCII));
        crc.update(bytes, 0, bytes.length - 4);
        ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) crc.getValue());
        return bytes;
    }
}
