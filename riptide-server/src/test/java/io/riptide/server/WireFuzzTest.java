package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.HttpPrologue;
import io.helidon.http.RequestException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http1.Http1Headers;
import io.helidon.webserver.http1.Http1Prologue;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Whatever a connection brings, and however it comes in pieces: it is a request, or one of the exceptions that the
 * connection turns into an answer or an end.
 */
class WireFuzzTest {
    @FuzzTest(maxDuration = "1m")
    void readsAnyRequestHead(byte[] bytes) {
        DataReader reader = inPieces(bytes);
        try {
            HttpPrologue prologue = new Http1Prologue(reader, Limits.REQUEST_LINE_BYTES, false).readPrologue();
            var headers = new Http1Headers(reader, Limits.HEADER_BYTES, true).readHeaders(prologue);
            headers.forEach(header -> assertThat(header.name() + header.get()).doesNotContain("\r", "\n", "\0"));
        } catch (RequestException
                | CloseConnectionException
                | DataReader.InsufficientDataAvailableException
                // A method that is no token: the connection answers 400 to it as to the others.
                | IllegalArgumentException e) {
            assertThat(e).isNotNull();
        }
    }

    @FuzzTest(maxDuration = "1m")
    void readsAnyChunks(byte[] bytes) {
        try {
            assertThat(chunked(inPieces(bytes)).length).isLessThan(bytes.length);
        } catch (RequestException
                | NumberFormatException
                | DataReader.InsufficientDataAvailableException
                | DataReader.IncorrectNewLineException e) {
            assertThat(e).isNotNull();
        }
        if (bytes.length > 0) {
            assertThat(chunked(inPieces(framed(bytes)))).isEqualTo(bytes);
        }
    }

    /** The first byte says how long the pieces are in which the rest comes. */
    private static DataReader inPieces(byte[] bytes) {
        int length = bytes.length == 0 ? 1 : 1 + (bytes[0] & 0x3f);
        Deque<byte[]> pieces = new ArrayDeque<>();
        for (int at = 0; at < bytes.length; at += length) {
            pieces.add(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + length)));
        }
        return new StrictReader(pieces::poll);
    }

    /** Reads a chunked body as the HTTP layer does: line, content, end of line. */
    private static byte[] chunked(DataReader reader) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            int length = Integer.parseUnsignedInt(reader.readLine(), 16);
            if (length < 0 || length > Limits.BATCH_BODY_BYTES) {
                throw new NumberFormatException("too long");
            }
            if (length == 0) {
                reader.skip(2);
                return body.toByteArray();
            }
            body.writeBytes(reader.readBuffer(length).readBytes());
            reader.skip(2);
        }
    }

    /** The bytes as a chunked body: in chunks of one, two, four bytes and so on, each with an extension. */
    private static byte[] framed(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int at = 0;
        for (int length = 1; at < bytes.length; length *= 2) {
            int end = Math.min(bytes.length, at + length);
            out.writeBytes((Integer.toHexString(end - at) + " ;x=y\r\n").getBytes(StandardCharsets.ISO_8859_1));
            out.write(bytes, at, end - at);
            out.writeBytes(new byte[] {'\r', '\n'});
            at = end;
        }
        out.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        return out.toByteArray();
    }
}
