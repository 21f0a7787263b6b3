package io.riptide.entry;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * AES-256-GCM (NIST SP 800-38D) with random 96-bit nonces. What is sealed is laid out as nonce (12 bytes), ciphertext
 * (as long as the text), tag (16 bytes).
 *
 * <p>Bounds: a few of the JDK's ciphers are kept for the next call, each with some nonces drawn ahead, for asking the
 * system's generator for 12 bytes at a time costs more than sealing a kilobyte; a call that finds none makes one and
 * never waits. Threads: any number at once; a cipher is one call's alone, and each call gives it its key and nonce
 * anew, so that nothing of one tenant's call is used for another's.
 */
public final class AesGcm {
    /** By how much what is sealed is longer than the text. */
    static final int MORE_BYTES = 28;

    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int KEPT = 16;
    private static final int NONCES = 64;

    private final SecureRandom random;
    private final BlockingQueue<Worker> idle = new ArrayBlockingQueue<>(KEPT);

    /** With nonces from this generator. */
    public AesGcm(SecureRandom random) {
        this.random = random;
    }

    /**
     * Seals a text.
     *
     * @param bound what has to be given again to open it
     */
    public byte[] seal(SecretKeySpec key, byte[] bound, byte[] text) {
        byte[] out = new byte[text.length + MORE_BYTES];
        seal(key, bound, text, out, 0);
        return out;
    }

    /** Opens what {@link #seal} gave for this key and these bound bytes; null for anything else. */
    public byte @Nullable [] open(SecretKeySpec key, byte[] bound, byte[] sealed) {
        return open(key, bound, sealed, 0, sealed.length);
    }

    void seal(SecretKeySpec key, byte[] bound, byte[] text, byte[] out, int at) {
        Worker worker = take();
        worker.nonce(out, at);
        seal(worker, key, bound, text, out, at);
    }

    /**
     * The same with a nonce that stands in {@code out} already: the caller sees to it that no other text has it. The
     * JDK's ciphers refuse a nonce that they had just before, so one is made for the call.
     */
    void sealWithNonce(SecretKeySpec key, byte[] bound, byte[] text, byte[] out, int at) {
        seal(new Worker(random), key, bound, text, out, at);
    }

    private void seal(Worker worker, SecretKeySpec key, byte[] bound, byte[] text, byte[] out, int at) {
        try {
            GCMParameterSpec nonce = new GCMParameterSpec(TAG_BITS, out, at, NONCE_BYTES);
            worker.cipher.init(Cipher.ENCRYPT_MODE, key, nonce);
            worker.cipher.updateAAD(bound);
            int unused = worker.cipher.doFinal(text, 0, text.length, out, at + NONCE_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        }
        giveBack(worker);
    }

    /** Opens {@code sealed[from, to)}; null where it was not sealed so. */
    byte @Nullable [] open(SecretKeySpec key, byte[] bound, byte[] sealed, int from, int to) {
        if (to - from < MORE_BYTES) {
            return null;
        }
        Worker worker = take();
        byte @Nullable [] text = new byte[to - from - MORE_BYTES];
        try {
            GCMParameterSpec nonce = new GCMParameterSpec(TAG_BITS, sealed, from, NONCE_BYTES);
            worker.cipher.init(Cipher.DECRYPT_MODE, key, nonce);
            worker.cipher.updateAAD(bound);
            int unused = worker.cipher.doFinal(sealed, from + NONCE_BYTES, to - from - NONCE_BYTES, text, 0);
        } catch (AEADBadTagException e) {
            text = null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        }
        giveBack(worker);
        return text;
    }

    private Worker take() {
        Worker kept = idle.poll();
        return kept != null ? kept : new Worker(random);
    }

    private void giveBack(Worker worker) {
        boolean unused = idle.offer(worker);
    }

    private static final class Worker {
        private final Cipher cipher;
        private final SecureRandom random;
        private final byte[] nonces = new byte[NONCES * NONCE_BYTES];
        private int next = nonces.length;

        Worker(SecureRandom random) {
            this.random = random;
            try {
                this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has AES-GCM", e);
            }
        }

        void nonce(byte[] out, int at) {
            if (next == nonces.length) {
                random.nextBytes(nonces);
                next = 0;
            }
            System.arraycopy(nonces, next, out, at, NONCE_BYTES);
            next += NONCE_BYTES;
        }
    }
}
