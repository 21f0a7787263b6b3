package io.riptide.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.riptide.tenant.Role;
import java.io.IOException;
import java.net.BindException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.opentest4j.TestAbortedException;

/**
 * What others may try against a tenant, on each route that there is: the table of routes is asked, and a route whose
 * segment, parameter or body this test knows no value for fails it, so that a new one cannot be forgotten. After the
 * calls on each route the victim's entries, row, keys and counts are as they were, and no answer held any of it.
 */
class HostileHttpTest {
    private static final Issuer TENANTS = new Issuer();
    private static final Issuer ADMINISTRATORS = new Issuer();
    private static final Issuer STRANGER = new Issuer();

    @RegisterExtension
    static final LiveServer SERVER = new LiveServer(
            "security.jwt.issuer=" + Issuer.NAME,
            "security.jwt.audience=" + Issuer.TENANTS,
            "security.jwt.public_key=" + TENANTS.pem(),
            "security.admin_jwt.issuer=" + Issuer.NAME,
            "security.admin_jwt.audience=" + Issuer.ADMINISTRATORS,
            "security.admin_jwt.public_key=" + ADMINISTRATORS.pem(),
            "security.admin_jwt.roles.the-viewer=viewer",
            "security.admin_jwt.roles.the-operator=operator",
            "security.admin_jwt.roles.the-admin=admin");

    private static final String VICTIM = "victim";
    private static final String SECRET = "what-only-the-victim-may-read";
    private static final String KEY = "the-victims-key";
    private static final String NAMESPACE = "the-victims-namespace";
    private static final String TAG = "the-victims-tag";
    private static final String OTHER = "mallory";
    private static final Predicate<Integer> UNKNOWN = status -> status == 401;
    private static final Predicate<Integer> FORBIDDEN = status -> status == 403;

    /** What stands in a path: names of what is the victim's. */
    private static Map<String, String> segments = Map.of();
    /** The same in a query. */
    private static Map<String, String> queries = Map.of();

    private static String victims;
    private static String others;
    /** A key and a token of each role. */
    private static final Map<Role, List<String>> ADMINS = new EnumMap<>(Role.class);

    /** Bodies by the operation's name: each does harm where it is let through. */
    private static final Map<String, String> BODIES = Map.ofEntries(
            Map.entry("writeEntry", "\"overwritten\""),
            Map.entry("readEntries", "{\"keys\": [\"" + KEY + "\"]}"),
            Map.entry("writeEntries", "{\"entries\": [{\"key\": \"" + KEY + "\", \"value\": \"overwritten\"}]}"),
            Map.entry("invalidate", "{\"tenant\": \"" + VICTIM + "\"}"),
            Map.entry(
                    "createTenant",
                    "{\"id\": \"made\", \"name\": \"N\", \"owner_name\": \"O\", \"owner_email\": \"o@example.com\","
                            + " \"billing_plan\": \"free\"}"),
            Map.entry("changeTenant", "{\"name\": \"changed\"}"),
            Map.entry("suspendTenant", "{\"reason\": \"hostile\"}"),
            Map.entry("rotateDataKey", "{}"),
            Map.entry("resumeTenant", "{}"),
            Map.entry("explainPolicies", "{\"action\": \"cache:read\", \"namespace\": \"" + NAMESPACE + "\"}"),
            Map.entry("createTenantKey", "{\"name\": \"hostile\"}"),
            Map.entry("rotateTenantKey", "{\"overlap_seconds\": 0}"),
            Map.entry("rotateAdminKey", "{\"overlap_seconds\": 0}"),
            Map.entry("createAdminKey", "{\"name\": \"hostile\", \"role\": \"admin\"}"),
            Map.entry("closeBilling", "{\"period\": \"2020-01\"}"));

    /** Each route's from an address of their own, for the refused ones from one address are bounded. */
    private static int address = 1;

    @TestFactory
    Stream<DynamicTest> eachRoute() throws IOException {
        begin();
        String before = state();
        return SERVER.server().http().table().routes().stream()
                .map(route -> DynamicTest.dynamicTest(route.method() + " " + route.template(), () -> {
                    address++;
                    hostile(route);
                    assertThat(state()).isEqualTo(before);
                }));
    }

    private static void begin() throws IOException {
        victims = SERVER.tenant(VICTIM);
        others = SERVER.tenant(OTHER);
        for (String key : List.of(KEY, "a-second-key")) {
            String path = "/v1/cache/" + NAMESPACE + "/" + key;
            byte[] value = SECRET.getBytes(StandardCharsets.UTF_8);
            assertThat(SERVER.call("PUT", path, value, "X-API-Key: " + victims, "X-RipTide-Tags: " + TAG)
                            .status())
                    .isEqualTo(201);
        }
        for (Role role : Role.values()) {
            String key = SERVER.admin("POST", "/admin/keys", "{\"name\": \"k\", \"role\": \"" + role.text() + "\"}")
                    .json()
                    .get("api_key")
                    .asText();
            String token = ADMINISTRATORS.administrator("the-" + role.text());
            ADMINS.put(role, List.of(key, token));
        }
        // Of what follows, forged tokens differ from these only in what is forged.
        assertThat(SERVER.as(TENANTS.tenant(VICTIM, ""), "GET", "/v1/usage", null)
                        .status())
                .isEqualTo(200);
        assertThat(SERVER.as(ADMINISTRATORS.administrator("the-admin"), "GET", "/admin/tenants", null)
                        .status())
                .isEqualTo(200);
        String cursor = SERVER.as(victims, "GET", "/v1/cache/" + NAMESPACE + "?limit=1", null)
                .json()
                .get("next_cursor")
                .asText();
        String keyId = SERVER.admin("GET", "/admin/tenants/" + VICTIM + "/keys", null)
                .json()
                .get("keys")
                .get(0)
                .get("key_id")
                .asText();
        segments = Map.of("namespace", NAMESPACE, "key", KEY, "id", VICTIM, "key_id", keyId);
        queries = new TreeMap<>(Map.of(
                "cursor", cursor, "limit", "1000", "tenant", VICTIM, "tag", TAG, "namespace", NAMESPACE, "key", KEY));
        queries.putAll(Map.of(
                "mode",
                "remove",
                "period",
                "2026-11",
                "status",
                "active",
                "plan",
                "free",
                "url",
                "http://169.254.169.254/latest/meta-data",
                "action",
                "tenant.create",
                "since",
                "2020-01-01T00:00:00Z",
                "head",
                "1:00"));
    }

    /** All that the victim has, as an administrator and the victim see it; but what counts calls of others. */
    private static String state() throws IOException {
        String keys = "/admin/tenants/" + VICTIM + "/keys";
        JsonNode usage =
                SERVER.admin("GET", "/admin/tenants/" + VICTIM + "/usage", null).json();
        List<String> all = new ArrayList<>();
        for (JsonNode key : SERVER.admin("GET", keys, null).json().get("keys")) {
            all.add(key.get("key_id").asText() + key.get("revoked"));
        }
        all.add(SERVER.admin("GET", "/admin/tenants/" + VICTIM, null).text());
        all.add(usage.get("storage_bytes") + " " + usage.get("cache_entries") + " " + usage.get("operations_total"));
        all.add(SERVER.admin("GET", "/admin/keys", null).json().get("keys").size() + " admin keys");
        all.add(SERVER.admin("GET", "/admin/tenants", null)
                        .json()
                        .get("tenants")
                        .size() + " tenants");
        String entry = "?tenant=" + VICTIM + "&namespace=" + NAMESPACE + "&key=" + KEY;
        all.add(SERVER.admin("GET", "/admin/cache/explain" + entry, null)
                .json()
                .get("state")
                .asText());
        return String.join("\n", all);
    }

    private static String value(Map<String, String> of, String name, Route route) {
        String value = of.get(name);
        assertThat(value)
                .as("a hostile value for \"" + name + "\" of " + route.method() + " " + route.template())
                .isNotNull();
        return Objects.requireNonNull(value);
    }

    private static String path(Route route) {
        StringBuilder path = new StringBuilder();
        for (String part : RouteTable.parts(route.template())) {
            path.append('/')
                    .append(part.startsWith("{") ? value(segments, part.substring(1, part.length() - 1), route) : part);
        }
        return path.toString();
    }

    /** With each of the query's parameters alone, and without any. */
    private static List<String> targets(Route route) {
        String path = path(route);
        List<String> targets = new ArrayList<>(List.of(path));
        for (Route.Parameter parameter : route.parameters()) {
            if (parameter.in().equals("query")) {
                String value = value(queries, parameter.name(), route);
                targets.add(path + "?" + parameter.name() + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
            }
        }
        return targets;
    }

    private static byte[] body(Route route) {
        return route.request() == null
                ? null
                : value(BODIES, route.operationId(), route).getBytes(StandardCharsets.UTF_8);
    }

    private static void hostile(Route route) throws IOException {
        for (String target : targets(route)) {
            switch (route.access()) {
                case Access.Open open -> assertTellsNothing(call(route, target));
                case Access.OfTenant tenant -> {
                    asNobody(route, target);
                    refused(route, target, FORBIDDEN, bearer(LiveServer.ADMIN_KEY));
                    asAdministrators(route, target, List.of(Role.values()));
                    asAnotherTenant(route, target);
                }
                case Access.OfAdmin admin -> {
                    asNobody(route, target);
                    for (String one : List.of(others, victims, TENANTS.tenant(OTHER, ""), TENANTS.tenant(VICTIM, ""))) {
                        refused(route, target, FORBIDDEN, bearer(one));
                        refused(route, target, FORBIDDEN, bearer(one), "X-Tenant-ID: " + VICTIM);
                    }
                    asAdministrators(
                            route,
                            target,
                            Stream.of(Role.values())
                                    .filter(role -> role.compareTo(admin.role()) < 0)
                                    .toList());
                }
            }
        }
        if (!(route.access() instanceof Access.Open)) {
            withForgedTokens(route, path(route));
            byDetours(route);
        }
    }

    private static String bearer(String credential) {
        return "Authorization: Bearer " + credential;
    }

    /** Administrators who may not do this, by a key and by a token. */
    private static void asAdministrators(Route route, String target, List<Role> roles) throws IOException {
        for (Role role : roles) {
            for (String one : ADMINS.get(role)) {
                refused(route, target, FORBIDDEN, bearer(one));
            }
        }
    }

    /** Tokens that nobody signed, that another did, or that do not hold here or now. */
    private static void withForgedTokens(Route route, String target) throws IOException {
        for (boolean tenants : List.of(true, false)) {
            Issuer issuer = tenants ? TENANTS : ADMINISTRATORS;
            Issuer another = tenants ? ADMINISTRATORS : TENANTS;
            String to = tenants ? Issuer.TENANTS : Issuer.ADMINISTRATORS;
            String who = tenants ? ",\"tenant_id\":\"" + VICTIM + "\"" : ",\"roles\":\"the-admin\"";
            String claims = Issuer.claims(Issuer.NAME, to, who);
            String good = issuer.signed(claims);
            String signature = good.substring(good.lastIndexOf('.'));
            String anothers = issuer.tenant(OTHER, "");
            for (String forged : List.of(
                    Issuer.unsigned(claims),
                    Issuer.unsigned(claims) + signature.substring(1),
                    issuer.bySecret(claims, true),
                    issuer.bySecret(claims, false),
                    issuer.signed("{\"alg\":\"RS512\"}", claims),
                    issuer.signed("{\"alg\":\"RS256\",\"crit\":[\"x\"],\"x\":1}", claims),
                    another.signed(claims),
                    STRANGER.signed(claims),
                    anothers.substring(0, anothers.indexOf('.'))
                            + good.substring(good.indexOf('.'), good.lastIndexOf('.'))
                            + anothers.substring(anothers.lastIndexOf('.')),
                    issuer.signed(Issuer.claims("https://evil.example", to, who)),
                    issuer.signed(Issuer.claims(Issuer.NAME, "another", who)),
                    issuer.signed(Issuer.claims(Issuer.NAME, to, -1, who)),
                    issuer.signed(claims.replaceFirst("\"exp\":[0-9]+,", "")),
                    issuer.signed(Issuer.claims(Issuer.NAME, to, who + ",\"nbf\":" + Long.MAX_VALUE / 1_000_000)),
                    issuer.signed(Issuer.claims(Issuer.NAME, to, "")))) {
                refused(route, target, UNKNOWN, bearer(forged));
            }
        }
        // A tenant that makes itself an administrator, and an administrator that names a tenant.
        String both = ",\"tenant_id\":\"" + VICTIM + "\",\"roles\":\"the-admin\"";
        refused(
                route,
                target,
                UNKNOWN,
                bearer(TENANTS.signed(Issuer.claims(Issuer.NAME, Issuer.ADMINISTRATORS, both))));
        refused(
                route,
                target,
                UNKNOWN,
                bearer(ADMINISTRATORS.signed(Issuer.claims(Issuer.NAME, Issuer.ADMINISTRATORS, both))));
    }

    /** Credentials that are none, forged, or fit nothing. */
    private static void asNobody(Route route, String target) throws IOException {
        String id = victims.substring(0, victims.lastIndexOf('_'));
        refused(route, target, UNKNOWN);
        refused(route, target, UNKNOWN, "X-Tenant-ID: " + VICTIM);
        refused(route, target, UNKNOWN, "X-API-Key: ");
        refused(route, target, UNKNOWN, "X-API-Key: " + VICTIM);
        refused(route, target, UNKNOWN, "X-API-Key: " + segments.get("key_id"));
        refused(route, target, UNKNOWN, "X-API-Key: " + victims.substring(0, victims.length() - 1));
        refused(route, target, UNKNOWN, "X-API-Key: " + id + others.substring(others.lastIndexOf('_')));
        refused(route, target, UNKNOWN, "Authorization: Basic dmljdGltOnZpY3RpbQ==");
        refused(route, target, UNKNOWN, "Cookie: X-API-Key=" + victims);
    }

    /** A tenant that is one, and wants to be taken for the victim. */
    private static void asAnotherTenant(Route route, String target) throws IOException {
        Predicate<Integer> either = status -> status >= 400 && status < 404;
        String own = "X-API-Key: " + others;
        refused(route, target, FORBIDDEN, own, "X-Tenant-ID: " + VICTIM);
        refused(route, target, FORBIDDEN, bearer(TENANTS.tenant(OTHER, "")), "X-Tenant-ID: " + VICTIM);
        refused(
                route,
                target,
                FORBIDDEN,
                bearer(TENANTS.tenant(OTHER, ",\"tenant\":\"" + VICTIM + "\"")),
                "X-Tenant-ID: " + VICTIM);
        refused(route, target, FORBIDDEN, own, "x-tenant-id:" + VICTIM);
        refused(route, target, either, own, "X-Tenant-ID: " + OTHER, "X-Tenant-ID: " + VICTIM);
        refused(route, target, either, own, "X-Tenant-ID: " + VICTIM, "X-Tenant-ID: " + OTHER);
        refused(route, target, either, own, "X-Tenant-ID: " + OTHER + "," + VICTIM);
        refused(route, target, either, own, "X-API-Key: " + victims);
        refused(route, target, either, own, "Authorization: Bearer " + victims);
        assertTellsNothing(call(route, target, own));
        assertTellsNothing(call(route, target, own, "X-Forwarded-For: " + VICTIM, "X-Original-URL: /admin/tenants"));
        assertTellsNothing(call(route, target, own, "X-HTTP-Method-Override: DELETE", "X-Rewrite-URL: /admin/tenants"));
        assertTellsNothing(call(route, target, own, "X-Tenant-ID: " + OTHER));
    }

    /** The same place by other paths, without a credential and with another's. */
    private static void byDetours(Route route) throws IOException {
        String path = path(route);
        String last = path.substring(path.lastIndexOf('/'));
        String to = path.substring(0, path.lastIndexOf('/'));
        for (String detour : List.of(
                "/" + path,
                "/healthz/.." + path,
                "/healthz/%2e%2e" + path,
                "/v1/cache/n/../../.." + path,
                "/healthz;" + path,
                to + "/." + last,
                to + "/%2e" + last,
                to + "//" + last.substring(1),
                to + "%2F" + last.substring(1),
                to + "%5C" + last.substring(1),
                path + "/",
                path + ";tenant=" + VICTIM,
                path + "%00",
                path + "%20",
                path.replace("/v1/", "/V1/").replace("/admin/", "/Admin/"),
                "http://127.0.0.1" + path)) {
            for (String credential : List.of("Accept: */*", "X-API-Key: " + others)) {
                Wire.Answer answer = call(route, detour, credential);
                assertTellsNothing(answer);
                boolean ownEntry = credential.contains(others) && detour.contains("/v1/");
                assertThat(answer.status() >= 400 || ownEntry)
                        .as(route.method() + " " + detour + " " + credential + ": " + answer.status())
                        .isTrue();
            }
        }
    }

    private static void refused(Route route, String target, Predicate<Integer> by, String... headers)
            throws IOException {
        Wire.Answer answer = call(route, target, headers);
        assertThat(by.test(answer.status()))
                .as(route.method() + " " + target + " " + List.of(headers) + ": " + answer.status() + answer.text())
                .isTrue();
        assertTellsNothing(answer);
    }

    private static void assertTellsNothing(Wire.Answer answer) {
        assertThat(answer.text()).doesNotContain(SECRET, TAG, victims, "a-second-key");
    }

    private static Wire.Answer call(Route route, String target, String... headers) throws IOException {
        byte[] body = body(route);
        List<String> all = new ArrayList<>(List.of(headers));
        if (body != null) {
            all.add("Content-Type: application/json");
        }
        try (Wire wire = new Wire(SERVER.port(), "127.0.0." + address)) {
            return wire.call(route.method(), target, body, all.toArray(String[]::new));
        } catch (BindException e) {
            throw new TestAbortedException("this machine has one address of its own", e);
        }
    }
}
