package io.riptide.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.riptide.entry.Envelope.Sealed;
import io.riptide.entry.Opening.Damaged;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DictionaryTest {
    private static final String KEY = "/tides/1";
    private static final StoreKey AT = StoreKey.of("acme", "pages", KEY);
    private static final byte[] VALUE = Inputs.record(100_000);

    private static Sealed seal(byte[] value, Compressor compressor) {
        Head head = new Head(KEY, "application/json", 1, 2, 3, 0, 0, List.of(), List.of());
        return Envelope.seal(AT, head, value, compressor);
    }

    private static Compressor with(Dictionary dictionary) {
        return new Compressor(Codec.ZSTD, 0).with(dictionary);
    }

    private static Dictionary again(Dictionary dictionary) {
        return Dictionary.parse(dictionary.bytes()).orElseThrow();
    }

    private static Dictionary another() {
        return Dictionary.train(IntStream.range(0, 500)
                        .mapToObj(i -> ("<tr><td>harbour " + i * 7919 % 1000 + "</td><td>" + i * 31 + " m</td></tr>")
                                .getBytes(StandardCharsets.UTF_8))
                        .toList())
                .orElseThrow();
    }

    @Test
    void aValueOfTheKindItWasTrainedOnBecomesMuchShorterThanWithoutIt() {
        int plain = seal(VALUE, new Compressor(Codec.ZSTD, 0)).bytes().length;
        int with = seal(VALUE, with(Inputs.DICTIONARY)).bytes().length;

        assertThat(with).isLessThan(plain - 50);
    }

    @Test
    void whatWasWrittenWithItOpensWithItsBytesReadAnew() {
        Sealed sealed = seal(VALUE, with(Inputs.DICTIONARY));
        Dictionary read = again(Inputs.DICTIONARY);

        assertThat(read.id()).isEqualTo(Inputs.DICTIONARY.id());
        assertThat(EnvelopeTest.opened(Envelope.open(AT, KEY, sealed.bytes(), id -> id == read.id() ? read : null))
                        .toByteArray())
                .isEqualTo(VALUE);
    }

    @Test
    void aMissingDictionaryIsDamage() {
        Sealed sealed = seal(VALUE, with(Inputs.DICTIONARY));

        assertThat(Envelope.open(AT, KEY, sealed.bytes(), DictionarySource.NONE))
                .isEqualTo(new Damaged("no dictionary"));
    }

    @Test
    void anotherDictionaryThanTheOneNamedIsDamage() {
        Sealed sealed = seal(VALUE, with(Inputs.DICTIONARY));
        Dictionary other = another();

        assertThat(other.id()).isNotEqualTo(Inputs.DICTIONARY.id());
        assertThat(Envelope.open(AT, KEY, sealed.bytes(), id -> other)).isEqualTo(new Damaged("payload"));
    }

    @Test
    void theDictionaryThatIsAskedForIsTheOneThatTheFrameNames() {
        int[] asked = new int[1];
        Envelope.open(AT, KEY, seal(VALUE, with(Inputs.DICTIONARY)).bytes(), id -> {
            asked[0] = id;
            return null;
        });

        assertThat(asked[0]).isEqualTo(Inputs.DICTIONARY.id());
    }

    @Test
    void longValuesAndThoseThatDoNotShrinkGoWithoutIt() {
        Compressor compressor = with(Inputs.DICTIONARY);

        assertThat(compressor.compress(Inputs.mixed(128 << 10, 10, 1)).codec()).isEqualTo(Codec.ZSTD_DICTIONARY);
        assertThat(compressor.compress(Inputs.mixed((128 << 10) + 1, 10, 1)).codec())
                .isEqualTo(Codec.ZSTD);
        assertThat(compressor.compress(Inputs.mixed(2000, 100, 1)).codec()).isEqualTo(Codec.NONE);
    }

    @Test
    void aCompressorIsToldItsDictionary() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Compressor(Codec.ZSTD_DICTIONARY, 0));
    }

    @Test
    void bytesThatAreNoDictionaryAreRefused() {
        byte[] good = Inputs.DICTIONARY.bytes();

        assertThat(Dictionary.parse(new byte[0])).isEmpty();
        assertThat(Dictionary.parse(new byte[10_000])).isEmpty();
        assertThat(Dictionary.parse(Arrays.copyOf(good, 100))).isEmpty();
        assertThat(Dictionary.parse(new byte[Dictionary.MAX_BYTES + 1])).isEmpty();
        byte[] withoutId = good.clone();
        Arrays.fill(withoutId, 4, 8, (byte) 0);
        assertThat(Dictionary.parse(withoutId)).isEmpty();
        byte[] withoutTables = good.clone();
        Arrays.fill(withoutTables, 8, 200, (byte) 0xFF);
        assertThat(Dictionary.parse(withoutTables)).isEmpty();
    }

    @Property(tries = 500)
    void noGarbageThrows(@ForAll byte[] garbage, @ForAll boolean begun) {
        byte[] bytes = garbage;
        if (begun) {
            bytes = Arrays.copyOf(Inputs.DICTIONARY.bytes(), 2000);
            System.arraycopy(garbage, 0, bytes, 8, Math.min(garbage.length, 1000));
        }
        Dictionary.parse(bytes).ifPresent(Dictionary::close);
    }

    @Property(tries = 1_000)
    void noFrameHeaderThrows(@ForAll byte[] garbage) {
        ZstdFrame.dictionaryId(garbage, 0, garbage.length);
        byte[] begun = new byte[garbage.length + 4];
        System.arraycopy(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd}, 0, begun, 0, 4);
        System.arraycopy(garbage, 0, begun, 4, garbage.length);
        ZstdFrame.dictionaryId(begun, 0, begun.length);
        assertThat(ZstdFrame.dictionaryId(begun, 0, 4)).isZero();
    }

    @Test
    void frameHeadersNameDictionariesInOneTwoOrFourBytes() {
        byte[] magic = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
        assertThat(idIn(magic, 0b10_0000, 9)).isZero();
        assertThat(idIn(magic, 0b10_0001, 0xfe)).isEqualTo(0xfe);
        assertThat(idIn(magic, 0b10_0010, 0x34, 0x12)).isEqualTo(0x1234);
        assertThat(idIn(magic, 0b10_0011, 0x78, 0x56, 0x34, 0x12)).isEqualTo(0x12345678);
        assertThat(idIn(magic, 0b00_0001, 0x58, 0xfe))
                .as("behind the window's size")
                .isEqualTo(0xfe);
        assertThat(idIn(magic, 0b10_0011, 0x78, 0x56, 0x34)).as("cut off").isZero();
        assertThat(idIn(new byte[4], 0b10_0001, 0xfe)).isZero();
    }

    private static int idIn(byte[] magic, int... rest) {
        byte[] frame = Arrays.copyOf(magic, 4 + rest.length);
        for (int i = 0; i < rest.length; i++) {
            frame[4 + i] = (byte) rest[i];
        }
        return ZstdFrame.dictionaryId(frame, 0, frame.length);
    }

    @Test
    void tooFewSamplesGiveNone() {
        assertThat(Dictionary.train(List.of())).isEmpty();
        assertThat(Dictionary.train(List.of(VALUE))).isEmpty();
    }

    @Test
    void theSameSamplesGiveTheSameOne() {
        Dictionary once = another();
        Dictionary twice = another();

        assertThat(twice.id()).isEqualTo(once.id());
        assertThat(twice.bytes()).isEqualTo(once.bytes());
    }

    @Test
    void closingLetsGoOfNativeMemoryAndItStillWorks() {
        Dictionary dictionary = again(Inputs.DICTIONARY);
        Sealed sealed = seal(VALUE, with(dictionary));
        assertThat(dictionary.holdsNativeMemory()).isTrue();

        dictionary.close();
        dictionary.close();

        assertThat(dictionary.holdsNativeMemory()).isFalse();
        assertThat(seal(VALUE, with(dictionary)).bytes()).isEqualTo(sealed.bytes());
        assertThat(EnvelopeTest.opened(Envelope.open(AT, KEY, sealed.bytes(), id -> dictionary))
                        .toByteArray())
                .isEqualTo(VALUE);
        assertThat(dictionary.holdsNativeMemory()).isFalse();
    }

    @Test
    void closingWhileManyUseItHarmsNone() throws InterruptedException {
        int threads = 8;
        AtomicInteger whole = new AtomicInteger();
        for (int round = 0; round < 50; round++) {
            Dictionary dictionary = again(Inputs.DICTIONARY);
            CountDownLatch begun = new CountDownLatch(threads);
            try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
                for (int i = 0; i < threads; i++) {
                    byte[] value = Inputs.record(i);
                    pool.execute(() -> {
                        begun.countDown();
                        for (int call = 0; call < 20; call++) {
                            byte[] bytes = seal(value, with(dictionary)).bytes();
                            Entry entry = EnvelopeTest.opened(Envelope.open(AT, KEY, bytes, id -> dictionary));
                            whole.addAndGet(Arrays.equals(entry.toByteArray(), value) ? 1 : 0);
                        }
                    });
                }
                begun.await();
                dictionary.close();
            }
            assertThat(dictionary.holdsNativeMemory()).isFalse();
        }
        assertThat(whole).hasValue(50 * threads * 20);
    }
}
