package io.riptide.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.riptide.entry.Compressor.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class CompressorTest {
    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void compressesFromTheThresholdOn(Codec codec) {
        Compressor compressor = Inputs.compressor(codec, 1_000);

        assertStaysAsItIs(compressor, new byte[999]);
        assertThat(compressor.compress(new byte[1_000]).codec()).isEqualTo(codec);
        assertThat(compressor.compress(new byte[1_001]).codec()).isEqualTo(codec);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void compressesExactlyWhereItSavesATenth(Codec codec) {
        Compressor compressor = Inputs.compressor(codec, 0);
        Set<Integer> lengths = new HashSet<>();
        for (int random = 800; random <= 1_000; random++) {
            byte[] value = new byte[1_000];
            byte[] start = new byte[random];
            new SplittableRandom(42).nextBytes(start);
            System.arraycopy(start, 0, value, 0, random);
            int length = codec.shrink(value, new byte[codec.bound(value.length)], Inputs.DICTIONARY);
            lengths.add(length);

            if (length <= 900) {
                Payload payload = compressor.compress(value);
                assertThat(payload.codec()).as("%d bytes", length).isEqualTo(codec);
                assertThat(payload.length()).isEqualTo(length);
            } else {
                assertStaysAsItIs(compressor, value);
            }
        }
        assertThat(lengths).anyMatch(length -> length <= 900).anyMatch(length -> length > 900);
        if (codec == Codec.LZ4) {
            assertThat(lengths).as("the rule's very edge").contains(900, 901);
        }
    }

    @ParameterizedTest
    @EnumSource
    void leavesShortAndRandomValuesAsTheyAre(Codec codec) {
        Compressor compressor = Inputs.compressor(codec, 0);

        assertStaysAsItIs(compressor, new byte[0]);
        assertStaysAsItIs(compressor, new byte[1]);
        assertStaysAsItIs(compressor, Inputs.mixed(100 << 10, 100, 7));
    }

    @Test
    void noneNeverCompresses() {
        assertStaysAsItIs(Compressor.NONE, new byte[10_000]);
        assertStaysAsItIs(new Compressor(Codec.NONE, 0), new byte[10_000]);
    }

    @Test
    void refusesAThresholdBelowZero() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Compressor(Codec.LZ4, -1))
                .withMessage("thresholdBytes: -1 (expected: at least 0)");
    }

    @ParameterizedTest
    @CsvSource({"LZ4, 2.0", "ZSTD, 3.0"})
    void makesPagesAndRecordsSeveralTimesShorter(Codec codec, double atLeast) {
        Compressor compressor = Inputs.compressor(codec, 1_024);
        for (byte[] value : new byte[][] {html(), json()}) {
            Payload payload = compressor.compress(value);

            assertThat(payload.codec()).isEqualTo(codec);
            assertThat((double) value.length / payload.length()).isGreaterThan(atLeast);
        }
    }

    @ParameterizedTest
    @EnumSource
    void manyThreadsAtOnceDoNotMixTheirValues(Codec codec) {
        ConcurrentLinkedQueue<Integer> wrong = new ConcurrentLinkedQueue<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 500; i++) {
                int seed = i;
                threads.execute(() -> {
                    byte[] value = Inputs.mixed(2_000 + seed, 50, seed);
                    byte[] payload = new byte[codec.bound(value.length)];
                    int length = codec.shrink(value, payload, Inputs.DICTIONARY);
                    byte[] back = new byte[value.length];
                    if (!codec.expand(payload, 0, length, back, Inputs.DICTIONARY) || !Arrays.equals(back, value)) {
                        wrong.add(seed);
                    }
                });
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static void assertStaysAsItIs(Compressor compressor, byte[] value) {
        Payload payload = compressor.compress(value);

        assertThat(payload.codec()).isEqualTo(Codec.NONE);
        assertThat(payload.bytes()).isSameAs(value);
        assertThat(payload.length()).isEqualTo(value.length);
    }

    private static byte[] html() {
        SplittableRandom random = new SplittableRandom(1);
        StringBuilder page = new StringBuilder("<!doctype html><html><head><title>Tides</title></head><body><table>\n");
        for (int row = 0; row < 200; row++) {
            page.append("<tr class=\"row\"><td>Harbour ")
                    .append(random.nextInt(1_000))
                    .append("</td><td class=\"height\">")
                    .append(random.nextInt(10_000) / 100.0)
                    .append(" m</td></tr>\n");
        }
        return page.append("</table></body></html>").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] json() {
        SplittableRandom random = new SplittableRandom(2);
        StringBuilder records = new StringBuilder("[");
        for (int i = 0; i < 200; i++) {
            records.append("{\"id\":")
                    .append(random.nextInt(1_000_000))
                    .append(",\"name\":\"customer ")
                    .append(random.nextInt(1_000))
                    .append("\",\"active\":")
                    .append(random.nextBoolean())
                    .append(",\"plan\":\"basic\"},");
        }
        return records.append("{}]").toString().getBytes(StandardCharsets.UTF_8);
    }
}
