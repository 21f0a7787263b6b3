package io.riptide.entry;

import javax.crypto.spec.SecretKeySpec;

/** A key that seals a tenant's entries. What is sealed names it by its number. */
public final class DataKey {
    /** Length of a key in bytes. */
    public static final int BYTES = 32;

    private final int number;
    private final SecretKeySpec key;

    /** With 32 bytes, else {@code IllegalArgumentException}. */
    public DataKey(int number, byte[] key) {
        if (key.length != BYTES) {
            throw new IllegalArgumentException("key: " + key.length + " bytes (expected: " + BYTES + ")");
        }
        this.number = number;
        this.key = new SecretKeySpec(key, "AES");
    }

    /** Which of its tenant's. */
    public int number() {
        return number;
    }

    SecretKeySpec key() {
        return key;
    }

    @Override
    public String toString() {
        return "DataKey[" + number + "]";
    }
}
