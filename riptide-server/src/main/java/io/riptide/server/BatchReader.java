package io.riptide.server;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.riptide.cache.BatchEntry;
import io.riptide.cache.Namespace;
import io.riptide.cache.PutOptions;
import io.riptide.entry.Tag;
import io.riptide.problem.FieldError;
import io.riptide.problem.Problem;
import io.riptide.problem.RipTideException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads batch bodies in one pass, without a tree: a JSON value is cut out of the body as it was written. What concerns
 * the document as a whole (its shape, members that are not known, too many rows) refuses it; what concerns a row is the
 * row's.
 */
final class BatchReader {
    private final byte[] body;
    private final long maxTtlSeconds;
    private final List<FieldError> errors = new ArrayList<>();

    BatchReader(byte[] body, long maxTtlSeconds) {
        this.body = body;
        this.maxTtlSeconds = maxTtlSeconds;
    }

    /** A row of a set: what to write, or why not. */
    record Row(
            @Nullable String key,
            @Nullable BatchEntry entry,
            @Nullable Problem problem) {}

    /** The keys of a get. */
    List<String> keys() {
        return document("keys", (json, at, keys) -> {
            if (json.currentToken() == JsonToken.VALUE_STRING) {
                keys.add(json.getText());
            } else {
                json.skipChildren();
                wrong("keys[" + at + "]", "expected a string");
            }
        });
    }

    /** The rows of a set. */
    List<Row> rows() {
        return document("entries", (json, at, rows) -> {
            if (json.currentToken() == JsonToken.START_OBJECT) {
                rows.add(row(json, at));
            } else {
                json.skipChildren();
                rows.add(refused(null, "entries[" + at + "]", "expected an object"));
            }
        });
    }

    private <T> List<T> document(String member, Item<T> item) {
        List<T> items = new ArrayList<>();
        boolean there = false;
        try (JsonParser json = Json.FACTORY.createParser(body)) {
            JsonBody.enterObject(json);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                if (name.equals(member) && json.currentToken() == JsonToken.START_ARRAY) {
                    there = true;
                    array(json, member, item, items);
                } else {
                    json.skipChildren();
                    wrong(name, name.equals(member) ? "expected an array" : "expected no such member");
                    there |= name.equals(member);
                }
            }
            if (json.nextToken() != null) {
                throw Problem.invalid("body", "expected one JSON object").asException();
            }
        } catch (JsonProcessingException e) {
            throw JsonBody.malformed(e);
        } catch (IOException e) {
            throw Problem.invalid("body", "expected well-formed JSON").asException();
        }
        if (!there) {
            wrong(member, "expected an array");
        }
        if (!errors.isEmpty()) {
            throw Problem.invalid(errors).asException();
        }
        return items;
    }

    private static <T> void array(JsonParser json, String member, Item<T> item, List<T> items) throws IOException {
        for (int at = 0; json.nextToken() != JsonToken.END_ARRAY; at++) {
            if (at == Namespace.MAX_BATCH) {
                throw Problem.invalid(member, "expected at most " + Namespace.MAX_BATCH + " of them")
                        .asException();
            }
            item.read(json, at, items);
        }
    }

    private Row row(JsonParser json, int at) throws IOException {
        RowParts parts = new RowParts();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken token = json.nextToken();
            switch (name) {
                case "key" -> parts.key = text(json, token, parts, name);
                case "content_type" -> parts.contentType = text(json, token, parts, name);
                case "ttl_seconds" -> parts.ttl = ttl(json, token, parts);
                case "value" -> parts.value = value(json, token, parts);
                case "value_base64" -> parts.bytes = base64(json, token, parts);
                case "tags" -> parts.tags = tags(json, token, parts);
                default -> {
                    json.skipChildren();
                    unknown(at, name, "expected no such member");
                }
            }
        }
        return parts.row();
    }

    private void unknown(int at, String name, String message) {
        wrong("entries[" + at + "]." + name, message);
    }

    /** Notes what refuses the document; with very many of them the rest is not read. */
    private void wrong(String field, String message) {
        errors.add(new FieldError(field, message));
        if (errors.size() == Limits.ERRORS) {
            throw Problem.invalid(errors).asException();
        }
    }

    private static @Nullable String text(JsonParser json, JsonToken token, RowParts parts, String name)
            throws IOException {
        if (token == JsonToken.VALUE_STRING) {
            return json.getText();
        }
        json.skipChildren();
        parts.wrong(name, "expected a string");
        return null;
    }

    private static List<String> tags(JsonParser json, JsonToken token, RowParts parts) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return List.of();
        }
        if (token != JsonToken.START_ARRAY) {
            json.skipChildren();
            parts.wrong("tags", "expected an array of strings");
            return List.of();
        }
        List<String> tags = new ArrayList<>();
        for (JsonToken item = json.nextToken(); item != JsonToken.END_ARRAY; item = json.nextToken()) {
            if (item == JsonToken.VALUE_STRING && tags.size() <= Limits.TAGS_READ) {
                tags.add(json.getText());
            } else {
                json.skipChildren();
                parts.wrong("tags", "expected strings, and at most " + Limits.TAGS_READ + " of them");
            }
        }
        try {
            return Tag.requireAll("tags", tags);
        } catch (RipTideException e) {
            e.problem().errors().forEach(error -> parts.wrong("tags", error.message()));
            return List.of();
        }
    }

    private @Nullable Duration ttl(JsonParser json, JsonToken token, RowParts parts) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        json.skipChildren();
        boolean whole =
                token == JsonToken.VALUE_NUMBER_INT && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        long seconds = whole ? json.getLongValue() : 0;
        if (seconds < 1 || seconds > maxTtlSeconds) {
            parts.wrong("ttl_seconds", "expected a whole number from 1 to " + maxTtlSeconds);
            return null;
        }
        return Duration.ofSeconds(seconds);
    }

    /** Cuts the value out of the body; a string is also kept as the text that it holds. */
    private byte[] value(JsonParser json, JsonToken token, RowParts parts) throws IOException {
        int from = (int) json.currentTokenLocation().getByteOffset();
        json.skipChildren();
        json.finishToken();
        int to = (int) json.currentLocation().getByteOffset();
        parts.text = token == JsonToken.VALUE_STRING ? json.getText() : null;
        return Arrays.copyOfRange(body, from, to);
    }

    private static byte @Nullable [] base64(JsonParser json, JsonToken token, RowParts parts) throws IOException {
        if (token == JsonToken.VALUE_STRING) {
            try {
                return java.util.Base64.getDecoder().decode(json.getText());
            } catch (IllegalArgumentException e) {
                parts.wrong("value_base64", "expected base64 (RFC 4648, section 4)");
                return null;
            }
        }
        json.skipChildren();
        parts.wrong("value_base64", "expected a string");
        return null;
    }

    private static Row refused(@Nullable String key, String field, String message) {
        return new Row(key, null, Problem.invalid(field, message));
    }

    @FunctionalInterface
    private interface Item<T> {
        void read(JsonParser json, int at, List<T> items) throws IOException;
    }

    /** The members of a row as they come. */
    private static final class RowParts {
        private @Nullable String key;
        private @Nullable String contentType;
        private @Nullable String text;
        private @Nullable Duration ttl;
        private byte @Nullable [] value;
        private byte @Nullable [] bytes;
        private List<String> tags = List.of();
        private @Nullable FieldError wrong;

        private void wrong(String field, String message) {
            wrong = wrong == null ? new FieldError(field, message) : wrong;
        }

        private Row row() {
            if (wrong == null && key == null) {
                wrong("key", "expected a string");
            }
            if (wrong == null && (value == null) == (bytes == null)) {
                wrong("value", "expected either value or value_base64");
            }
            String type = contentType != null ? contentType : value != null ? BatchValues.JSON : "";
            if (wrong == null && !EntryHeaders.isContentType(type)) {
                wrong("content_type", "expected at most 255 printable ASCII characters");
            }
            byte[] stored = bytes != null ? bytes : stored(type);
            if (wrong != null || key == null || stored == null) {
                FieldError error = wrong == null ? new FieldError("value", "expected a value") : wrong;
                return refused(key, error.field(), error.message());
            }
            return new Row(key, new BatchEntry(key, stored, new PutOptions(ttl, type).tags(tags)), null);
        }

        /** A value under a media type that is not JSON's is the text that it holds. */
        private byte @Nullable [] stored(String type) {
            if (value == null || BatchValues.isJson(type)) {
                return value;
            }
            if (text == null) {
                wrong("value", "expected a string, for content_type is not JSON");
                return null;
            }
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }
}
