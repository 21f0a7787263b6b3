package io.riptide.tenant;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A key as a caller shows it: {@code rtk_<key_id>_<secret><checksum>}, 66 characters of ASCII.
 *
 * <ul>
 *   <li>{@code key_id}: 12 random base62 digits, public, the row's key;
 *   <li>{@code secret}: 256 random bits as 43 base62 digits;
 *   <li>{@code checksum}: CRC-32 (that of ISO 3309, as in zip) of the 60 characters before it, as 6 base62 digits. It
 *       is no protection: it lets a scanner recognise a leaked key, and the door drop a mistyped or invented one
 *       without a look-up.
 * </ul>
 *
 * <p>What is stored is SHA-256 of the secret's 43 characters. A fast hash is right here, for 256 random bits cannot be
 * guessed.
 */
public final class ApiKey {
    private static final String PREFIX = "rtk_";
    private static final int ID = PREFIX.length();
    private static final int ID_LENGTH = 12;
    private static final int SECRET = ID + ID_LENGTH + 1;
    private static final int SECRET_LENGTH = 43;
    private static final int CHECKSUM = SECRET + SECRET_LENGTH;
    private static final int LENGTH = CHECKSUM + 6;
    private static final int SECRET_BITS = 256;

    private final String keyId;
    private final byte[] text;

    private ApiKey(String keyId, byte[] text) {
        this.keyId = keyId;
        this.text = text;
    }

    /** A new one. */
    static ApiKey make(SecureRandom random) {
        String secret = Base62.fixed(new BigInteger(SECRET_BITS, random), SECRET_LENGTH);
        return of(Base62.random(ID_LENGTH, random), secret);
    }

    static ApiKey of(String keyId, String secret) {
        byte[] text = Arrays.copyOf((PREFIX + keyId + '_' + secret).getBytes(StandardCharsets.US_ASCII), LENGTH);
        Base62.put(crc(text), text, CHECKSUM);
        return new ApiKey(keyId, text);
    }

    /** The key that this text is; null where it is none, be it by its form or its checksum. */
    public static @Nullable ApiKey parse(String text) {
        if (text.length() != LENGTH || !text.startsWith(PREFIX) || text.charAt(SECRET - 1) != '_') {
            return null;
        }
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        if (!Base62.digits(bytes, ID, SECRET - 1) || !Base62.digits(bytes, SECRET, LENGTH)) {
            return null;
        }
        byte[] expected = new byte[LENGTH - CHECKSUM];
        Base62.put(crc(bytes), expected, 0);
        if (!Arrays.equals(expected, 0, expected.length, bytes, CHECKSUM, LENGTH)) {
            return null;
        }
        return new ApiKey(text.substring(ID, SECRET - 1), bytes);
    }

    private static long crc(byte[] text) {
        CRC32 crc = new CRC32();
        crc.update(text, 0, CHECKSUM);
        return crc.getValue();
    }

    /** The public part. */
    public String keyId() {
        return keyId;
    }

    /** What is stored of the secret: its SHA-256, 32 bytes. */
    public byte[] secretHash() {
        MessageDigest sha = sha256();
        sha.update(text, SECRET, SECRET_LENGTH);
        return sha.digest();
    }

    /** All of it, for the one who is to have it. */
    String reveal() {
        return new String(text, StandardCharsets.US_ASCII);
    }

    /** The public part alone: a key that strays into a log shows nothing. */
    @Override
    public String toString() {
        return PREFIX + keyId + "_…";
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
