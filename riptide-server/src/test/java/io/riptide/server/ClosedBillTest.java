package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.riptide.spi.UsageColumn;
import io.riptide.spi.UsageStore;
import io.riptide.testkit.ManualTime;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A month that ended, over HTTP: closed by an administrator or by the server itself, then shown and listed. */
class ClosedBillTest {
    private static final List<String> TENANTS = List.of("acme", "globex", "initech");

    private static final String BY_HAND = "2026-11-02T00:00:00Z";

    @TempDir
    Path data;

    private final ManualTime time = TimedServer.at("2026-10-01T00:00:00Z");
    private TimedServer server;

    @BeforeEach
    void use() throws IOException {
        server = new TimedServer(
                data,
                time,
                "billing.plans.free.base_fee=12.50",
                "billing.plans.free.prices.write_1000=3",
                "billing.plans.free.prices.hit_1000=5",
                "billing.plans.free.prices.load_1000=2000");
        for (String id : TENANTS) {
            String key = server.tenant(id);
            if (id.equals("acme")) {
                for (int i = 0; i < 5; i++) {
                    assertThat(server.as(key, "PUT", "/v1/cache/n/k" + i, "1").status())
                            .isEqualTo(201);
                }
                for (int i = 0; i < 4; i++) {
                    assertThat(server.as(key, "GET", "/v1/cache/n/k" + i, null).status())
                            .isEqualTo(200);
                }
            }
        }
        server.tick();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private JsonNode closed(String body) throws IOException {
        Wire.Answer answer = server.admin("POST", "/admin/billing/close", body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    private Wire.Answer bill(String tenant, String period, String accept) throws IOException {
        String path = "/admin/tenants/" + tenant + "/billing?period=" + period;
        Wire.Answer answer = server.admin("GET", path, null, "Accept: " + accept);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer;
    }

    private JsonNode invoices(String query) throws IOException {
        return server.admin("GET", "/admin/billing/invoices" + query, null).json();
    }

    private List<JsonNode> audited() throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        server.admin("GET", "/admin/audit?action=billing.close", null)
                .json()
                .get("entries")
                .forEach(rows::add);
        return rows;
    }

    /** What another process used then, and tells only now. */
    private void toldLate(String tenant, String hour, UsageColumn column, long count) throws IOException {
        long[] counts = new long[UsageColumn.count()];
        counts[column.ordinal()] = count;
        String created = server.admin("GET", "/admin/tenants/" + tenant, null)
                .json()
                .get("created_at")
                .asText();
        server.usage()
                .keep(List.of(new UsageStore.Row(
                        "another",
                        tenant,
                        Instant.parse(created).toEpochMilli(),
                        Instant.parse(hour).getEpochSecond() / 3600,
                        counts)));
    }

    @Test
    void aMonthThatEndedIsClosedOnceByHand() throws IOException {
        server.until("2026-11-01T23:59:59Z");
        assertThat(server.admin("POST", "/admin/billing/close", "{\"period\": \"2026-10\"}")
                        .status())
                .as("within its hours of grace")
                .isEqualTo(400);
        server.tick();
        server.until(BY_HAND);
        JsonNode closing = closed("{\"period\": \"2026-10\"}");
        assertThat(closing.get("period").asText()).isEqualTo("2026-10");
        assertThat(closing.get("invoices_made").asInt()).isEqualTo(3);
        assertThat(closing.get("failed")).isEmpty();
        String invoice = bill("acme", "2026-10", "application/json").text();
        JsonNode list = invoices("");

        server.until("2026-11-05T00:00:00Z");
        assertThat(closed("{\"period\": \"2026-10\"}").get("invoices_made").asInt())
                .isZero();
        assertThat(closed("{}").get("invoices_made").asInt()).isZero();
        server.tick();
        assertThat(bill("acme", "2026-10", "application/json").text()).isEqualTo(invoice);
        assertThat(invoices("")).isEqualTo(list);
        assertThat(audited())
                .as("the newest first; a round that finds nothing to do writes none")
                .extracting(row ->
                        row.get("result").asText() + " " + row.get("resource").asText() + " " + row.get("detail"))
                .containsExactly(
                        "ok billing/2026-10 {\"invoices\":0,\"failed\":0}",
                        "ok billing/2026-10 {\"invoices\":0,\"failed\":0}",
                        "ok billing/2026-10 {\"invoices\":3,\"failed\":0}",
                        "invalid-request billing/close {\"count\":1}");
        assertThat(audited()).allSatisfy(row -> {
            assertThat(row.get("actor").asText()).isEqualTo("environment");
            assertThat(row.get("tenant_id").isNull()).isTrue();
            assertThat(row.get("request_id").asText()).isNotEmpty();
        });
    }

    @Test
    void theServerClosesByItselfOnceTheGraceIsOver() throws IOException {
        server.until("2026-11-01T23:59:59Z");
        server.tick();
        assertThat(invoices("").get("invoices")).isEmpty();
        assertThat(audited()).isEmpty();
        server.until(BY_HAND);
        server.tick();
        server.tick();
        assertThat(invoices("").get("invoices")).hasSize(3);
        assertThat(audited()).singleElement().satisfies(row -> {
            assertThat(row.get("actor").asText()).isEqualTo("system");
            assertThat(row.get("resource").asText()).isEqualTo("billing/2026-10");
            assertThat(row.get("result").asText()).isEqualTo("ok");
            assertThat(row.get("tenant_id").isNull()).isTrue();
            assertThat(row.get("detail").toString()).isEqualTo("{\"invoices\":3,\"failed\":0}");
        });
        assertThat(closed("{}").get("invoices_made").asInt()).isZero();
    }

    @Test
    void anInvoiceHasItsNumberAsJsonAsATableAndAsAPage() throws IOException {
        server.until(BY_HAND);
        closed("{}");
        JsonNode json = bill("acme", "2026-10", "application/json").json();
        assertThat(json.get("status").asText()).isEqualTo("closed");
        assertThat(json.get("number").asLong()).isEqualTo(1);
        assertThat(json.get("closed_at").asText()).isEqualTo(BY_HAND);
        assertThat(json.get("total").asText()).isEqualTo("12.54");
        assertThat(json.get("saved").toString()).isEqualTo("{\"loads\":4,\"amount\":\"7.98\"}");
        assertThat(bill("acme", "2026-10", "text/csv").text().lines())
                .containsExactly(
                        "tenant_id,period,status,number,meter,of,of_period,plan,quantity,unit,included,unit_price,"
                                + "amount,currency,saved",
                        "acme,2026-10,closed,1,base_fee,,,free,1,month,0,12.50,12.50,EUR,",
                        "acme,2026-10,closed,1,hit,,,free,0.004,hit_1000,0,5,0.02,EUR,",
                        "acme,2026-10,closed,1,write,,,free,0.005,write_1000,0,3,0.02,EUR,",
                        "acme,2026-10,closed,1,saved,,,,4,load,,,,EUR,7.98");
        assertThat(bill("acme", "2026-10", "text/html").text())
                .contains("<title>Invoice 1, acme, 2026-10</title>", "<h1>Invoice 1</h1>", "<dd>" + BY_HAND + "</dd>")
                .contains("12.54 EUR", "Caching answered 4 reads without a load, and saved 7.98 EUR at these prices.")
                .doesNotContain("Bill so far", "it still changes");
    }

    @Test
    void whatIsToldAfterTheCloseIsAnAdjustmentOfTheNextInvoice() throws IOException {
        server.until(BY_HAND);
        closed("{}");
        String october = bill("acme", "2026-10", "application/json").text();
        toldLate("acme", "2026-10-31T23:00:00Z", UsageColumn.LOAD, 250);
        assertThat(bill("acme", "2026-11", "text/html").text())
                .contains("<h1>Bill so far</h1>", "<td>adjustment of load, 2026-10</td>");
        server.until("2026-12-02T00:00:00Z");
        assertThat(closed("{\"period\": \"2026-11\"}").get("invoices_made").asInt())
                .isEqualTo(3);
        assertThat(bill("acme", "2026-10", "application/json").text()).isEqualTo(october);
        List<String> rows = bill("acme", "2026-11", "text/csv").text().lines().toList();
        assertThat(rows.subList(1, rows.size()))
                .containsExactly(
                        "acme,2026-11,closed,4,base_fee,,,free,1,month,0,12.50,12.50,EUR,",
                        "acme,2026-11,closed,4,adjustment,load,2026-10,free,0.25,load_1000,0,2000,500.00,EUR,",
                        "acme,2026-11,closed,4,saved,,,,0,load,,,,EUR,0.00");
        assertThat(bill("acme", "2026-11", "text/html").text())
                .contains("<h1>Invoice 4</h1>", "<td>adjustment of load, 2026-10</td>", "512.50 EUR");
        JsonNode row = invoices("?tenant=acme&period=2026-11").get("invoices").get(0);
        assertThat(row.get("number").asLong()).isEqualTo(4);
        assertThat(row.get("total").asText()).isEqualTo("512.50");
        BigDecimal amounts = rows.stream()
                .skip(1)
                .map(line -> line.split(",", -1)[12])
                .filter(amount -> !amount.isEmpty())
                .map(BigDecimal::new)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        assertThat(amounts).as("the column makes the total").isEqualByComparingTo("512.50");
    }

    @Test
    void invoicesAreListedByTheirNumbersAndPageByPage() throws IOException {
        server.until("2026-12-02T00:00:00Z");
        assertThat(closed("{}").get("invoices_made").asInt())
                .as("October and November")
                .isEqualTo(6);
        assertThat(invoices("").get("invoices").get(0).toString())
                .isEqualTo("{\"number\":1,\"tenant_id\":\"acme\",\"period\":\"2026-10\","
                        + "\"closed_at\":\"2026-12-02T00:00:00Z\",\"currency\":\"EUR\",\"total\":\"12.54\"}");
        assertThat(invoices("").has("next_cursor")).isFalse();
        List<String> seen = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = invoices("?limit=4" + cursor);
            page.get("invoices")
                    .forEach(row -> seen.add(row.get("number").asText() + " "
                            + row.get("tenant_id").asText() + " "
                            + row.get("period").asText()));
            sizes.add(page.get("invoices").size());
            cursor = page.has("next_cursor")
                    ? "&cursor=" + page.get("next_cursor").asText()
                    : "";
        } while (!cursor.isEmpty());
        assertThat(sizes).containsExactly(4, 2);
        assertThat(seen)
                .containsExactly(
                        "1 acme 2026-10",
                        "2 globex 2026-10",
                        "3 initech 2026-10",
                        "4 acme 2026-11",
                        "5 globex 2026-11",
                        "6 initech 2026-11");
        JsonNode full = invoices("?limit=3&period=2026-11");
        assertThat(full.get("invoices")).hasSize(3);
        assertThat(full.has("next_cursor"))
                .as("a page that is full is the last")
                .isFalse();
        assertThat(invoices("?tenant=globex").get("invoices"))
                .extracting(row -> row.get("number").asLong())
                .containsExactly(2L, 5L);
        assertThat(invoices("?tenant=nobody").get("invoices")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"period\": \"2026-13\"}|period|expected a month, such as 2026-11",
                "{\"period\": \"2026-1\"}|period|expected a month, such as 2026-11",
                "{\"period\": \"\"}|period|expected a month, such as 2026-11",
                "{\"period\": 202610}|period|expected",
                "{\"period\": \"2026-11\"}|period|24 hours ago",
                "{\"period\": \"9999-12\"}|period|24 hours ago",
                "{\"month\": \"2026-10\"}|month|"
            })
    void anImpossiblePeriodIsRefusedByItsField(String body, String field, String message) throws IOException {
        server.until(BY_HAND);
        Wire.Answer refused = server.admin("POST", "/admin/billing/close", body);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("invalid-request");
        assertThat(refused.json().get("errors")).singleElement().satisfies(error -> {
            assertThat(error.get("field").asText()).isEqualTo(field);
            assertThat(error.get("message").asText()).contains(message == null ? "" : message);
        });
        assertThat(invoices("").get("invoices")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"limit=0,limit", "limit=1001,limit", "limit=x,limit", "cursor=YWJj,cursor", "period=2026-00,period"})
    void aListThatIsAskedForWronglyIsRefusedByItsField(String query, String field) throws IOException {
        Wire.Answer refused = server.admin("GET", "/admin/billing/invoices?" + query, null);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().get("errors").get(0).get("field").asText()).isEqualTo(field);
    }

    @Test
    void onlyAnAdministratorOfThatRoleCloses() throws IOException {
        server.until(BY_HAND);
        String tenant = server.tenant("another");
        assertThat(server.as(tenant, "POST", "/admin/billing/close", "{}").status())
                .isEqualTo(403);
        for (String role : List.of("viewer", "operator")) {
            String key = server.admin("POST", "/admin/keys", "{\"name\": \"k\", \"role\": \"" + role + "\"}")
                    .json()
                    .get("api_key")
                    .asText();
            assertThat(server.as(key, "POST", "/admin/billing/close", "{}").status())
                    .isEqualTo(403);
            assertThat(server.as(key, "GET", "/admin/billing/invoices", null).status())
                    .isEqualTo(200);
        }
        assertThat(invoices("").get("invoices")).isEmpty();
    }
}
