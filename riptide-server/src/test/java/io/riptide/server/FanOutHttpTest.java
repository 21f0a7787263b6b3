package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.riptide.testkit.Await;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many callers of one page at once: the origin is asked once, and each of them pays for what it asked. */
class FanOutHttpTest {
    private static final int CALLERS = 10;

    private final TestOrigin origin = new TestOrigin();

    @TempDir
    Path data;

    private TimedServer server;
    private final List<Wire> wires = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        origin.beforeAll(null);
        server = new TimedServer(data, TimedServer.at("2026-10-05T00:00:00Z"), "web.allow_private_addresses=true");
    }

    @AfterEach
    void close() throws IOException {
        origin.release();
        for (Wire wire : wires) {
            wire.close();
        }
        server.close();
        origin.afterAll(null);
    }

    /** Sends as many calls as that, and waits until all of them are under way. */
    private void askAll(String tenant, String key) throws IOException {
        long before = server.permits(tenant);
        ask(key);
        Await.until(
                Duration.ofSeconds(20),
                "each to have its permit",
                () -> server.permits(tenant) == Math.max(0, before - CALLERS));
    }

    /** Sends as many calls as that, and waits for none of them. */
    private void ask(String key) throws IOException {
        String url = URLEncoder.encode(origin.url("/held"), StandardCharsets.UTF_8);
        for (int i = 0; i < CALLERS; i++) {
            Wire wire = new Wire(server.port());
            wires.add(wire);
            wire.send("GET /v1/fetch?url=" + url + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + key + "\r\n\r\n");
        }
    }

    private List<Integer> statuses() throws IOException {
        List<Integer> statuses = new ArrayList<>();
        for (Wire wire : wires) {
            statuses.add(wire.answer(false).status());
        }
        return statuses;
    }

    private JsonNode usage(String tenant) throws IOException {
        return server.admin("GET", "/admin/tenants/" + tenant + "/usage", null).json();
    }

    /** What stands on the bill. */
    private JsonNode metered(String tenant) throws IOException {
        server.tick();
        return server.admin("GET", "/admin/tenants/" + tenant + "/billing", null)
                .json()
                .get("usage");
    }

    private static long reads(JsonNode metered) {
        return metered.get("hit_l1").asLong()
                + metered.get("hit_l2").asLong()
                + metered.get("stale").asLong()
                + metered.get("miss").asLong();
    }

    @Test
    void tenAtOnceAreTenOperationsAndOneLoad() throws IOException {
        askAll("acme", server.tenant("acme"));
        Await.until(
                Duration.ofSeconds(20),
                "the origin is asked",
                () -> !origin.asked("/held").isEmpty());
        origin.release();
        assertThat(statuses()).hasSize(CALLERS).containsOnly(200);
        assertThat(origin.asked("/held")).hasSize(1);
        assertThat(usage("acme").get("operations_total").asInt()).isEqualTo(CALLERS);
        assertThat(usage("acme").get("data_transfer_bytes").asInt())
                .as("the page, to each of them")
                .isEqualTo(CALLERS * 4);
        JsonNode metered = metered("acme");
        assertThat(metered.get("operations").asInt()).isEqualTo(CALLERS);
        assertThat(metered.get("load").asInt()).isEqualTo(1);
        assertThat(metered.get("load_failed").asInt()).isZero();
        assertThat(reads(metered)).isEqualTo(CALLERS);
    }

    @Test
    void oneFlightIsNoWayPastTheRate() throws IOException {
        int limit = 4;
        askAll("acme", server.tenant("acme", limit));
        Await.until(
                Duration.ofSeconds(20),
                "the origin is asked",
                () -> !origin.asked("/held").isEmpty());
        origin.release();
        List<Integer> statuses = statuses();
        assertThat(statuses).filteredOn(status -> status == 200).hasSize(limit);
        assertThat(statuses).filteredOn(status -> status == 429).hasSize(CALLERS - limit);
        assertThat(usage("acme").get("operations_total").asInt()).isEqualTo(limit);
        JsonNode metered = metered("acme");
        assertThat(metered.get("operations").asInt()).isEqualTo(limit);
        assertThat(metered.get("load").asInt()).isEqualTo(1);
        assertThat(reads(metered)).isEqualTo(limit);
    }

    @Test
    void anothersFlightIsNotOnesOwn() throws IOException {
        String acme = server.tenant("acme");
        String globex = server.tenant("globex");
        askAll("acme", acme);
        askAll("globex", globex);
        Await.until(
                Duration.ofSeconds(20),
                "the origin is asked for both",
                () -> origin.asked("/held").size() == 2);
        origin.release();
        assertThat(statuses()).hasSize(2 * CALLERS).containsOnly(200);
        assertThat(origin.asked("/held")).as("once for each tenant").hasSize(2);
        for (String tenant : List.of("acme", "globex")) {
            assertThat(metered(tenant).get("load").asInt()).isEqualTo(1);
            assertThat(usage(tenant).get("operations_total").asInt()).isEqualTo(CALLERS);
        }
    }
}
