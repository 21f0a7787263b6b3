package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.riptide.observe.CacheOperation;
import io.riptide.observe.MetricName;
import io.riptide.observe.TenantLabels;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MetricsHttpTest {
    @RegisterExtension
    static final TestOrigin ORIGIN = new TestOrigin();

    @RegisterExtension
    static final LiveServer SERVER = new LiveServer("web.allow_private_addresses=true");

    @RegisterExtension
    static final LiveServer PUBLIC =
            new LiveServer("observability.metrics_public=true", "observability.tenant_series=2");

    private static final String ENTRY = "/v1/cache/n/k";

    private static MetricText metrics() throws IOException {
        return metrics(SERVER);
    }

    private static MetricText metrics(LiveServer server) throws IOException {
        Wire.Answer answer = server.admin("GET", "/metrics", null);
        assertThat(answer.status()).isEqualTo(200);
        return MetricText.of(answer.body());
    }

    private static String limited(String id, String quotas) throws IOException {
        Wire.Answer made = SERVER.admin("POST", "/admin/tenants", """
                {"id": "%s", "name": "T", "owner_name": "O", "owner_email": "o@example.com", "billing_plan": "free",
                 "quotas": %s}""".formatted(id, quotas));
        assertThat(made.status()).isEqualTo(201);
        return made.json().get("api_key").asText();
    }

    /** Calls as one tenant, and counts those that go to the cache. */
    private static final class Calls {
        private final String key;
        private int toTheCache;

        Calls(String key) {
            this.key = key;
        }

        void call(int status, String method, String path, String body, String... headers) throws IOException {
            Wire.Answer answer = SERVER.as(key, method, path, body, headers);
            assertThat(answer.status())
                    .as(method + " " + path + ": " + answer.text())
                    .isEqualTo(status);
            if (path.startsWith("/v1/cache/")) {
                toTheCache++;
            }
        }

        void fetch(int status, String target, String... headers) throws IOException {
            String url = URLEncoder.encode(ORIGIN.url(target), StandardCharsets.UTF_8);
            call(status, "GET", "/v1/fetch?url=" + url, null, headers);
        }
    }

    @Test
    void aCountedWorkloadIsFoundSampleBySample() throws IOException {
        Calls calls = new Calls(SERVER.tenant("counted"));
        Map<String, Long> expected = new TreeMap<>();

        calls.call(201, "PUT", ENTRY, "{}");
        calls.call(204, "PUT", ENTRY, "{}");
        calls.call(412, "PUT", ENTRY, "{}", "If-None-Match: *");
        expected.put("put ok", 3L);
        calls.call(200, "GET", ENTRY, null);
        expected.put("get hit_l2", 1L);
        calls.call(200, "GET", ENTRY, null);
        calls.call(200, "HEAD", ENTRY, null);
        calls.call(304, "GET", ENTRY, null, "If-None-Match: *");
        expected.put("get hit_l1", 3L);
        calls.call(404, "GET", "/v1/cache/n/absent", null);
        expected.put("get miss", 1L);
        calls.call(204, "DELETE", ENTRY, null);
        calls.call(204, "DELETE", ENTRY, null);
        calls.call(204, "PUT", ENTRY, "{}", "Cache-Control: max-age=0");
        expected.put("delete ok", 3L);

        calls.call(200, "POST", "/v1/cache/n/_batch/set", """
                {"entries": [{"key": "a", "value": 1}, {"key": "b", "value": 2}, {"key": "c", "value": 3},
                             {"key": "", "value": 4}]}""");
        expected.put("batch_put ok", 3L);
        calls.call(200, "POST", "/v1/cache/n/_batch/get", "{\"keys\": [\"a\", \"b\", \"c\", \"d\"]}");
        calls.call(200, "POST", "/v1/cache/n/_batch/get", "{\"keys\": [\"a\", \"b\", \"c\"]}");
        expected.put("batch_get hit_l2", 3L);
        expected.put("batch_get miss", 1L);
        expected.put("batch_get hit_l1", 3L);
        calls.call(200, "GET", "/v1/cache/n", null);

        calls.call(200, "DELETE", "/v1/cache/n?tag=t", null);
        calls.call(200, "DELETE", "/v1/cache/n", null);
        Wire.Answer removed = SERVER.admin("POST", "/admin/cache/invalidate", "{\"tenant\": \"counted\"}");
        assertThat(removed.status()).isEqualTo(200);
        expected.put("invalidate ok", 3L);

        calls.call(400, "GET", "/v1/cache/n/%00", null);
        calls.call(400, "GET", "/v1/cache/bad%20name/k", null);
        calls.call(400, "PUT", ENTRY, "{}", "X-RipTide-TTL: 0");
        calls.call(400, "POST", "/v1/cache/n/_batch/get", "{\"keys\": [\"\"]}");
        calls.call(405, "PATCH", "/v1/usage", null);

        MetricText text = metrics();
        assertThat(text.operations("counted")).isEqualTo(expected);
        // A path that is none never reaches the cache.
        assertThat(text.of("cache_access_duration_seconds_count", "counted")).isEqualTo(calls.toTheCache - 1.0);
        assertThat(text.of("cache_hit_rate", "counted")).isEqualTo(10.0 / 12);
        assertThat(SERVER.as(calls.key, "GET", "/v1/usage", null)
                        .json()
                        .get("operations_total")
                        .asLong())
                .isEqualTo(expected.values().stream().mapToLong(n -> n).sum() - 1 + 1);
    }

    @Test
    void pagesCountAsReadsAndAsLoads() throws IOException {
        Calls calls = new Calls(SERVER.tenant("pages"));
        calls.fetch(200, "/fresh?metrics");
        calls.fetch(200, "/fresh?metrics");
        calls.fetch(200, "/fresh?metrics", "Cache-Control: no-cache");
        calls.fetch(502, "/silent?metrics");
        calls.fetch(502, "/silent?metrics", "Cache-Control: no-cache");
        MetricText text = metrics();
        assertThat(text.operations("pages"))
                .containsEntry("get miss", 1L)
                .containsEntry("load ok", 2L)
                .containsEntry("get error", 1L)
                .containsEntry("load error", 2L);
        assertThat(text.of("cache_access_duration_seconds_count", "pages")).isZero();
    }

    @Test
    void whatIsRefusedForWantOfRightsIsDenied() throws IOException {
        String owner = SERVER.tenant("denied");
        Wire.Answer made =
                SERVER.admin("POST", "/admin/tenants/denied/keys", "{\"name\": \"r\", \"scopes\": [\"usage:read\"]}");
        Calls scoped = new Calls(made.json().get("api_key").asText());
        scoped.call(403, "GET", ENTRY, null);
        scoped.call(403, "PUT", ENTRY, "{}");
        scoped.call(403, "DELETE", ENTRY, null);
        scoped.call(403, "DELETE", "/v1/cache/n", null);
        scoped.call(403, "POST", "/v1/cache/n/_batch/get", "{\"keys\": [\"a\", \"b\"]}");
        scoped.call(403, "POST", "/v1/cache/n/_batch/set", "{\"entries\": []}");
        scoped.fetch(403, "/fresh");
        scoped.call(403, "GET", "/v1/cache/n", null);
        scoped.call(200, "GET", "/v1/usage", null);

        Calls calls = new Calls(owner);
        calls.call(403, "GET", ENTRY, null, "X-Tenant-ID: another");
        calls.call(403, "GET", "/v1/usage", null, "X-Tenant-ID: another");
        new Calls(owner + "x").call(401, "GET", ENTRY, null, "X-Tenant-ID: denied");
        SERVER.admin("POST", "/admin/tenants/denied/suspend", "{\"reason\": \"r\"}");
        calls.call(403, "PUT", ENTRY, "{}");

        assertThat(metrics().operations("denied"))
                .isEqualTo(Map.of(
                        "get denied", 3L,
                        "put denied", 2L,
                        "delete denied", 1L,
                        "invalidate denied", 1L,
                        "batch_get denied", 1L,
                        "batch_put denied", 1L));
    }

    @Test
    void whatIsOverTheRateCountsEachKeyUnderQuota() throws IOException {
        Calls calls = new Calls(SERVER.tenant("hasty", 4));
        for (int i = 0; i < 4; i++) {
            calls.call(404, "GET", ENTRY, null);
        }
        calls.call(429, "GET", ENTRY, null);
        calls.call(429, "PUT", ENTRY, "{}");
        calls.call(429, "DELETE", ENTRY, null);
        calls.call(429, "DELETE", "/v1/cache/n", null);
        calls.call(429, "POST", "/v1/cache/n/_batch/get", "{\"keys\": [\"a\", \"b\", \"c\"]}");
        calls.call(429, "POST", "/v1/cache/n/_batch/set", """
                {"entries": [{"key": "a", "value": 1}, {"key": "b", "value": 2}]}""");
        calls.call(400, "POST", "/v1/cache/n/_batch/get", "{\"keys\": [\"a\", \"b\", \"c\", \"d\", \"e\"]}");
        calls.fetch(429, "/fresh", "Cache-Control: no-cache");
        assertThat(metrics().operations("hasty"))
                .isEqualTo(Map.of(
                        "get miss", 4L,
                        "get quota", 1L,
                        "put quota", 1L,
                        "delete quota", 1L,
                        "invalidate quota", 1L,
                        "batch_get quota", 3L,
                        "batch_put quota", 2L,
                        "load quota", 1L));
    }

    @Test
    void whatIsOverTheStorageCountsUnderQuota() throws IOException {
        Calls calls = new Calls(limited("full", "{\"storage_bytes\": 400, \"operations_per_minute\": 1000000}"));
        calls.call(201, "PUT", ENTRY, "{}");
        String large = "0123456789".repeat(60);
        calls.call(507, "PUT", "/v1/cache/n/l", large);
        calls.call(200, "POST", "/v1/cache/n/_batch/set", """
                {"entries": [{"key": "a", "value": "%1$s"}, {"key": "b", "value": "%1$s"}]}""".formatted(large));
        assertThat(metrics().operations("full"))
                .isEqualTo(Map.of("put ok", 1L, "put quota", 1L, "batch_put quota", 2L));
    }

    @Test
    void bytesAreThoseThatTheStatisticsTell() throws IOException {
        Calls calls = new Calls(SERVER.tenant("stored"));
        calls.call(201, "PUT", ENTRY, "{}");
        calls.call(201, "PUT", "/v1/cache/n/l", "[1, 2, 3]");
        calls.call(200, "GET", ENTRY, null);
        MetricText text = metrics();
        JsonNode stats =
                SERVER.admin("GET", "/admin/cache/stats?tenant=stored", null).json();
        assertThat(text.of("cache_memory_usage_bytes", "stored"))
                .isPositive()
                .isEqualTo(stats.get("memory_bytes").asDouble());
        assertThat(text.of("cache_store_usage_bytes", "stored"))
                .isPositive()
                .isEqualTo(stats.get("storage_bytes").asDouble());
        assertThat(text.of("cache_hit_rate", "stored")).isEqualTo(1);
    }

    @Test
    void everyCounterStandsAtZeroFromTheStart() throws IOException {
        new Calls(SERVER.tenant("quiet")).call(400, "PUT", ENTRY, "{}", "X-RipTide-TTL: 0");
        MetricText text = metrics();
        for (String label : new String[] {TenantLabels.OTHER, "quiet"}) {
            for (CacheOperation operation : CacheOperation.values()) {
                operation
                        .results()
                        .forEach(result -> assertThat(text.samples())
                                .containsKey("cache_operations_total{operation=" + operation.label() + ", result="
                                        + result.label() + ", tenant_id=" + label + "}"));
            }
        }
        assertThat(text.operations("quiet")).isEmpty();
        assertThat(text.of("cache_hit_rate", "quiet")).isNull();
        assertThat(text.of("cache_access_duration_seconds_count", "quiet")).isEqualTo(1);
        assertThat(text.of("cache_access_duration_seconds_count", TenantLabels.OTHER))
                .isZero();
        assertThat(text.samples())
                .containsEntry("cache_access_duration_seconds_bucket{le=+Inf, tenant_id=quiet}", 1.0)
                .containsKey("cache_access_duration_seconds_bucket{le=0.01, tenant_id=quiet}");
    }

    @Test
    void theNamesAndTypesAreThoseOfTheListAndNoOthers() throws IOException {
        Calls calls = new Calls(SERVER.tenant("names"));
        calls.call(404, "GET", ENTRY, null);
        assertThat(metrics().types())
                .isEqualTo(Arrays.stream(MetricName.values())
                        .collect(Collectors.toMap(MetricName::text, MetricName::type)));
    }

    @Test
    void aDeletedTenantIsNamedNoMore() throws IOException {
        Calls calls = new Calls(SERVER.tenant("passing"));
        calls.call(404, "GET", ENTRY, null);
        assertThat(metrics().samplesOf("passing")).isPositive();
        Map<String, Long> others = metrics().operations(TenantLabels.OTHER);
        assertThat(SERVER.admin("DELETE", "/admin/tenants/passing", null).status())
                .isEqualTo(202);
        calls.call(401, "GET", ENTRY, null);
        assertThat(metrics().samplesOf("passing")).isZero();
        assertThat(metrics().operations(TenantLabels.OTHER)).isEqualTo(others);
    }

    @Test
    void asManyAreNamedAsTheConfigurationSaysAndTheOthersTogether() throws IOException {
        for (String id : new String[] {"first", "second", "third", "_other"}) {
            PUBLIC.as(PUBLIC.tenant(id), "PUT", ENTRY, "{}");
        }
        MetricText text = metrics(PUBLIC);
        assertThat(text.operations("first")).isEqualTo(Map.of("put ok", 1L));
        assertThat(text.operations("second")).isEqualTo(Map.of("put ok", 1L));
        assertThat(text.samplesOf("third")).isZero();
        assertThat(text.operations(TenantLabels.OTHER)).isEqualTo(Map.of("put ok", 2L));
        assertThat(text.of("cache_access_duration_seconds_count", TenantLabels.OTHER))
                .isEqualTo(2);
        assertThat(text.of("cache_store_usage_bytes", TenantLabels.OTHER)).isNotNull();
    }

    @Test
    void whoMayNotSeeThemIsRefusedLikeEverywhere() throws IOException {
        Wire.Answer none = SERVER.call("GET", "/metrics", null);
        assertThat(none.status()).isEqualTo(401);
        assertThat(none.code()).isEqualTo("unauthenticated");
        assertThat(none.header("WWW-Authenticate")).isNotNull();
        assertThat(SERVER.as("wrong", "GET", "/metrics", null).status()).isEqualTo(401);
        Wire.Answer tenants = SERVER.as(SERVER.tenant("curious"), "GET", "/metrics", null);
        assertThat(tenants.status()).isEqualTo(403);
        assertThat(tenants.code()).isEqualTo("access-denied");
        Wire.Answer made = SERVER.admin("POST", "/admin/keys", "{\"name\": \"scraper\", \"role\": \"viewer\"}");
        String viewer = made.json().get("api_key").asText();
        assertThat(SERVER.as(viewer, "GET", "/metrics", null).status()).isEqualTo(200);
        Wire.Answer other = SERVER.as(viewer, "POST", "/metrics", null);
        assertThat(other.status()).isEqualTo(405);
        assertThat(other.header("Allow")).isEqualTo("GET, HEAD, OPTIONS");
        assertThat(SERVER.as(viewer, "GET", "/metrics/", null).status()).isEqualTo(400);
    }

    @Test
    void whereTheyArePublicNoCredentialIsAskedFor() throws IOException {
        Wire.Answer answer = PUBLIC.call("GET", "/metrics", null);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        JsonNode description = PUBLIC.call("GET", "/openapi.json", null).json();
        assertThat(description.at("/paths/~1metrics/get/security")).isEmpty();
    }

    @Test
    void theFormatIsTheOneThatAcceptPrefers() throws IOException {
        String text = "text/plain; version=0.0.4; charset=utf-8";
        String open = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        String prometheus = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
        assertThat(SERVER.admin("GET", "/metrics", null).header("Content-Type")).isEqualTo(text);
        for (String accept : new String[] {"*/*", "text/plain", "text/html", "application/json", "nonsense"}) {
            Wire.Answer answer = SERVER.admin("GET", "/metrics", null, "Accept: " + accept);
            assertThat(answer.header("Content-Type")).as(accept).isEqualTo(text);
        }
        Wire.Answer answer = SERVER.admin("GET", "/metrics", null, "Accept: " + prometheus);
        assertThat(answer.header("Content-Type")).isEqualTo(open);
        assertThat(answer.header("Vary")).isEqualTo("Accept");
        assertThat(answer.text()).contains("# TYPE cache_operations counter").endsWith("# EOF\n");
        String textFirst = "application/openmetrics-text;q=0.1, text/plain";
        assertThat(SERVER.admin("GET", "/metrics", null, "Accept: " + textFirst).header("Content-Type"))
                .isEqualTo(text);
        Wire.Answer head = SERVER.admin("HEAD", "/metrics", null);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Type")).isEqualTo(text);
    }
}
