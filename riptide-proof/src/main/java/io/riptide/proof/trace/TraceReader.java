package io.riptide.proof.trace;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;

/** Reads a format as a stream, one line or number at a time, to its end or until the recorder is full. */
final class TraceReader {
    private static final Pattern SPACES = Pattern.compile("\\s+");
    private static final Pattern COMMAS = Pattern.compile("\\s*,\\s*");
    private static final int BLOCK_BYTES = 512;

    private final TraceFormat format;
    private final String input;
    private final Trace.Recorder recorder;

    /**
     * For one input.
     *
     * @param input its name, for messages
     */
    TraceReader(TraceFormat format, String input, Trace.Recorder recorder) {
        this.format = format;
        this.input = input;
        this.recorder = recorder;
    }

    /**
     * Reads it; the stream is the caller's to close.
     *
     * @throws IllegalArgumentException where it is not of this format: input, line, field, what was expected
     */
    void read(InputStream in) throws IOException {
        switch (format) {
            case CORDA -> numbers(in, Long.BYTES, ByteBuffer::getLong);
            case CLOUD_PHYSICS -> numbers(in, Integer.BYTES, buffer -> Integer.toUnsignedLong(buffer.getInt()));
            case TWITTER, UMASS_STORAGE, SNIA_CAMBRIDGE -> lines(in, COMMAS);
            case ARC, LIRS, ADDRESS, LRB, SNIA_OBJECT_STORE -> lines(in, SPACES);
        }
    }

    private void lines(InputStream in, Pattern separator) throws IOException {
        TraceLine line =
                new TraceLine(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)), input, separator);
        boolean room = true;
        while (room && line.next()) {
            room = request(line);
        }
    }

    private void numbers(InputStream in, int bytes, ToLongFunction<ByteBuffer> number) throws IOException {
        byte[] buffer = new byte[bytes];
        long read = 0;
        boolean room = true;
        while (room) {
            int got = in.readNBytes(buffer, 0, bytes);
            if (got == 0) {
                return;
            }
            read += got;
            if (got < bytes) {
                throw new IllegalArgumentException(
                        input + ": " + read + " bytes (expected: a multiple of " + bytes + ")");
            }
            room = recorder.add(number.applyAsLong(ByteBuffer.wrap(buffer)));
        }
    }

    /** Takes down what a line asks for, if anything; false once the recorder is full. */
    private boolean request(TraceLine line) {
        return switch (format) {
            case ARC -> blocks(0, line.whole(0, "start"), line.whole(1, "count"));
            case LIRS -> line.text(0, "block").equals("*") || recorder.add(line.whole(0, "block"));
            case ADDRESS -> recorder.add(line.hexadecimal(1, "address"));
            case LRB -> recorder.add(line.text(1, "id"));
            case TWITTER -> !isGet(line.text(5, "operation")) || recorder.add(line.text(1, "key"));
            case UMASS_STORAGE -> storage(line);
            case SNIA_CAMBRIDGE -> recorder.add(line.whole(4, "offset"));
            case SNIA_OBJECT_STORE ->
                !line.text(1, "operation").equals("REST.GET.OBJECT") || recorder.add(line.text(2, "object"));
            case CORDA, CLOUD_PHYSICS -> throw new IllegalStateException(format + " has no lines");
        };
    }

    private static boolean isGet(String operation) {
        return operation.equals("get") || operation.equals("gets");
    }

    private boolean storage(TraceLine line) {
        long unit = line.whole(0, "unit");
        long block = line.whole(1, "block");
        long blocks = Math.ceilDiv(line.whole(2, "size"), (long) BLOCK_BYTES);
        return switch (line.text(3, "operation").toLowerCase(Locale.ROOT)) {
            case "r" -> blocks(unit, block, blocks);
            case "w" -> true;
            default -> throw line.wrong(3, "operation", "r or w");
        };
    }

    private boolean blocks(long unit, long first, long count) {
        boolean room = true;
        for (long i = 0; room && i < count; i++) {
            room = recorder.add(new Block(unit, first + i));
        }
        return room;
    }

    private record Block(long unit, long number) {}
}
