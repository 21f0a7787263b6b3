package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.spi.IdempotencyRecord;
import io.riptide.store.jdbc.SqlControlStore;
import io.riptide.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code Idempotency-Key} where a first call still runs, or never ended. */
class IdempotencyHttpTest {
    private static final String TENANTS = "/admin/tenants";

    @RegisterExtension
    static final LiveServer SERVER = new LiveServer();

    private static String json(String id) {
        return "{\"id\": \"" + id + "\", \"name\": \"N\", \"owner_name\": \"O\", \"owner_email\": \"o@example.com\","
                + " \"billing_plan\": \"free\"}";
    }

    private static Wire.Answer create(String id, String key) throws IOException {
        return SERVER.admin("POST", TENANTS, json(id), "Idempotency-Key: " + key);
    }

    /** Notes in the control store that a call with this key began so long ago, as another thread's call would. */
    private static void begin(String id, String key, Duration ago) throws Exception {
        String hash = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(json(id).getBytes(StandardCharsets.UTF_8)));
        long at = System.currentTimeMillis() - ago.toMillis();
        try (ExecutorService threads = Executors.newCachedThreadPool();
                SqlControlStore control = SqlControlStore.sqlite(SERVER.data().resolve("control.db"), threads)) {
            IdempotencyRecord record =
                    new IdempotencyRecord("environment", "POST " + TENANTS, key, hash, null, null, null, at);
            assertThat(control.beginIdempotent(record, 0)).isNull();
        }
    }

    @Test
    void whileTheFirstCallRunsARepeatIsAConflictAndCreatesNothing() throws Exception {
        begin("running", "runs", Duration.ZERO);
        Wire.Answer refused = create("running", "runs");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("conflict");
        assertThat(refused.json().get("detail").asText()).contains("still runs");
        assertThat(SERVER.admin("GET", TENANTS + "/running", null).status()).isEqualTo(404);

        Wire.Answer other = create("other", "runs");
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.code()).isEqualTo("idempotency-mismatch");
        assertThat(SERVER.admin("GET", TENANTS + "/other", null).status()).isEqualTo(404);
        assertThat(create("running", "another").status()).isEqualTo(201);
    }

    private static int read(String id) {
        try {
            return SERVER.admin("GET", TENANTS + "/" + id, null).status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aRepeatDoesNotMakeAnewWhatWasDeletedSince() throws Exception {
        assertThat(create("deleted", "deletes").status()).isEqualTo(201);
        assertThat(SERVER.admin("DELETE", TENANTS + "/deleted", null).status()).isEqualTo(202);
        Await.until(Duration.ofSeconds(20), "the tenant to be gone", () -> read("deleted") == 404);
        Wire.Answer repeated = create("deleted", "deletes");
        assertThat(repeated.status()).isEqualTo(409);
        assertThat(repeated.json().get("detail").asText()).contains("deleted", "another key");
        assertThat(SERVER.admin("GET", TENANTS + "/deleted", null).status()).isEqualTo(404);
        assertThat(create("deleted", "other key").status()).isEqualTo(201);
    }

    @Test
    void aFirstCallWhoseProcessEndedHoldsNobodyUp() throws Exception {
        begin("ended", "ends", Duration.ofMinutes(2));
        assertThat(create("ended", "ends").status()).isEqualTo(201);
        assertThat(create("ended", "ends").status()).isEqualTo(201);
    }

    @Test
    void ofManyAtOnceOneCreatesAndTheOthersAnswerAlikeOrConflict() throws Exception {
        List<Callable<Wire.Answer>> calls = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            calls.add(() -> SERVER.admin(
                    "POST", "/admin/keys", "{\"name\": \"once\", \"role\": \"viewer\"}", "Idempotency-Key: many"));
        }
        List<Wire.Answer> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(calls.size())) {
            for (Future<Wire.Answer> answer : threads.invokeAll(calls, 60, TimeUnit.SECONDS)) {
                answers.add(answer.get());
            }
        }
        assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isIn(201, 409));
        assertThat(answers.stream().filter(answer -> answer.json().has("api_key")))
                .hasSize(1);
        assertThat(answers.stream()
                        .filter(answer -> answer.status() == 201)
                        .map(answer -> answer.json().get("key_id").asText())
                        .distinct())
                .hasSize(1);
        long made = 0;
        for (var row : SERVER.admin("GET", "/admin/keys", null).json().get("keys")) {
            made += row.get("name").asText().equals("once") ? 1 : 0;
        }
        assertThat(made).isEqualTo(1);
    }

    @Test
    void aKeyThatIsNoneIsNamedAndNothingIsCreated() throws IOException {
        for (String[] headers : new String[][] {
            {"Idempotency-Key: "}, {"Idempotency-Key: " + "x".repeat(256)}, {"Idempotency-Key: a", "Idempotency-Key: a"}
        }) {
            Wire.Answer refused = SERVER.admin("POST", TENANTS, json("none"), headers);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.code()).isEqualTo("invalid-request");
            assertThat(refused.fields()).containsExactly("Idempotency-Key");
        }
        assertThat(SERVER.admin("GET", TENANTS + "/none", null).status()).isEqualTo(404);
    }
}
