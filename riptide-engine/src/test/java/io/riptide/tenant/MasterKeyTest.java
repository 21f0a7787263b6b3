package io.riptide.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.entry.AesGcm;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class MasterKeyTest {
    private static final String MASTER = Base64.getEncoder().encodeToString(counting(0, 32));

    /** Made by another program: HMAC-SHA-256 for the wrapping key, then AES-256-GCM with the tenant's id bound in. */
    private static final byte[] WRAPPED = HexFormat.of()
            .parseHex("000102030405060708090a0bf6cd2570cdeff20e90a14885"
                    + "aa484fb80eba46096056387c1e4d256c501850949f96672a73bc59c25fc4e0508dadebaa");

    private static final byte[] KEY = counting(0x80, 32);

    private static byte[] counting(int from, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (from + i);
        }
        return bytes;
    }

    private static MasterKey master() {
        return new MasterKey(MASTER, new AesGcm(new SecureRandom() {
            @Override
            public void nextBytes(byte[] bytes) {
                System.arraycopy(counting(0, bytes.length), 0, bytes, 0, bytes.length);
            }
        }));
    }

    @Test
    void aKeyThatLiesWrappedOpensForEver() {
        assertThat(master().unwrap("acme", WRAPPED)).isEqualTo(KEY);
        assertThat(master().wrap("acme", KEY)).isEqualTo(WRAPPED);
    }

    @Test
    void itOpensForItsTenantAndUnderItsMasterKeyAlone() {
        assertThat(master().unwrap("acme2", WRAPPED)).isNull();
        String other = Base64.getEncoder().encodeToString(counting(1, 32));
        assertThat(new MasterKey(other, new AesGcm(new SecureRandom())).unwrap("acme", WRAPPED))
                .isNull();
    }

    @Test
    void whateverBitOfItIsFlippedItDoesNotOpen() {
        for (int bit = 0; bit < WRAPPED.length * 8; bit++) {
            byte[] flipped = WRAPPED.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(master().unwrap("acme", flipped)).as("bit %d", bit).isNull();
        }
        assertThat(master().unwrap("acme", new byte[0])).isNull();
    }

    @Test
    void itShowsNothingOfItself() {
        assertThat(master().toString()).isEqualTo("MasterKey[******]");
    }
}
