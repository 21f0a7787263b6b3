package io.riptide.server;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.RequestException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.RoutingRequest;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** A request's body: read whole and bounded, or left alone in such a way that the connection ends in order. */
final class RequestBody {
    private static final byte[] EMPTY = {};
    private static final int FIRST_BUFFER = 8 << 10;
    private static final long UNKNOWN = -1;

    private final RoutingRequest request;
    private final long length;
    private boolean consumed;
    private boolean broken;

    RequestBody(RoutingRequest request) {
        this.request = request;
        this.length = declaredLength(request);
        this.consumed = length == 0;
    }

    /** Whether there is none. */
    boolean isEmpty() {
        return length == 0;
    }

    /**
     * Reads it whole; {@code entry-too-large} where it is longer, before it is read where its length is declared.
     *
     * @param what the thing that is too large, for the refusal
     */
    byte[] read(int max, String what) {
        if (length == 0) {
            return EMPTY;
        }
        if (length > max) {
            throw tooLarge(max, what);
        }
        try {
            // Never closed: closing reads whatever is left, however much that is.
            InputStream in = request.content().inputStream();
            byte[] bytes = length == UNKNOWN ? readUnknown(in, max, what) : readKnown(in, (int) length);
            consumed = true;
            return bytes;
        } catch (RequestException e) {
            broken = true;
            throw e.status().code() == ProblemCode.ENTRY_TOO_LARGE.status() ? tooLarge(max, what) : malformed();
        } catch (NumberFormatException | DataReader.IncorrectNewLineException e) {
            broken = true;
            throw malformed();
        } catch (IOException | UncheckedIOException | DataReader.InsufficientDataAvailableException e) {
            throw new CloseConnectionException("The body did not arrive", e);
        }
    }

    /**
     * Whether the connection is to be closed after the answer: what is left of the body is large, of unknown length,
     * not well-formed, or waits for a go-ahead that the caller will not get.
     */
    boolean endsConnection() {
        if (consumed) {
            return false;
        }
        return broken
                || length == UNKNOWN
                || length > Limits.DRAINED_BYTES
                || request.headers().containsToken(HeaderValues.EXPECT_100);
    }

    private static byte[] readKnown(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length != length) {
            throw new CloseConnectionException("The body ended early");
        }
        return bytes;
    }

    private byte[] readUnknown(InputStream in, int max, String what) throws IOException {
        byte[] bytes = new byte[Math.min(FIRST_BUFFER, max + 1)];
        int n = 0;
        while (true) {
            int read = in.read(bytes, n, bytes.length - n);
            if (read < 0) {
                return Arrays.copyOf(bytes, n);
            }
            n += read;
            if (n > max) {
                throw tooLarge(max, what);
            }
            if (n == bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min((long) max + 1, 2L * n));
            }
        }
    }

    private static RipTideException malformed() {
        return Problem.invalid("body", "expected a well-formed body").asException();
    }

    private static RipTideException tooLarge(int max, String what) {
        return Problem.of(ProblemCode.ENTRY_TOO_LARGE, what + " is larger than " + max + " bytes.")
                .with("limit", max)
                .asException();
    }

    private static long declaredLength(RoutingRequest request) {
        var headers = request.headers();
        if (headers.contains(HeaderNames.TRANSFER_ENCODING)) {
            return UNKNOWN;
        }
        if (!headers.contains(HeaderNames.CONTENT_LENGTH)) {
            return 0;
        }
        return headers.contentLength().orElse(0);
    }
}
