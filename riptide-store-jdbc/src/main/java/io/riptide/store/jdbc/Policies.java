package io.riptide.store.jdbc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.riptide.spi.AccessPolicy;
import io.riptide.spi.AccessPolicy.Effect;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Access policies as a column holds them: a JSON array of {@code {"effect", "actions", "resources"}}, as HTTP has them.
 */
final class Policies {
    private static final JsonFactory JSON = new JsonFactory();

    private Policies() {}

    static String print(List<AccessPolicy> policies) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartArray();
            for (AccessPolicy policy : policies) {
                json.writeStartObject();
                json.writeStringField("effect", policy.effect() == Effect.ALLOW ? "allow" : "deny");
                strings(json, "actions", policy.actions());
                strings(json, "resources", policy.resources());
                json.writeEndObject();
            }
            json.writeEndArray();
        } catch (IOException e) {
            throw new IllegalStateException("access_policies are not what was written", e);
        }
        return text.toString();
    }

    private static void strings(JsonGenerator json, String name, List<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    /** What {@link #print} printed; anything else is a defect, which must not open what a policy closes. */
    static List<AccessPolicy> parse(String text) {
        List<AccessPolicy> policies = new ArrayList<>();
        try (JsonParser json = JSON.createParser(text)) {
            expect(json.nextToken(), JsonToken.START_ARRAY);
            while (json.nextToken() != JsonToken.END_ARRAY) {
                policies.add(policy(json));
            }
        } catch (IOException e) {
            throw new IllegalStateException("access_policies are not what was written", e);
        }
        return policies;
    }

    private static AccessPolicy policy(JsonParser json) throws IOException {
        expect(json.currentToken(), JsonToken.START_OBJECT);
        Effect effect = Effect.DENY;
        List<String> actions = List.of();
        List<String> resources = List.of();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "effect" -> effect = json.getText().equals("allow") ? Effect.ALLOW : Effect.DENY;
                case "actions" -> actions = strings(json);
                case "resources" -> resources = strings(json);
                default -> throw new IllegalStateException("access_policies: a member that no build knows: " + name);
            }
        }
        return new AccessPolicy(effect, actions, resources);
    }

    private static List<String> strings(JsonParser json) throws IOException {
        expect(json.currentToken(), JsonToken.START_ARRAY);
        List<String> texts = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            texts.add(json.getText());
        }
        return texts;
    }

    private static void expect(JsonToken found, JsonToken expected) {
        if (found != expected) {
            throw new IllegalStateException("access_policies: " + found + " (expected: " + expected + ")");
        }
    }
}
