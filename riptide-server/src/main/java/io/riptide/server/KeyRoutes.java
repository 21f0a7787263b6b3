package io.riptide.server;

import io.helidon.http.Status;
import io.riptide.grant.Action;
import io.riptide.spi.KeyRecord;
import io.riptide.tenant.Role;
import io.riptide.tenant.TenantManager;
import io.riptide.tenant.TenantManager.NewKey;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** API keys of tenants and of administrators: {@code /admin/tenants/{id}/keys…} and {@code /admin/keys…}. */
final class KeyRoutes {
    private static final String TENANTS = "/admin/tenants/{id}/keys";
    private static final String ADMINS = "/admin/keys";
    private static final int TENANT_ID = 2;
    private static final int TENANTS_KEY = 4;
    private static final int ADMINS_KEY = 2;
    /** Ten years: longer is a slip of the pen. */
    private static final long MAX_SECONDS = 315_360_000L;

    private static final Map<String, Object> LIFE = Schemas.integer(1, MAX_SECONDS);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Map<String, Object> OVERLAP =
            Schemas.object("overlap_seconds?", Schemas.integer(0, MAX_SECONDS));
    private static final String SHOWN_ONCE = "The key and, this once, its api_key";

    private final TenantManager tenants;
    private final Idempotency idempotency;

    KeyRoutes(TenantManager tenants, Idempotency idempotency) {
        this.tenants = tenants;
        this.idempotency = idempotency;
    }

    List<Route> routes() {
        return List.of(
                Route.of("POST", TENANTS, "createTenantKey", "Creates an API key of a tenant")
                        .admin(Role.ADMIN)
                        .audited("key.create")
                        .idempotent()
                        .takesJson(Schemas.object(
                                "name",
                                Schemas.STRING,
                                "scopes?",
                                Schemas.array(Schemas.STRING),
                                "expires_in_seconds?",
                                LIFE))
                        .answersJson(201, SHOWN_ONCE, TenantJson.KEY)
                        .by(this::createTenants),
                Route.of("GET", TENANTS, "listTenantKeys", "Lists a tenant's API keys")
                        .admin(Role.VIEWER)
                        .page()
                        .answersJson(200, "A page of keys", Schemas.page("keys", TenantJson.KEY))
                        .by(this::listTenants),
                Route.of("DELETE", TENANTS + "/{key_id}", "revokeTenantKey", "Revokes an API key at once")
                        .admin(Role.ADMIN)
                        .audited("key.revoke")
                        .answers(204, "It opens nothing any more")
                        .by(this::revokeTenants),
                Route.of("POST", TENANTS + "/{key_id}/rotate", "rotateTenantKey", "A new key in place of one")
                        .admin(Role.ADMIN)
                        .audited("key.rotate")
                        .idempotent()
                        .takesJson(OVERLAP)
                        .answersJson(201, SHOWN_ONCE, TenantJson.KEY)
                        .by(exchange -> rotate(exchange, exchange.segment(TENANT_ID), exchange.segment(TENANTS_KEY))),
                Route.of("POST", ADMINS + "/{key_id}/rotate", "rotateAdminKey", "A new key in place of one")
                        .admin(Role.ADMIN)
                        .audited("key.rotate")
                        .idempotent()
                        .takesJson(OVERLAP)
                        .answersJson(201, SHOWN_ONCE, TenantJson.KEY)
                        .by(exchange -> rotate(exchange, null, exchange.segment(ADMINS_KEY))),
                Route.of("POST", ADMINS, "createAdminKey", "Creates an admin key")
                        .admin(Role.ADMIN)
                        .audited("key.create")
                        .idempotent()
                        .takesJson(Schemas.object(
                                "name",
                                Schemas.STRING,
                                "role",
                                Schemas.oneOf("admin", "operator", "viewer"),
                                "expires_in_seconds?",
                                LIFE))
                        .answersJson(201, SHOWN_ONCE, TenantJson.KEY)
                        .by(this::createAdmins),
                Route.of("GET", ADMINS, "listAdminKeys", "Lists admin keys")
                        .admin(Role.ADMIN)
                        .page()
                        .answersJson(200, "A page of keys", Schemas.page("keys", TenantJson.KEY))
                        .by(this::listAdmins),
                Route.of("DELETE", ADMINS + "/{key_id}", "revokeAdminKey", "Revokes an admin key at once")
                        .admin(Role.ADMIN)
                        .audited("key.revoke")
                        .answers(204, "It opens nothing any more")
                        .by(this::revokeAdmins));
    }

    private void createTenants(Exchange exchange) {
        byte[] body = JsonBody.bytes(exchange, Limits.ADMIN_BODY_BYTES);
        Fields fields = JsonBody.fields(body);
        String name = name(fields);
        Set<Action> scopes = scopes(fields);
        Duration life = life(fields);
        fields.check();
        idempotency.create(exchange, body, () -> {
            NewKey made = tenants.createKey(exchange.segment(TENANT_ID), name, scopes, life);
            exchange.audit()
                    .resource("tenants/" + exchange.segment(TENANT_ID) + "/keys/"
                            + made.key().keyId())
                    .with("scopes", String.join(" ", made.key().scopes()))
                    .with("expires", life != null);
            return answer(made);
        });
    }

    private void createAdmins(Exchange exchange) {
        byte[] body = JsonBody.bytes(exchange, Limits.ADMIN_BODY_BYTES);
        Fields fields = JsonBody.fields(body);
        String name = name(fields);
        Role role = role(fields);
        Duration life = life(fields);
        fields.check();
        idempotency.create(exchange, body, () -> {
            NewKey made = tenants.createAdminKey(name, role, life);
            exchange.audit()
                    .resource("keys/" + made.key().keyId())
                    .with("role", role.text())
                    .with("expires", life != null);
            return answer(made);
        });
    }

    private void rotate(Exchange exchange, @Nullable String tenantId, String keyId) {
        byte[] body = JsonBody.bytes(exchange, Limits.ADMIN_BODY_BYTES);
        Fields fields = JsonBody.fields(body);
        Long overlap = fields.number("overlap_seconds");
        if (overlap != null && (overlap < 0 || overlap > MAX_SECONDS)) {
            fields.wrong("overlap_seconds", "expected 0 to " + MAX_SECONDS);
        }
        fields.check();
        Duration kept = overlap == null ? DAY : Duration.ofSeconds(overlap);
        idempotency.create(exchange, body, () -> {
            NewKey made = tenants.rotateKey(tenantId, keyId, kept);
            exchange.audit().with("new_key_id", made.key().keyId());
            return answer(made);
        });
    }

    private static String name(Fields fields) {
        String name = fields.text("name");
        if (name == null) {
            fields.wrong("name", "expected a name");
            return "";
        }
        return name;
    }

    private static Set<Action> scopes(Fields fields) {
        Set<Action> scopes = EnumSet.noneOf(Action.class);
        List<String> texts = fields.texts("scopes");
        for (int i = 0; texts != null && i < texts.size(); i++) {
            var action = Action.of(texts.get(i));
            if (action.isPresent()) {
                scopes.add(action.get());
            } else {
                fields.wrong("scopes[" + i + "]", "expected an action, such as cache:read, or *");
            }
        }
        if (texts != null && texts.isEmpty()) {
            fields.wrong("scopes", "expected at least one action; left out, all are allowed");
        }
        return scopes;
    }

    private static Role role(Fields fields) {
        String text = fields.text("role");
        for (Role role : Role.values()) {
            if (role.name().toLowerCase(Locale.ROOT).equals(text)) {
                return role;
            }
        }
        fields.wrong("role", "expected admin, operator or viewer");
        return Role.VIEWER;
    }

    private static @Nullable Duration life(Fields fields) {
        Long seconds = fields.number("expires_in_seconds");
        if (seconds == null) {
            return null;
        }
        if (seconds < 1 || seconds > MAX_SECONDS) {
            fields.wrong("expires_in_seconds", "expected 1 to " + MAX_SECONDS);
            return null;
        }
        return Duration.ofSeconds(seconds);
    }

    private static Idempotency.Answer answer(NewKey made) {
        return new Idempotency.Answer(
                Status.CREATED_201,
                print(made.key(), made.apiKey()),
                print(made.key(), null),
                made.key().tenantId());
    }

    private static byte[] print(KeyRecord key, @Nullable String apiKey) {
        return Json.print(json -> {
            json.writeStartObject();
            TenantJson.key(json, key);
            if (apiKey != null) {
                json.writeStringField("api_key", apiKey);
            }
            json.writeEndObject();
        });
    }

    private void listTenants(Exchange exchange) {
        String tenantId = exchange.segment(TENANT_ID);
        tenants.tenant(tenantId);
        list(exchange, tenantId);
    }

    private void listAdmins(Exchange exchange) {
        list(exchange, null);
    }

    private void list(Exchange exchange, @Nullable String tenantId) {
        Cursors.answer(
                exchange,
                "keys",
                (after, limit) -> tenants.keys(tenantId, after, limit),
                KeyRecord::keyId,
                TenantJson::key);
    }

    private void revokeTenants(Exchange exchange) {
        tenants.revokeKey(exchange.segment(TENANT_ID), exchange.segment(TENANTS_KEY));
        exchange.sendEmpty(Status.NO_CONTENT_204);
    }

    private void revokeAdmins(Exchange exchange) {
        tenants.revokeKey(null, exchange.segment(ADMINS_KEY));
        exchange.sendEmpty(Status.NO_CONTENT_204);
    }
}
