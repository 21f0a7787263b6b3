package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.RipTide;
import io.riptide.config.ConfigLoader;
import io.riptide.config.ConfigOutcome;
import io.riptide.config.PersistenceConfig;
import io.riptide.entry.StoreKey;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.spi.Backing;
import io.riptide.spi.EntryStore;
import io.riptide.spi.InvalidationFeed;
import io.riptide.spi.LoadLeases;
import io.riptide.spi.PermitLeases;
import io.riptide.testkit.ManualTime;
import io.riptide.web.Fetcher;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One of several nodes, over HTTP, whose store does not answer. */
class StaleHttpTest {
    private static final String ADMIN_KEY = LiveServer.ADMIN_KEY;

    @TempDir
    Path data;

    private final ManualTime time = new ManualTime();
    private final ExecutorService fetches = Executors.newVirtualThreadPerTaskExecutor();
    private Stores stores;
    private RipTide riptide;
    private Fetcher fetcher;
    private HttpServer http;
    private volatile boolean storeAway;
    private String key;

    @BeforeEach
    void start() throws IOException {
        PersistenceConfig config = config();
        stores = Stores.open(config, data);
        Backing backing = new Backing(
                way(stores.backing().entries()),
                stores.backing().control(),
                new SilentFeed(),
                PermitLeases.none(),
                LoadLeases.none(),
                stores.backing().usage());
        riptide = RipTide.withTime(config, backing, time, ADMIN_KEY);
        fetcher = new Fetcher(config, () -> Instant.ofEpochMilli(time.wallMillis()), fetches);
        http = new HttpServer(config, riptide, fetcher, stores.backing().control(), Map.of());
        http.start();
        Wire.Answer made = call(ADMIN_KEY, "POST", "/admin/tenants", """
                {"id": "acme", "name": "T", "owner_name": "O", "owner_email": "o@example.com",
                 "billing_plan": "free"}""");
        key = made.json().get("api_key").asText();
        put("/v1/cache/forgiving/k");
        put("/v1/cache/strict/k");
        assertThat(get("/v1/cache/forgiving/k").header("cache-status")).isEqualTo("riptide; hit; detail=l2");
        assertThat(get("/v1/cache/strict/k").status()).isEqualTo(200);
        storeAway = true;
    }

    @AfterEach
    void stop() {
        http.stop();
        fetcher.close();
        fetches.shutdown();
        storeAway = false;
        riptide.close();
        stores.close();
    }

    private static PersistenceConfig config() {
        ConfigOutcome outcome = new ConfigLoader(Map.of())
                .load(
                        List.of(),
                        List.of("server.port=0", "persistence.cache.namespaces.forgiving.stale_if_error_seconds=60"));
        if (outcome instanceof ConfigOutcome.Valid valid) {
            return valid.config();
        }
        throw new AssertionError(outcome.toString());
    }

    private EntryStore way(EntryStore store) {
        return (EntryStore) Proxy.newProxyInstance(
                StaleHttpTest.class.getClassLoader(), new Class<?>[] {EntryStore.class}, (proxy, method, arguments) -> {
                    if (storeAway) {
                        throw Problem.of(ProblemCode.STORE_UNAVAILABLE, "The store is away.")
                                .asException();
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Told nothing, and proven nothing since it began. */
    private final class SilentFeed implements InvalidationFeed {
        private final Proof proof = new Proof(1, time.preciseNanoTime());

        @Override
        public void listen(Consumer<StoreKey> changed) {
            // Nobody ever tells.
        }

        @Override
        public Proof proof() {
            return proof;
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }

    private Wire.Answer call(String credential, String method, String path, String body) throws IOException {
        try (Wire wire = new Wire(http.port())) {
            byte[] bytes = body == null ? null : body.getBytes(StandardCharsets.UTF_8);
            return wire.call(
                    method, path, bytes, "Authorization: Bearer " + credential, "Content-Type: application/json");
        }
    }

    private void put(String path) throws IOException {
        assertThat(call(key, "PUT", path, "\"v1\"").status()).isEqualTo(201);
    }

    private Wire.Answer get(String path) throws IOException {
        return call(key, "GET", path, null);
    }

    @Test
    void whatIsProvenIsAHit() throws IOException {
        time.advance(Duration.ofMillis(499));
        Wire.Answer found = get("/v1/cache/forgiving/k");
        assertThat(found.header("cache-status")).isEqualTo("riptide; hit; detail=l1");
        assertThat(get("/v1/cache/strict/k").status()).isEqualTo(200);
    }

    @Test
    void whatIsSuspectIsMarkedWhereItIsServed() throws IOException {
        time.advance(Duration.ofSeconds(7));
        Wire.Answer found = get("/v1/cache/forgiving/k");
        assertThat(found.status()).isEqualTo(200);
        assertThat(found.text()).isEqualTo("\"v1\"");
        assertThat(found.header("cache-status")).isEqualTo("riptide; hit; ttl=-7; detail=stale");
        assertThat(found.header("cache-control")).isEqualTo("max-age=0");
        assertThat(found.header("age")).isEqualTo("7");
        assertThat(found.header("etag")).isNotNull();
    }

    @Test
    void elsewhereTheStoreIsUnavailable() throws IOException {
        time.advance(Duration.ofSeconds(7));
        assertUnavailable(get("/v1/cache/strict/k"));
        assertUnavailable(get("/v1/cache/forgiving/absent"));
        assertUnavailable(call(key, "PUT", "/v1/cache/forgiving/k", "\"v2\""));
        assertUnavailable(call(key, "DELETE", "/v1/cache/strict/k", null));
        assertUnavailable(call(key, "DELETE", "/v1/cache/strict", null));
        assertUnavailable(
                call(key, "POST", "/v1/cache/strict/_batch/set", "{\"entries\": [{\"key\": \"k\", \"value\": 1}]}"));
        assertUnavailable(get("/v1/cache/forgiving/k"));
    }

    @Test
    void aBatchMarksWhatIsStale() throws IOException {
        time.advance(Duration.ofSeconds(7));
        Wire.Answer found = call(key, "POST", "/v1/cache/forgiving/_batch/get", "{\"keys\": [\"k\"]}");
        assertThat(found.status()).isEqualTo(200);
        assertThat(found.json().get("entries").get(0).toString())
                .contains("\"stale\":true")
                .contains("\"ttl_seconds\":0");
        assertUnavailable(call(key, "POST", "/v1/cache/forgiving/_batch/get", "{\"keys\": [\"k\", \"absent\"]}"));
    }

    @Test
    void metricsAndExplainTell() throws IOException {
        time.advance(Duration.ofSeconds(7));
        assertThat(get("/v1/cache/forgiving/k").status()).isEqualTo(200);
        storeAway = false;
        MetricText metrics =
                MetricText.of(call(ADMIN_KEY, "GET", "/metrics", null).text());
        assertThat(metrics.samples())
                .containsEntry("riptide_coherence_checks_total{}", 1.0)
                .containsEntry("riptide_coherence_stale_total{}", 1.0)
                .containsEntry("riptide_store_breaker_open{}", 0.0)
                .containsEntry("riptide_store_calls_failed_total{}", 0.0)
                .containsEntry("riptide_component_ready{component=server}", 1.0)
                .containsEntry("riptide_coherence_changes_total{}", 0.0)
                .containsEntry("riptide_coherence_proof_age_seconds{}", 7.0);
        String explain = "/admin/cache/explain?tenant=acme&namespace=strict&key=k";
        assertThat(call(ADMIN_KEY, "GET", explain, null).json().get("l1_doubt").asText())
                .isEqualTo("unproven");
    }

    private static void assertUnavailable(Wire.Answer answer) throws IOException {
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.json().get("type").asText()).endsWith("store-unavailable");
        assertThat(answer.header("retry-after")).isEqualTo("1");
    }
}
