package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ways past the quotas, each of which is counted or refused. Each test has a tenant of its own. */
class BypassHttpTest {
    @RegisterExtension
    static final LiveServer SERVER = new LiveServer();

    /** A minute's permits: one more comes after 7.5 s. */
    private static final int LIMIT = 8;

    private static final String KEY = "/v1/cache/n/k";

    private static String id(TestInfo test) {
        return test.getTestMethod().orElseThrow().getName();
    }

    private static String limited(TestInfo test) throws IOException {
        return SERVER.tenant(id(test), LIMIT);
    }

    private static int status(String key, String method, String path, String json, String... headers)
            throws IOException {
        return SERVER.as(key, method, path, json, headers).status();
    }

    private static void assertSpent(String key) throws IOException {
        assertThat(status(key, "GET", KEY, null)).isEqualTo(429);
    }

    /** That the call may be made as often as there are permits, and then is refused. */
    private static void assertCounts(String key, int answered, String method, String path, String... headers)
            throws IOException {
        for (int i = 0; i < LIMIT; i++) {
            assertThat(status(key, method, path, null, headers)).isEqualTo(answered);
        }
        assertThat(status(key, method, path, null, headers)).isEqualTo(429);
    }

    private static long used(String tenant, String field) throws IOException {
        return SERVER.admin("GET", "/admin/tenants/" + tenant + "/usage", null)
                .json()
                .get(field)
                .asLong();
    }

    private static String keys(int count) {
        return "{\"keys\": [" + "\"k\", ".repeat(count - 1) + "\"k\"]}";
    }

    @Test
    void aBatchCountsEachOfItsKeysTheSameOneToo(TestInfo test) throws IOException {
        String key = limited(test);
        assertThat(status(key, "POST", "/v1/cache/n/_batch/get", keys(LIMIT))).isEqualTo(200);
        assertSpent(key);
    }

    @Test
    void aBatchThatIsRefusedTakesNothingAndDoesNothing(TestInfo test) throws IOException {
        String key = limited(test);
        assertThat(status(key, "GET", KEY, null)).isEqualTo(404);
        assertThat(status(key, "POST", "/v1/cache/n/_batch/get", keys(LIMIT))).isEqualTo(429);
        assertThat(status(key, "POST", "/v1/cache/n/_batch/get", keys(LIMIT + 1)))
                .isEqualTo(400);
        assertThat(status(key, "POST", "/v1/cache/n/_batch/get", keys(LIMIT - 1)))
                .isEqualTo(200);
        assertSpent(key);
    }

    @Test
    void headCounts(TestInfo test) throws IOException {
        assertCounts(limited(test), 404, "HEAD", KEY);
    }

    @Test
    void aConditionThatAnswersWithNothingCounts(TestInfo test) throws IOException {
        String key = SERVER.tenant(id(test), LIMIT + 1);
        String tag = SERVER.as(key, "PUT", KEY, "{}").header("ETag");
        assertCounts(key, 304, "GET", KEY, "If-None-Match: " + tag);
    }

    @Test
    void aConditionThatFailsCounts(TestInfo test) throws IOException {
        assertCounts(limited(test), 412, "DELETE", KEY, "If-Match: \"none\"");
    }

    @Test
    void headersThatSpeakOfAnotherCallerChangeNothing(TestInfo test) throws IOException {
        String key = limited(test);
        String other = SERVER.tenant("other", 1000);
        assertThat(status(other, "PUT", KEY, "{}")).isEqualTo(201);
        String[] tricks = {
            "X-Forwarded-For: 10.0.0.1",
            "X-Real-IP: 10.0.0.1",
            "Forwarded: for=10.0.0.1",
            "X-Forwarded-Host: other",
            "X-RipTide-Tenant: other",
            "X-HTTP-Method-Override: OPTIONS",
            "Cache-Control: no-cache",
            "X-Original-URL: /healthz"
        };
        assertThat(tricks).hasSize(LIMIT);
        for (String trick : tricks) {
            assertThat(status(key, "GET", KEY, null, trick)).as(trick).isEqualTo(404);
        }
        for (String trick : tricks) {
            assertThat(status(key, "GET", KEY, null, trick)).as(trick).isEqualTo(429);
        }
        assertThat(used("other", "operations_total")).isEqualTo(1);
    }

    @Test
    void anotherTenantsIdIsRefused(TestInfo test) throws IOException {
        String key = limited(test);
        assertThat(status(key, "GET", KEY, null, "X-Tenant-ID: someone")).isEqualTo(403);
        assertThat(used(id(test), "operations_total")).isZero();
    }

    @Test
    void twoCredentialsInOneCallAreNotTwoTenants(TestInfo test) throws IOException {
        String key = limited(test);
        String second = SERVER.tenant(id(test) + "2", LIMIT);
        int status = status(key, "GET", KEY, null, "X-API-Key: " + second);
        assertThat(status).isIn(400, 401, 404);
        long counted = used(id(test), "operations_total") + used(id(test) + "2", "operations_total");
        assertThat(counted).isEqualTo(status == 404 ? 1 : 0);
    }

    @Test
    void allKeysOfATenantTakeFromOneBucket(TestInfo test) throws IOException {
        String first = limited(test);
        List<String> keys = new ArrayList<>(List.of(first));
        for (int i = 1; i < 4; i++) {
            Wire.Answer made =
                    SERVER.admin("POST", "/admin/tenants/" + id(test) + "/keys", "{\"name\": \"k" + i + "\"}");
            assertThat(made.status()).isEqualTo(201);
            keys.add(made.json().get("api_key").asText());
        }
        for (int i = 0; i < LIMIT; i++) {
            assertThat(status(keys.get(i % keys.size()), "GET", KEY, null)).isEqualTo(404);
        }
        for (String key : keys) {
            assertSpent(key);
        }
    }

    @Test
    void ofTwoHundredAtOnceExactlyTheLimitGetsThrough(TestInfo test) throws Exception {
        String key = limited(test);
        int granted = 0;
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> answers = new ArrayList<>();
            Callable<Integer> call = () -> status(key, "GET", KEY, null);
            for (int i = 0; i < 200; i++) {
                answers.add(callers.submit(call));
            }
            for (Future<Integer> answer : answers) {
                assertThat(answer.get()).isIn(404, 429);
                granted += answer.get() == 404 ? 1 : 0;
            }
        }
        // A slow machine may give time for one to come back.
        assertThat(granted).isBetween(LIMIT, LIMIT + 1);
        assertThat(used(id(test), "operations_total")).isEqualTo(granted);
    }

    @Test
    void requestsThatFollowEachOtherOnOneConnectionEachCount(TestInfo test) throws IOException {
        String key = limited(test);
        String one = "GET " + KEY + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + key + "\r\n\r\n";
        try (Wire wire = new Wire(SERVER.port())) {
            wire.send(one.repeat(LIMIT + 1));
            for (int i = 0; i < LIMIT; i++) {
                assertThat(wire.answer(false).status()).isEqualTo(404);
            }
            assertThat(wire.answer(false).status()).isEqualTo(429);
        }
    }

    @Test
    void listingsAndRemovalsOfManyCount(TestInfo test) throws IOException {
        String key = limited(test);
        for (int i = 0; i < LIMIT / 2; i++) {
            assertThat(status(key, "GET", "/v1/cache/n", null)).isEqualTo(200);
            assertThat(status(key, "DELETE", "/v1/cache/n", null)).isEqualTo(200);
        }
        assertThat(status(key, "GET", "/v1/cache/n", null)).isEqualTo(429);
        assertThat(status(key, "DELETE", "/v1/cache/n", null)).isEqualTo(429);
    }

    @Test
    void sizesThatAreNoneAreRefusedAndStoreNothing(TestInfo test) throws IOException {
        String key = limited(test);
        for (String length : new String[] {"-1", "-9223372036854775808", "18446744073709551616", "+5", "5, 5"}) {
            try (Wire wire = new Wire(SERVER.port())) {
                wire.send("PUT " + KEY + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + key + "\r\nContent-Length: "
                        + length + "\r\n\r\nabcde");
                Wire.Answer answer = wire.answer(false);
                assertThat(answer == null ? 400 : answer.status()).as(length).isEqualTo(400);
            }
        }
        assertThat(used(id(test), "cache_entries")).isZero();
        assertThat(used(id(test), "storage_bytes")).isZero();
        assertThat(used(id(test), "operations_total")).isZero();
    }

    @Test
    void aBodyThatEndsTooSoonStoresNothing(TestInfo test) throws IOException {
        String key = limited(test);
        for (int i = 0; i < 3 * LIMIT; i++) {
            try (Wire wire = new Wire(SERVER.port())) {
                wire.send("PUT " + KEY + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + key
                        + "\r\nContent-Length: 100\r\n\r\nabcde");
            }
        }
        assertThat(status(key, "GET", KEY, null)).isIn(404, 429);
        assertThat(used(id(test), "cache_entries")).isZero();
        assertThat(used(id(test), "storage_bytes")).isZero();
    }

    @Test
    void oldNamesAreNoWayIn(TestInfo test) throws IOException {
        String key = limited(test);
        String[][] calls = {
            {"GET", "/extract"},
            {"POST", "/extract"},
            {"POST", "/crawl"},
            {"POST", "/crawl/stream"},
            {"POST", "/sessions"},
            {"GET", "/sessions/s"},
            {"GET", "/cache/n/k"},
            {"PUT", "/cache/n/k"},
            {"GET", "/v2/cache/n/k"},
            {"GET", "/V1/cache/n/k"}
        };
        for (String[] call : calls) {
            String body = call[0].equals("GET") ? null : "{\"url\": \"http://127.0.0.1/\"}";
            assertThat(status(key, call[0], call[1], body)).as(call[1]).isEqualTo(404);
        }
        assertThat(used(id(test), "operations_total")).isZero();
        assertThat(used(id(test), "cache_entries")).isZero();
        assertCounts(key, 404, "GET", KEY);
        for (String[] call : calls) {
            String body = call[0].equals("GET") ? null : "{\"url\": \"http://127.0.0.1/\"}";
            assertThat(status(key, call[0], call[1], body)).as(call[1]).isEqualTo(404);
        }
        assertThat(used(id(test), "operations_total")).isEqualTo(LIMIT);
    }

    @Test
    void aPathThatIsWrittenOtherwiseIsTheSameOrNone(TestInfo test) throws IOException {
        String key = limited(test);
        String[] paths = {
            "/v1/cache/n/%6B", "/v1/%63ache/n/k", "//v1/cache/n/k", "/v1//cache/n/k", "/v1/./cache/n/k",
            "/v1/x/../cache/n/k", "/v1/cache/n/k/", "/v1/cache/n/k;x=y", "/v1/cache/n/k?x=y", "/v1\\cache/n/k"
        };
        assertThat(status(key, "PUT", KEY, "{}")).isEqualTo(201);
        int counted = 1;
        for (String path : paths) {
            int status = status(key, "GET", path, null);
            assertThat(status).as(path).isIn(200, 400, 404);
            long now = used(id(test), "operations_total");
            assertThat(now).as(path).isIn((long) counted, counted + 1L);
            assertThat(status == 200 && now == counted)
                    .as(path + " is answered and not counted")
                    .isFalse();
            counted = (int) now;
        }
        while (counted++ < LIMIT) {
            assertThat(status(key, "GET", KEY, null)).isEqualTo(200);
        }
        for (String path : paths) {
            assertThat(status(key, "GET", path, null)).as(path).isIn(400, 404, 429);
        }
    }
}
