package io.riptide.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CodecTest {
    @Test
    void numbersAreThoseOfTheFormat() {
        assertThat(Codec.NONE.id()).isEqualTo(0);
        assertThat(Codec.LZ4.id()).isEqualTo(1);
        assertThat(Codec.ZSTD.id()).isEqualTo(2);
        assertThat(Codec.ZSTD_DICTIONARY.id()).isEqualTo(3);
        for (Codec codec : Codec.values()) {
            assertThat(Codec.byId(codec.id())).isEqualTo(codec);
        }
        for (int id : new int[] {-1, 4, 5, 6, 7, 8}) {
            assertThat(Codec.byId(id)).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, 0, 0, true",
        "NONE, 10, 10, true",
        "NONE, 10, 11, false",
        "LZ4, 0, 1, false",
        "LZ4, 10, 2550, true",
        "LZ4, 10, 2551, false",
        "ZSTD, 0, 1, false",
        "ZSTD, 10, 327680, true",
        "ZSTD, 10, 327681, false",
        "LZ4, 2147483647, 67108864, true",
        "ZSTD, 2147483647, 67108864, true"
    })
    void knowsHowFarAPayloadMayExpand(Codec codec, int payloadBytes, int valueBytes, boolean may) {
        assertThat(codec.mayExpand(payloadBytes, valueBytes)).isEqualTo(may);
    }

    @ParameterizedTest
    @EnumSource
    void theBestCaseStaysWithinTheExpansionThatIsAllowed(Codec codec) {
        byte[] value = new byte[16 << 20];
        int length = codec.shrink(value, new byte[codec.bound(value.length)], Inputs.DICTIONARY);

        assertThat(codec.mayExpand(length, value.length)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void theWorstCaseStaysWithinTheBound(Codec codec) {
        for (int length : new int[] {0, 1, 2, 100, 100_000}) {
            byte[] value = Inputs.mixed(length, 100, length);
            assertThat(codec.shrink(value, new byte[codec.bound(length)], Inputs.DICTIONARY))
                    .isBetween(0, codec.bound(length));
        }
    }

    @ParameterizedTest
    @EnumSource
    void expandsFromTheMiddleOfBytes(Codec codec) {
        byte[] value = Inputs.mixed(5_000, 50, 3);
        byte[] payload = new byte[codec.bound(value.length)];
        int length = codec.shrink(value, payload, Inputs.DICTIONARY);
        byte[] bytes = new byte[length + 20];
        Arrays.fill(bytes, (byte) 0x55);
        System.arraycopy(payload, 0, bytes, 10, length);
        byte[] back = new byte[value.length];

        assertThat(codec.expand(bytes, 10, length, back, Inputs.DICTIONARY)).isTrue();
        assertThat(back).isEqualTo(value);
        assertThat(codec.expand(bytes, 10, length - 1, back, Inputs.DICTIONARY)).isFalse();
        boolean shifted = codec.expand(bytes, 9, length, back, Inputs.DICTIONARY);
        assertThat(shifted && Arrays.equals(back, value)).isFalse();
        assertThat(codec.expand(bytes, 10, length, new byte[value.length + 1], Inputs.DICTIONARY))
                .isFalse();
        assertThat(codec.expand(bytes, 10, length, new byte[value.length - 1], Inputs.DICTIONARY))
                .isFalse();
        assertThat(codec.expand(bytes, 10, length, back, Inputs.DICTIONARY))
                .as("after failures")
                .isTrue();
    }

    @Property(tries = 2_000)
    void noGarbageThrows(@ForAll Codec codec, @ForAll byte[] garbage, @ForAll @IntRange(max = 5_000) int room) {
        boolean expanded = codec.expand(garbage, 0, garbage.length, new byte[room], Inputs.DICTIONARY);

        assertThat(expanded && !codec.mayExpand(garbage.length, room)).isFalse();
    }
}
