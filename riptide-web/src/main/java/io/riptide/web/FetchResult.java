package io.riptide.web;

import io.riptide.entry.Entry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** A page: the origin's status, end-to-end headers and body, with {@code Age} and {@code Cache-Status}. Immutable. */
public final class FetchResult {
    private final int status;
    private final List<HeaderField> headers;
    private final Entry value;
    private final int bodyAt;

    FetchResult(int status, List<HeaderField> headers, Entry value, int bodyAt) {
        this.status = status;
        this.headers = List.copyOf(headers);
        this.value = value;
        this.bodyAt = bodyAt;
    }

    /** The origin's status, 200 to 599. */
    public int status() {
        return status;
    }

    /** Header fields in the order in which they are to be sent; no hop-by-hop ones, and no {@code Content-Length}. */
    public List<HeaderField> headers() {
        return headers;
    }

    /** Length of the body in bytes. */
    public int bodyBytes() {
        return value.size() - bodyAt;
    }

    /** Hands the body to a sink without a copy; the sink neither keeps nor changes the array. */
    public void writeBody(Entry.Sink sink) throws IOException {
        value.writeTo((bytes, offset, length) -> sink.write(bytes, offset + bodyAt, length - bodyAt));
    }

    /** The body as an array of the caller's own. */
    public byte[] body() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bodyBytes());
        try {
            writeBody(out::write);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
