package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonGenerator;
import io.riptide.cache.BatchEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Whatever a JSON body holds: it is read, or refused by name, and the refusal can be told. */
class BodyFuzzTest {
    private static final long MAX_TTL_SECONDS = 1000;

    @FuzzTest(maxDuration = "1m")
    void readsAnyKeys(byte[] body) {
        Optional<List<String>> keys = Refusals.valueOf(() -> reader(body).keys());
        keys.ifPresent(list -> {
            byte[] printed = Json.print(json -> {
                json.writeStartObject();
                json.writeArrayFieldStart("keys");
                for (String key : list) {
                    json.writeString(key);
                }
                json.writeEndArray();
                json.writeEndObject();
            });
            assertThat(reader(printed).keys()).isEqualTo(list);
        });
    }

    @FuzzTest(maxDuration = "1m")
    void readsAnyRows(byte[] body) {
        Refusals.valueOf(() -> reader(body).rows()).ifPresent(rows -> {
            for (BatchReader.Row row : rows) {
                if (row.entry() == null) {
                    Refusals.assertTellable(row.problem());
                    assertThat(Json.print(json -> json.writeString(row.key()))).isNotEmpty();
                } else {
                    assertComesBack(row.entry());
                    assertThat(taken(body, row.entry())).isTrue();
                }
            }
        });
    }

    /** Whether what is kept as JSON is one JSON value, cut out of the body where it begins and ends. */
    private static boolean taken(byte[] body, BatchEntry entry) {
        boolean fromBytes = new String(body, StandardCharsets.UTF_8).contains("base64");
        if (fromBytes || !BatchValues.isJson(entry.options().contentType())) {
            return true;
        }
        String text = new String(entry.value(), StandardCharsets.UTF_8);
        return !Wire.tree(entry.value()).isMissingNode() && text.strip().equals(text);
    }

    private static void assertComesBack(BatchEntry entry) {
        byte[] printed = Json.print(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("entries");
            print(json, entry);
            json.writeEndArray();
            json.writeEndObject();
        });
        BatchEntry again = reader(printed).rows().getFirst().entry();
        assertThat(again.key()).isEqualTo(entry.key());
        assertThat(again.value()).isEqualTo(entry.value());
        assertThat(again.options()).isEqualTo(entry.options());
    }

    private static void print(JsonGenerator json, BatchEntry entry) throws IOException {
        json.writeStartObject();
        json.writeStringField("key", entry.key());
        json.writeFieldName("value_base64");
        json.writeBinary(entry.value());
        json.writeStringField("content_type", entry.options().contentType());
        json.writeArrayFieldStart("tags");
        for (String tag : entry.options().tags()) {
            json.writeString(tag);
        }
        json.writeEndArray();
        if (entry.options().ttl() != null) {
            json.writeNumberField("ttl_seconds", entry.options().ttl().toSeconds());
        }
        json.writeEndObject();
    }

    private static BatchReader reader(byte[] body) {
        JsonBody.requireUnicode(body);
        return new BatchReader(body, MAX_TTL_SECONDS);
    }

    @FuzzTest(maxDuration = "1m")
    void readsAnyDocument(byte[] body) {
        Refusals.valueOf(() -> {
            JsonBody.requireUnicode(body);
            Fields fields = JsonBody.fields(body);
            readAs(fields);
            fields.check();
            return fields;
        });
        // As a document that knows none of the members.
        Refusals.valueOf(() -> {
            JsonBody.requireUnicode(body);
            JsonBody.fields(body).check();
            return true;
        });
    }

    private static void readAs(Fields fields) {
        fields.text("name");
        fields.flag("encryption_enabled");
        fields.number("expires_in_seconds");
        fields.texts("scopes");
        PolicyJson.read(fields);
        String settings = fields.freeObject("settings");
        assertThat(settings == null || settings.startsWith("{")).isTrue();
        Fields quotas = fields.object("quotas");
        if (quotas != null) {
            quotas.number("memory_bytes");
        }
    }
}
