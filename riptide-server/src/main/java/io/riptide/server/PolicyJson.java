package io.riptide.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.riptide.spi.AccessPolicy;
import io.riptide.spi.AccessPolicy.Effect;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a tenant's access policies are written. */
final class PolicyJson {
    static final Map<String, Object> POLICY = Schemas.object(
            "effect",
            Schemas.oneOf("allow", "deny"),
            "actions",
            Schemas.array(Schemas.STRING),
            "resources",
            Schemas.array(Schemas.STRING));
    private static final String NAME = "access_policies";

    private PolicyJson() {}

    /** The policies of a tenant that is sent, or null where it names none; what they name is checked by the engine. */
    static @Nullable List<AccessPolicy> read(Fields tenant) {
        List<Fields> objects = tenant.objects(NAME);
        if (objects == null) {
            return null;
        }
        List<AccessPolicy> policies = new ArrayList<>(objects.size());
        for (Fields object : objects) {
            policies.add(new AccessPolicy(effect(object), texts(object, "actions"), texts(object, "resources")));
        }
        return policies;
    }

    private static Effect effect(Fields object) {
        String text = object.text("effect");
        if (!"allow".equals(text) && !"deny".equals(text)) {
            object.wrong("effect", "expected allow or deny");
        }
        return "allow".equals(text) ? Effect.ALLOW : Effect.DENY;
    }

    private static List<String> texts(Fields object, String name) {
        List<String> texts = object.texts(name);
        if (texts == null) {
            object.wrong(name, "expected an array of strings");
            return List.of();
        }
        return texts;
    }

    static void print(JsonGenerator json, List<AccessPolicy> policies) throws IOException {
        json.writeArrayFieldStart(NAME);
        for (AccessPolicy policy : policies) {
            json.writeStartObject();
            json.writeStringField("effect", policy.effect() == Effect.ALLOW ? "allow" : "deny");
            strings(json, "actions", policy.actions());
            strings(json, "resources", policy.resources());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void strings(JsonGenerator json, String name, List<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }
}
