package io.riptide.server;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.DirectHandler;
import io.helidon.http.RequestException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a connection as RFC 9112 has it where Helidon 4.5 is lax: a line that frames a chunk is bounded and may carry
 * extensions, which are passed over (7.1.1), and what is skipped as the end of a line has to be one. Lax framing is how
 * two servers in a row come to see different requests in the same bytes.
 */
final class StrictReader extends DataReader {
    private static final int LINE_BYTES = 1024;
    private static final int CRLF_BYTES = 2;

    private boolean content;

    @SuppressWarnings("removal") // There is no other way to be one, and to hold Helidon to the protocol takes one.
    StrictReader(Supplier<byte @Nullable []> bytes) {
        super(bytes);
    }

    /** Helidon reads the size lines of chunks by this method, and nothing else. */
    @Override
    public String readLine() {
        int length = findNewLine(LINE_BYTES);
        if (length >= LINE_BYTES) {
            throw malformed("A line of the framing is too long");
        }
        String line = readAsciiString(length);
        skip(CRLF_BYTES);
        int extensions = line.indexOf(';');
        return extensions < 0 ? line : line.substring(0, extensions).stripTrailing();
    }

    @Override
    public BufferData readBuffer(int length) {
        content = true;
        try {
            return super.readBuffer(length);
        } finally {
            content = false;
        }
    }

    @Override
    public BufferData readBuffer() {
        content = true;
        try {
            return super.readBuffer();
        } finally {
            content = false;
        }
    }

    /** Besides content, Helidon skips two bytes only where the end of a line has to be. */
    @Override
    public void skip(int length) {
        if (length == CRLF_BYTES && !content) {
            if (read() != '\r' || read() != '\n') {
                throw malformed("The end of a line is missing");
            }
        } else {
            super.skip(length);
        }
    }

    private static RequestException malformed(String message) {
        return RequestException.builder()
                .type(DirectHandler.EventType.BAD_REQUEST)
                .setKeepAlive(false)
                .message(message)
                .build();
    }
}
