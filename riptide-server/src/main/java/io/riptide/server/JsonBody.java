package io.riptide.server;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.helidon.http.HeaderNames;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.problem.RipTideException;
import java.io.IOException;
import java.util.Locale;

/** Request bodies that are JSON in UTF-8 (RFC 8259). */
final class JsonBody {
    private static final String JSON = "application/json";

    private JsonBody() {}

    /** The bytes of a JSON body: {@code unsupported-media-type} where it says to be anything else. */
    static byte[] bytes(Exchange exchange, int max) {
        String type = exchange.header(HeaderNames.CONTENT_TYPE);
        if (type == null || !isJson(type)) {
            throw Problem.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE, "Expected Content-Type: " + JSON + ".")
                    .asException();
        }
        byte[] bytes = exchange.body().read(max, "The body");
        requireUnicode(bytes);
        return bytes;
    }

    /** An object, whole. */
    static Fields fields(byte[] bytes) {
        try (JsonParser json = Json.FACTORY.createParser(bytes)) {
            JsonNode tree = Json.MAPPER.readTree(json);
            if (tree == null || !tree.isObject() || json.nextToken() != null) {
                throw notAnObject();
            }
            return new Fields(tree);
        } catch (JsonProcessingException e) {
            throw malformed(e);
        } catch (IOException e) {
            throw notAnObject();
        }
    }

    /** Moves into the object that the document has to be. */
    static void enterObject(JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw notAnObject();
        }
    }

    /** The refusal of text that is not JSON, with the place, without the text. */
    static RipTideException malformed(JsonProcessingException e) {
        var at = e.getLocation();
        String where = at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
        return Problem.invalid("body", "expected well-formed JSON without a member twice" + where)
                .asException();
    }

    private static RipTideException notAnObject() {
        return Problem.invalid("body", "expected one JSON object").asException();
    }

    private static boolean isJson(String type) {
        int end = type.indexOf(';');
        String bare = (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        return bare.equals(JSON);
    }

    /** Refuses bytes that are no text: neither kept nor answered could they be what was sent. */
    static void requireUnicode(byte[] bytes) {
        if (!JsonText.isUnicode(bytes)) {
            throw Problem.invalid("body", "expected JSON in UTF-8 whose escapes are whole characters")
                    .asException();
        }
    }
}
