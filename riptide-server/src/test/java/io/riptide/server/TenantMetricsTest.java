package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.riptide.observe.TenantLabels;
import io.riptide.testkit.ManualTime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code /metrics} says of tenants after calls that are known, to the number. */
class TenantMetricsTest {
    private static final String ENTRY = "/v1/cache/n/k";
    private static final String LARGE = "0123456789".repeat(60);
    private static final Pattern LABEL = Pattern.compile("tenant_id=([^,}]*)");

    @TempDir
    Path data;

    private final ManualTime time = TimedServer.at("2026-10-31T23:00:00Z");
    private TimedServer server;
    private String acme;
    private String globex;

    @BeforeEach
    void open() throws IOException {
        server = new TimedServer(data, time, "observability.tenant_series=2");
        acme = tenant("acme", 12, 1_000_000);
        globex = tenant("globex", 1_000, 400);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private String tenant(String id, long operations, long storage) throws IOException {
        Wire.Answer made = server.admin("POST", "/admin/tenants", """
                {"id": "%s", "name": "T", "owner_name": "O", "owner_email": "o@example.com", "billing_plan": "free",
                 "quotas": {"operations_per_minute": %d, "storage_bytes": %d,
                            "memory_bytes": 50000}}""".formatted(id, operations, storage));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return made.json().get("api_key").asText();
    }

    private void call(int status, String key, String method, String path, String body, String... headers)
            throws IOException {
        assertThat(server.as(key, method, path, body, headers).status())
                .as(method + " " + path)
                .isEqualTo(status);
    }

    private MetricText metrics() throws IOException {
        Wire.Answer answer = server.admin("GET", "/metrics", null);
        assertThat(answer.status()).isEqualTo(200);
        return MetricText.of(answer.body());
    }

    /** The samples of one metric that carry a tenant's label, by their other labels; zeros left out. */
    private static Map<String, Double> of(MetricText text, String metric, String tenant) {
        Map<String, Double> found = new TreeMap<>();
        text.samples().forEach((name, value) -> {
            if (name.startsWith(metric + "{") && label(name).equals(tenant) && value != 0) {
                found.put(
                        name.substring(metric.length() + 1, name.length() - 1)
                                .replaceAll("(, )?tenant_id=[^,]*", "")
                                .replaceAll("\\w+=", ""),
                        value);
            }
        });
        return found;
    }

    private static String label(String sample) {
        Matcher label = LABEL.matcher(sample);
        return label.find() ? label.group(1) : "";
    }

    /** Eleven operations of acme's twelve, and two calls that met its rate; two that met globex's storage. */
    private void work() throws IOException {
        call(201, acme, "PUT", ENTRY, "{\"a\": 1}", "X-RipTide-TTL: 86400");
        call(201, acme, "PUT", "/v1/cache/n/l", "{\"b\": 2}");
        call(200, acme, "GET", ENTRY, null);
        call(200, acme, "HEAD", ENTRY, null);
        call(404, acme, "GET", "/v1/cache/n/absent", null);
        call(200, acme, "POST", "/v1/cache/n/_batch/get", "{\"keys\": [\"k\", \"absent\"]}");
        call(204, acme, "DELETE", "/v1/cache/n/l", null);
        call(200, acme, "GET", "/v1/cache/n", null);
        call(200, acme, "DELETE", "/v1/cache/n?tag=t", null);
        call(429, acme, "POST", "/v1/cache/n/_batch/get", "{\"keys\": [\"a\", \"b\", \"c\"]}");
        call(304, acme, "GET", ENTRY, null, "If-None-Match: *");
        call(429, acme, "POST", "/v1/cache/n/_batch/get", "{\"keys\": [\"a\", \"b\"]}");
        call(400, acme, "GET", "/v1/cache/n/%00", null);

        call(201, globex, "PUT", ENTRY, "{}");
        call(507, globex, "PUT", "/v1/cache/n/l", LARGE);
        call(200, globex, "POST", "/v1/cache/n/_batch/set", """
                {"entries": [{"key": "a", "value": "%1$s"}, {"key": "b", "value": "%1$s"},
                             {"key": "c", "value": 1}]}""".formatted(LARGE));
    }

    @Test
    void operationsAndBreachesAreThoseThatWereCalled() throws IOException {
        work();
        MetricText text = metrics();
        assertThat(of(text, "tenant_operations_total", "acme"))
                .isEqualTo(Map.of("read", 6.0, "write", 2.0, "delete", 1.0, "list", 1.0, "invalidate", 1.0));
        assertThat(of(text, "riptide_quota_breaches_total", "acme"))
                .isEqualTo(Map.of("operations_per_minute, refused", 2.0));
        assertThat(of(text, "tenant_operations_total", "globex")).isEqualTo(Map.of("write", 2.0));
        assertThat(of(text, "riptide_quota_breaches_total", "globex"))
                .as("calls, whatever they hold")
                .isEqualTo(Map.of("storage_bytes, refused", 2.0));
        assertThat(text.samples())
                .containsEntry(
                        "riptide_quota_breaches_total{resource=storage_bytes, result=allowed, tenant_id=acme}", 0.0)
                .containsEntry("tenant_operations_total{operation=fetch, tenant_id=acme}", 0.0);
        assertThat(of(text, "tenant_operations_total", TenantLabels.OTHER)).isEmpty();
    }

    @Test
    void quotaUsageIsTheShareOfEachLimit() throws IOException {
        work();
        JsonNode usage = server.as(acme, "GET", "/v1/usage", null).json();
        assertThat(usage.get("operations_total").asInt()).isEqualTo(11);
        assertThat(usage.get("storage_bytes").asLong()).isPositive();
        assertThat(usage.get("memory_bytes").asLong()).isPositive();
        Map<String, Double> shares = of(metrics(), "tenant_quota_usage", "acme");
        assertThat(shares).containsOnlyKeys("operations_per_minute", "memory_bytes", "storage_bytes");
        assertThat(shares.get("operations_per_minute")).isEqualTo(11.0 / 12, within(1e-9));
        assertThat(shares.get("memory_bytes"))
                .isEqualTo(usage.get("memory_bytes").asDouble() / 50_000);
        assertThat(shares.get("storage_bytes"))
                .isEqualTo(usage.get("storage_bytes").asDouble() / 1_000_000);
        JsonNode other = server.as(globex, "GET", "/v1/usage", null).json();
        assertThat(of(metrics(), "tenant_quota_usage", "globex"))
                .containsEntry("operations_per_minute", 2.0 / 1_000)
                .containsEntry("storage_bytes", other.get("storage_bytes").asDouble() / 400);
    }

    @Test
    void billingUnitsAreThoseOfTheMonthThatRunsInTheUnitsOfPrices() throws IOException {
        work();
        server.tick();
        long stored = server.as(acme, "GET", "/v1/usage", null)
                .json()
                .get("storage_bytes")
                .asLong();
        Map<String, Double> units = of(metrics(), "tenant_billing_units", "acme");
        Map<String, Double> expected = new TreeMap<>(Map.of(
                "2026-10, hit_1000", 0.004,
                "2026-10, miss_1000", 0.002,
                "2026-10, write_1000", 0.002,
                "2026-10, delete_1000", 0.001,
                "2026-10, list_1000", 0.001,
                "2026-10, invalidate_1000", 0.001));
        // Written: 8 and 8 bytes. Sent: 8 with the GET, 8 with the batch; none with HEAD and 304.
        expected.put("2026-10, transfer_gb", 32e-9);
        expected.put("2026-10, storage_gb_hour", stored * 1e-9);
        assertThat(units.keySet()).isEqualTo(expected.keySet());
        expected.forEach((unit, value) -> assertThat(units.get(unit)).as(unit).isEqualTo(value, within(1e-15)));
        assertThat(of(metrics(), "tenant_billing_units", "globex"))
                .containsEntry("2026-10, write_1000", 0.002)
                .containsEntry("2026-10, transfer_gb", 3e-9)
                .doesNotContainKey("2026-10, hit_1000");

        call(200, acme, "GET", ENTRY, null);
        time.advance(Duration.ofSeconds(10));
        assertThat(of(metrics(), "tenant_billing_units", "acme")).containsEntry("2026-10, hit_1000", 0.005);
        server.tick();

        // The next month begins at nothing, and that of the one before is shown no more.
        time.advance(Duration.ofHours(1));
        server.tick();
        call(200, acme, "GET", ENTRY, null);
        assertThat(of(metrics(), "tenant_billing_units", "acme"))
                .containsEntry("2026-11, hit_1000", 0.001)
                .doesNotContainKey("2026-11, write_1000");
        assertThat(metrics().samples().keySet()).noneMatch(name -> name.contains("period=2026-10"));
        assertThat(of(metrics(), "tenant_operations_total", "acme"))
                .as("a counter goes on")
                .containsEntry("read", 8.0);
    }

    @Test
    void whoIsNotNamedIsCountedUnderOtherAndHasNoGaugesOfItsOwn() throws IOException {
        work();
        metrics();
        String third = tenant("initech", 1, 1_000);
        call(404, third, "GET", ENTRY, null);
        call(429, third, "GET", ENTRY, null);
        MetricText text = metrics();
        assertThat(text.samples().keySet().stream()
                        .map(TenantMetricsTest::label)
                        .filter(label -> !label.isEmpty())
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder("acme", "globex", TenantLabels.OTHER);
        assertThat(of(text, "tenant_operations_total", TenantLabels.OTHER)).isEqualTo(Map.of("read", 1.0));
        assertThat(of(text, "riptide_quota_breaches_total", TenantLabels.OTHER))
                .isEqualTo(Map.of("operations_per_minute, refused", 1.0));
        assertThat(text.samples().keySet())
                .noneMatch(name ->
                        name.startsWith("tenant_quota_usage") && label(name).equals(TenantLabels.OTHER))
                .noneMatch(name ->
                        name.startsWith("tenant_billing_units") && label(name).equals(TenantLabels.OTHER));
        assertThat(server.admin("DELETE", "/admin/tenants/acme", null).status()).isEqualTo(202);
        assertThat(metrics().samples().keySet())
                .as("who is deleted is named no more")
                .noneMatch(name -> label(name).equals("acme"));
    }

    @Test
    void whatIsInShadowCountsAsAllowed() throws IOException {
        server.close();
        server = new TimedServer(data, time, "persistence.tenant.shadow.operations_per_minute=true");
        for (int i = 0; i < 15; i++) {
            call(404, acme, "GET", ENTRY, null);
        }
        assertThat(of(metrics(), "riptide_quota_breaches_total", "acme"))
                .isEqualTo(Map.of("operations_per_minute, allowed", 3.0));
        assertThat(of(metrics(), "tenant_operations_total", "acme")).isEqualTo(Map.of("read", 15.0));
    }

    @Test
    void aStorageRefusalIsAudited() throws IOException {
        work();
        String single = tenant("single", 1_000, 400);
        call(507, single, "PUT", "/v1/cache/n/l", LARGE);
        server.tick();
        JsonNode batch = refused("globex");
        assertThat(batch.get("detail").get("count").asInt())
                .as("one alone, and a batch")
                .isEqualTo(2);
        assertThat(refused("single").get("detail").get("count").asInt()).isEqualTo(1);
        server.tick();
        time.advance(Duration.ofMinutes(2));
        call(200, single, "POST", "/v1/cache/n/_batch/set", """
                {"entries": [{"key": "a", "value": "%1$s"}, {"key": "b", "value": 1}]}""".formatted(LARGE));
        server.tick();
        assertThat(refused("single").get("detail").get("count").asInt())
                .as("a batch alone")
                .isEqualTo(1);
    }

    /** The newest row of a storage refusal. */
    private JsonNode refused(String tenant) throws IOException {
        JsonNode row = server.admin("GET", "/admin/audit?action=quota.exceeded&tenant=" + tenant, null)
                .json()
                .get("entries")
                .get(0);
        assertThat(row.get("resource").asText()).isEqualTo("storage_bytes");
        assertThat(row.get("result").asText()).isEqualTo("storage-quota-exceeded");
        assertThat(row.get("request_id").asText()).isNotEmpty();
        JsonNode key = server.admin("GET", "/admin/tenants/" + tenant + "/keys", null)
                .json()
                .get("keys")
                .get(0);
        assertThat(row.get("actor").asText()).isEqualTo(key.get("key_id").asText());
        return row;
    }
}
