package io.riptide.entry;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * HMAC-SHA-256 (RFC 2104) under one secret of 32 bytes. Its two states after the key are made once and cloned: half of
 * what the JDK's own costs. Immutable; any number of threads.
 */
final class KeyedHash {
    private static final int BLOCK = 64;

    private final MessageDigest inner;
    private final MessageDigest outer;

    KeyedHash(byte[] secret) {
        this.inner = begun(secret, 0x36);
        this.outer = begun(secret, 0x5c);
    }

    private static MessageDigest begun(byte[] secret, int pad) {
        byte[] block = Arrays.copyOf(secret, BLOCK);
        for (int i = 0; i < BLOCK; i++) {
            block[i] ^= (byte) pad;
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(block);
            return digest;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /**
     * The hash of a text.
     *
     * @param kind what it is a hash of: the same text has another hash as another kind
     */
    byte[] of(char kind, byte[] text) {
        MessageDigest first = clone(inner);
        first.update((byte) kind);
        MessageDigest second = clone(outer);
        second.update(first.digest(text));
        return second.digest();
    }

    private static MessageDigest clone(MessageDigest begun) {
        try {
            return (MessageDigest) begun.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("every JDK clones SHA-256", e);
        }
    }
}
