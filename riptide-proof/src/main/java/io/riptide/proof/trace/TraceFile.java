package io.riptide.proof.trace;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** A trace in a file: plain, or packed by gzip or Zstandard, which its first bytes tell. */
record TraceFile(TraceFormat format, Path path) {
    private static final String GZIP = "1f8b";
    private static final String ZSTD = "28b52ffd";
    private static final String XZ = "fd377a58";

    /**
     * From {@code FORMAT:FILE}.
     *
     * @param from what a path is relative to
     */
    static TraceFile of(String argument, Path from) {
        int colon = argument.indexOf(':');
        if (colon <= 0 || colon == argument.length() - 1) {
            throw new IllegalArgumentException(argument + ": no format (expected: FORMAT:FILE, as in arc:P3.lis)");
        }
        String label = argument.substring(0, colon);
        TraceFormat format = TraceFormat.of(label)
                .orElseThrow(() -> new IllegalArgumentException(
                        label + ": not a format (expected: one of " + TraceFormat.labels() + ")"));
        Path path = from.resolve(argument.substring(colon + 1));
        if (!Files.isRegularFile(path)) {
            throw new IllegalArgumentException(path + ": not a file");
        }
        return new TraceFile(format, path);
    }

    /** As it is named on a command line, but for its folder. */
    String label() {
        return format.label() + ":" + name();
    }

    private String name() {
        return String.valueOf(path.getFileName());
    }

    /** Reads up to so many requests. */
    Trace read(int limit) throws IOException {
        Trace.Recorder recorder = new Trace.Recorder(limit);
        String name = name();
        try (BufferedInputStream file = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
                InputStream in = opened(file, name)) {
            new TraceReader(format, name, recorder).read(in);
        }
        Trace trace = recorder.trace(name, "");
        String description = String.format(
                Locale.ROOT,
                "%s, %,d requests of %,d keys%s",
                format.label(),
                trace.length(),
                trace.keys(),
                trace.cut() ? "; there are more in the file" : "");
        return recorder.trace(name, description);
    }

    private static InputStream opened(BufferedInputStream file, String name) throws IOException {
        file.mark(4);
        String first = HexFormat.of().formatHex(file.readNBytes(4));
        file.reset();
        if (first.startsWith(XZ)) {
            throw new IllegalArgumentException(name + ": packed by xz (expected: plain, gzip or Zstandard; unpack it)");
        }
        if (first.startsWith(GZIP)) {
            return new BufferedInputStream(new GZIPInputStream(file, 1 << 16), 1 << 16);
        }
        return first.equals(ZSTD) ? new BufferedInputStream(new ZstdInputStream(file), 1 << 16) : file;
    }
}
