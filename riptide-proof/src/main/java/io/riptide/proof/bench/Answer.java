package io.riptide.proof.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** An answer of HTTP/1.1 as its bytes come in: one buffer, looked at in place, so that nothing is left to collect. */
final class Answer {
    private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CODING = "transfer-encoding:".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes = new byte[1 << 16];
    private int end;
    /** Where the line begins that is not yet whole, while the head is being read. */
    private int line;
    /** Where the body begins; zero until the head is whole. */
    private int body;

    private int length;

    void clear() {
        end = 0;
        line = 0;
        body = 0;
        length = 0;
    }

    /** Where the next bytes go; {@link #came} tells how many they were. */
    ByteBuffer room() {
        if (end == bytes.length) {
            bytes = Arrays.copyOf(bytes, end * 2);
        }
        return ByteBuffer.wrap(bytes, end, bytes.length - end);
    }

    /** So many bytes came; true once all of the answer is there. */
    boolean came(int count) throws IOException {
        if (count < 0) {
            throw new IOException("the answer ended early");
        }
        int from = end;
        end += count;
        for (int i = from; body == 0 && i < end; i++) {
            if (bytes[i] == '\n') {
                header(line);
                body = bytes[line] == '\r' ? i + 1 : 0;
                line = i + 1;
            }
        }
        return body > 0 && end >= body + length;
    }

    private void header(int from) throws IOException {
        if (begins(from, LENGTH)) {
            length = number(bytes[from + LENGTH.length] == ' ' ? from + LENGTH.length + 1 : from + LENGTH.length);
        } else if (begins(from, CODING)) {
            throw new IOException("an answer in chunks, of no known length");
        }
    }

    int status() {
        return number(9);
    }

    String body() {
        return new String(bytes, body, length, StandardCharsets.UTF_8);
    }

    /** Throws where the status is another. */
    void expect(int status) throws IOException {
        if (status() != status) {
            throw new IOException("status " + status() + " (expected: " + status + "): " + body());
        }
    }

    private boolean begins(int from, byte[] name) {
        for (int i = 0; i < name.length; i++) {
            byte b = bytes[from + i];
            if ((b >= 'A' && b <= 'Z' ? b + 32 : b) != name[i]) {
                return false;
            }
        }
        return true;
    }

    private int number(int from) {
        int number = 0;
        for (int i = from; bytes[i] >= '0' && bytes[i] <= '9'; i++) {
            number = number * 10 + bytes[i] - '0';
        }
        return number;
    }
}
