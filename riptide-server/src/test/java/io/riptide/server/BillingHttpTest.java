package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BillingHttpTest {
    @RegisterExtension
    static final LiveServer LIVE = new LiveServer(
            "billing.plans.free.base_fee=12.50",
            "billing.plans.free.prices.write_1000=3",
            "billing.plans.free.prices.hit_1000=0.5",
            "billing.plans.free.quotas.active_sessions=7",
            "billing.plans.other.base_fee=1");

    private static String key;

    @BeforeAll
    static void use() throws IOException {
        key = LIVE.tenant("acme");
        for (int i = 0; i < 5; i++) {
            assertThat(LIVE.as(key, "PUT", "/v1/cache/n/k" + i, "1").status()).isEqualTo(201);
        }
    }

    private static String month() {
        return YearMonth.now(ZoneOffset.UTC).toString();
    }

    /** The bill once the writes have been told, which takes a second. */
    private static JsonNode bill() throws IOException {
        for (long end = System.nanoTime() + 20_000_000_000L; ; ) {
            JsonNode bill = LIVE.as(key, "GET", "/v1/usage/billing", null).json();
            if (bill.get("lines").size() == 2 && bill.get("usage").get("write").asInt() == 5) {
                return bill;
            }
            assertThat(System.nanoTime()).as(bill.toString()).isLessThan(end);
        }
    }

    @Test
    void aBillSaysWhatTheContractSays() throws IOException {
        JsonNode bill = bill();
        assertThat(bill.get("tenant_id").asText()).isEqualTo("acme");
        assertThat(bill.get("period").asText()).isEqualTo(month());
        assertThat(bill.get("billing_plan").asText()).isEqualTo("free");
        assertThat(bill.get("currency").asText()).isEqualTo("EUR");
        assertThat(bill.get("status").asText()).isEqualTo("open");
        assertThat(bill.get("usage").get("operations").isIntegralNumber()).isTrue();
        BigDecimal sum = BigDecimal.ZERO;
        for (JsonNode line : bill.get("lines")) {
            assertThat(line.get("quantity").isNumber()).isTrue();
            assertThat(line.get("included").isNumber()).isTrue();
            assertThat(line.get("unit_price").isTextual()).isTrue();
            sum = sum.add(new BigDecimal(line.get("amount").textValue()));
        }
        assertThat(new BigDecimal(bill.get("total").textValue())).isEqualTo(sum);
        JsonNode writes = bill.get("lines").get(1);
        assertThat(writes.get("meter").asText()).isEqualTo("write");
        assertThat(writes.get("quantity").decimalValue()).isEqualByComparingTo("0.005");
        assertThat(writes.get("amount").asText()).isEqualTo("0.02");
        assertThat(LIVE.admin("GET", "/admin/tenants/acme/billing?period=" + month(), null)
                        .json())
                .isEqualTo(bill);
    }

    @Test
    void aTableForPrograms() throws IOException {
        bill();
        Wire.Answer answer = LIVE.admin("GET", "/admin/tenants/acme/billing", null, "Accept: text/csv");
        assertThat(answer.header("Content-Type")).startsWith("text/csv");
        assertThat(answer.header("Content-Disposition")).isEqualTo("attachment; filename=\"acme-" + month() + ".csv\"");
        List<String> lines = answer.text().lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.getFirst()).startsWith("tenant_id,period,status,number,meter,of,of_period,plan,quantity,unit");
        assertThat(lines.get(2)).isEqualTo("acme," + month() + ",open,,write,,,free,0.005,write_1000,0,3,0.02,EUR,");
        assertThat(lines.getLast()).isEqualTo("acme," + month() + ",open,,saved,,,,0,load,,,,EUR,0.00");
    }

    @Test
    void aPageThatPrints() throws IOException {
        bill();
        for (Wire.Answer answer : List.of(
                LIVE.admin("GET", "/admin/tenants/acme/billing", null, "Accept: text/html,*/*;q=0.8"),
                LIVE.as(key, "GET", "/v1/usage/billing", null, "Accept: text/html"))) {
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
            assertThat(answer.header("Content-Security-Policy")).startsWith("sandbox");
            assertThat(answer.header("Vary")).contains("Accept");
            assertThat(answer.text())
                    .startsWith("<!doctype html>")
                    .contains("<td>write</td>", "Total, without tax", "@media print")
                    .doesNotContain("<script", "src=", "http:", "https:", "url(");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json|application/json",
                "*/*|application/json",
                "text/*|text/csv",
                "text/html;q=0.5, text/csv;q=0.6|text/csv",
                "image/png|application/json",
                "not a media type|application/json"
            })
    void whatIsAcceptedDecides(String accept, String type) throws IOException {
        Wire.Answer answer = LIVE.admin("GET", "/admin/tenants/acme/billing", null, "Accept: " + accept);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith(type);
    }

    @Test
    void aMonthThatRunsIsNotClosed() throws IOException {
        Wire.Answer refused = LIVE.admin("POST", "/admin/billing/close", "{\"period\": \"" + month() + "\"}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().get("errors").get(0).get("field").asText()).isEqualTo("period");
        assertThat(refused.json().get("errors").get(0).get("message").asText()).contains("24 hours ago");
        JsonNode closing = LIVE.admin("POST", "/admin/billing/close", "{}").json();
        assertThat(closing.get("invoices_made").asInt()).isZero();
        assertThat(closing.get("failed")).isEmpty();
        assertThat(LIVE.admin("GET", "/admin/audit?action=billing.close", null)
                        .json()
                        .get("entries"))
                .as("the close, and the one that was refused")
                .extracting(row -> row.get("result").asText())
                .contains("ok", "invalid-request");
        assertThat(LIVE.admin("GET", "/admin/billing/invoices", null).json().get("invoices"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/admin/tenants/acme/billing?period=2026-13",
                "/admin/tenants/acme/billing?period=9999-12",
                "/admin/tenants/acme/billing?period=",
                "/admin/billing/invoices?period=x"
            })
    void whatIsNoMonthIsRefused(String path) throws IOException {
        Wire.Answer refused = LIVE.admin("GET", path, null);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().get("errors").get(0).get("field").asText()).isEqualTo("period");
    }

    @Test
    void whoIsNotThereOwesNothing() throws IOException {
        assertThat(LIVE.admin("GET", "/admin/tenants/nobody/billing", null).status())
                .isEqualTo(404);
        assertThat(LIVE.admin("GET", "/admin/billing/invoices?cursor=YWJj", null)
                        .status())
                .isEqualTo(400);
    }

    @Test
    void plansAreThoseThatAreConfiguredAndCarryQuotas() throws IOException {
        Wire.Answer refused = LIVE.admin("POST", "/admin/tenants", """
                {"id": "x", "name": "T", "owner_name": "O", "owner_email": "o@example.com", "billing_plan": "pro"}""");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().get("errors").get(0).get("field").asText()).isEqualTo("billing_plan");
        assertThat(refused.json().get("errors").get(0).get("message").asText()).contains("free, other");
        JsonNode acme = LIVE.admin("GET", "/admin/tenants/acme", null).json();
        assertThat(acme.get("quotas").get("active_sessions").asInt()).isEqualTo(7);
        assertThat(acme.get("quotas").get("memory_bytes").asInt()).isEqualTo(104857600);
    }
}
