package io.riptide.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.riptide.entry.Entry;
import io.riptide.entry.Head;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How stored bytes and batch members turn into each other. {@code value} stands for JSON (any JSON value, kept as it
 * was written) and for text (a JSON string that holds it); {@code value_base64} for all other bytes.
 */
final class BatchValues {
    static final String JSON = "application/json";
    private static final String OCTETS = "application/octet-stream";
    /** Reads stored JSON once more before it is put into an answer: it may have come in through a PUT. */
    private static final JsonFactory LENIENT = JsonFactory.builder()
            .streamReadConstraints(Json.FACTORY.streamReadConstraints())
            .build();

    private BatchValues() {}

    /** The media type shown for what was stored with that one. */
    static String shownType(String contentType) {
        return contentType.isEmpty() ? OCTETS : contentType;
    }

    /** Prints an entry's value. */
    static void print(JsonGenerator json, Entry entry) throws IOException {
        Head head = entry.head();
        byte[] bytes = new byte[entry.size()];
        entry.writeTo((source, offset, length) -> System.arraycopy(source, offset, bytes, 0, length));
        if (isJson(head.contentType())) {
            String text = utf8(bytes);
            if (text != null && isOneValue(bytes)) {
                json.writeFieldName("value");
                json.writeRawValue(text);
                return;
            }
        } else if (isText(head.contentType())) {
            String text = utf8(bytes);
            if (text != null) {
                json.writeStringField("value", text);
                return;
            }
        }
        json.writeFieldName("value_base64");
        json.writeBinary(bytes);
    }

    static boolean isJson(String contentType) {
        if (contentType.equals(JSON)) {
            return true;
        }
        String bare = bare(contentType);
        return bare.equals(JSON) || bare.endsWith("+json");
    }

    /** Whether it is text in UTF-8, as far as its media type says. */
    static boolean isText(String contentType) {
        if (!contentType.regionMatches(true, 0, "text/", 0, 5)) {
            return false;
        }
        String lower = contentType.toLowerCase(Locale.ROOT);
        int charset = lower.indexOf("charset=");
        return charset < 0 || lower.startsWith("utf-8", charset + 8) || lower.startsWith("\"utf-8\"", charset + 8);
    }

    private static String bare(String contentType) {
        int end = contentType.indexOf(';');
        return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static boolean isOneValue(byte[] bytes) {
        try (JsonParser json = LENIENT.createParser(bytes)) {
            JsonToken first = json.nextToken();
            if (first == null) {
                return false;
            }
            json.skipChildren();
            json.finishToken();
            return json.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }
}
