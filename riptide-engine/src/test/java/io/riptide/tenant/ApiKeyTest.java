package io.riptide.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeyTest {
    private static final String ID = "0123456789Az";
    private static final String SECRET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ";
    /** CRC-32 of what stands before it is 0x0561CF57. Keys out there look like this for ever. */
    private static final String GOLDEN = "rtk_0123456789Az_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ066s9X";

    @Test
    void aKeyHasTheFormThatScannersKnow() {
        assertThat(ApiKey.of(ID, SECRET).reveal()).isEqualTo(GOLDEN);
        assertThat(ApiKey.make(new SecureRandom()).reveal())
                .matches("rtk_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}[0-9A-Za-z]{6}");
    }

    @Test
    void whatIsStoredIsSha256OfTheSecretsCharacters() throws Exception {
        byte[] expected = MessageDigest.getInstance("SHA-256").digest(SECRET.getBytes(StandardCharsets.US_ASCII));
        assertThat(ApiKey.of(ID, SECRET).secretHash()).isEqualTo(expected);
        ApiKey parsed = ApiKey.parse(GOLDEN);
        assertThat(parsed).isNotNull();
        assertThat(parsed.secretHash()).isEqualTo(expected);
        assertThat(HexFormat.of().formatHex(expected))
                .isEqualTo("46a2199782c8827f0ac56f503be9d39efee97f40a736b92cc7d7c5f825cfd851");
    }

    @Test
    void aKeyReadBackIsTheKey() {
        for (int i = 0; i < 200; i++) {
            ApiKey key = ApiKey.make(new SecureRandom());
            ApiKey parsed = ApiKey.parse(key.reveal());
            assertThat(parsed).isNotNull();
            assertThat(parsed.keyId()).isEqualTo(key.keyId()).hasSize(12);
            assertThat(parsed.secretHash()).isEqualTo(key.secretHash());
            assertThat(parsed.reveal()).isEqualTo(key.reveal());
        }
    }

    @Test
    void noTwoKeysAreAlike() {
        Set<String> ids = new HashSet<>();
        Set<String> secrets = new HashSet<>();
        for (int i = 0; i < 2_000; i++) {
            String text = ApiKey.make(new SecureRandom()).reveal();
            ids.add(text.substring(4, 16));
            secrets.add(text.substring(17, 60));
        }
        assertThat(ids).hasSize(2_000);
        assertThat(secrets).hasSize(2_000);
    }

    @Test
    void aKeyThatIsPrintedShowsItsPublicPartAlone() {
        assertThat(ApiKey.of(ID, SECRET)).hasToString("rtk_" + ID + "_…");
    }

    @Property
    void oneOtherCharacterAnywhereIsNoKey(@ForAll @IntRange(min = 0, max = 65) int at, @ForAll("digits") char other) {
        if (GOLDEN.charAt(at) != other) {
            String forged = GOLDEN.substring(0, at) + other + GOLDEN.substring(at + 1);
            assertThat(ApiKey.parse(forged)).isNull();
        }
    }

    @Provide
    Arbitrary<Character> digits() {
        return Arbitraries.of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-?é\u0000"
                .chars()
                .mapToObj(c -> (char) c)
                .toList());
    }

    @Property
    void noTextBreaksTheParser(@ForAll String text) {
        assertThat(ApiKey.parse(text)).isNull();
        assertThat(ApiKey.parse("rtk_" + text)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "rtk_",
                GOLDEN + "0",
                " " + GOLDEN,
                GOLDEN + " ",
                "RTK_0123456789Az_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ066s9X",
                "rtk_0123456789Az-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ066s9X"
            })
    void whatIsNotWhollyAKeyIsNone(String text) {
        assertThat(ApiKey.parse(text)).isNull();
    }

    @Test
    void charactersOutsideAsciiDoNotPassForOthers() {
        String forged = ApiKey.of("01234567?9Az", SECRET).reveal();
        assertThat(ApiKey.parse(forged)).isNull();
        assertThat(ApiKey.parse(forged.replace('?', '\u20ac'))).isNull();
        String inSecret = ApiKey.of(ID, SECRET.replace('c', '?')).reveal();
        assertThat(ApiKey.parse(inSecret)).isNull();
    }

    @Test
    void base62FillsUpAndHoldsWhatFits() {
        assertThat(Base62.fixed(BigInteger.ZERO, 3)).isEqualTo("000");
        assertThat(Base62.fixed(BigInteger.valueOf(61), 2)).isEqualTo("0z");
        assertThat(Base62.fixed(BigInteger.valueOf(62), 2)).isEqualTo("10");
        assertThat(Base62.fixed(BigInteger.TWO.pow(256).subtract(BigInteger.ONE), 43))
                .hasSize(43);
        assertThatThrownBy(() -> Base62.fixed(BigInteger.valueOf(62), 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyDigitIsDrawn() {
        Set<Integer> seen = new HashSet<>();
        Base62.random(10_000, new SecureRandom()).chars().forEach(seen::add);
        assertThat(seen).hasSize(62);
    }
}
