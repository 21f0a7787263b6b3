package io.riptide.server;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.spi.TenantRecord;
import io.riptide.tenant.Role;
import io.riptide.tenant.TenantManager;
import io.riptide.tenant.TenantManager.NewTenant;
import io.riptide.tenant.TenantManager.QuotaPatch;
import io.riptide.tenant.TenantManager.TenantPatch;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tenants: {@code /admin/tenants…}. */
final class TenantRoutes {
    private static final String ALL = "/admin/tenants";
    private static final String ONE = "/admin/tenants/{id}";
    private static final int ID = 2;
    private static final Map<String, Object> INPUT = Schemas.object(
            "id?",
            Schemas.STRING,
            "name?",
            Schemas.STRING,
            "owner_name?",
            Schemas.STRING,
            "owner_email?",
            Schemas.STRING,
            "billing_plan?",
            Schemas.STRING,
            "quotas?",
            Schemas.ANY_OBJECT,
            "encryption_enabled?",
            Schemas.BOOLEAN,
            "access_policies?",
            Schemas.array(PolicyJson.POLICY),
            "settings?",
            Schemas.ANY_OBJECT);

    private final TenantManager tenants;
    private final Idempotency idempotency;

    TenantRoutes(TenantManager tenants, Idempotency idempotency) {
        this.tenants = tenants;
        this.idempotency = idempotency;
    }

    List<Route> routes() {
        return List.of(
                Route.of("POST", ALL, "createTenant", "Creates a tenant with its first key")
                        .admin(Role.ADMIN)
                        .idempotent()
                        .takesJson(INPUT)
                        .answersJson(201, "The tenant and, this once, its api_key", TenantJson.TENANT)
                        .by(this::create),
                Route.of("GET", ALL, "listTenants", "Lists tenants")
                        .admin(Role.VIEWER)
                        .page()
                        .query("status", "Only these", Schemas.oneOf("active", "suspended", "deleting"))
                        .query("plan", "Only these", Schemas.STRING)
                        .answersJson(200, "A page of tenants", Schemas.page("tenants", TenantJson.TENANT))
                        .by(this::list),
                Route.of("GET", ONE, "readTenant", "Reads a tenant")
                        .admin(Role.VIEWER)
                        .answersJson(200, "The tenant", TenantJson.TENANT)
                        .by(this::read),
                Route.of("PUT", ONE, "changeTenant", "Replaces what it names and keeps the rest")
                        .admin(Role.ADMIN)
                        .audited("tenant.update")
                        .header("If-Match", "Changes only if the tenant has that tag")
                        .takesJson(INPUT)
                        .answersJson(200, "The tenant", TenantJson.TENANT)
                        .by(this::change),
                Route.of("DELETE", ONE, "deleteTenant", "Removes a tenant with every trace of its data")
                        .admin(Role.ADMIN)
                        .answersJson(202, "It is being removed", TenantJson.TENANT)
                        .by(this::delete),
                Route.of("POST", ONE + "/suspend", "suspendTenant", "Refuses the tenant's calls until it is resumed")
                        .admin(Role.ADMIN)
                        .takesJson(Schemas.object("reason", Schemas.STRING))
                        .answersJson(200, "The tenant", TenantJson.TENANT)
                        .by(this::suspend),
                Route.of("POST", ONE + "/encryption/rotate", "rotateDataKey", "Has a fresh data key used from here on")
                        .admin(Role.ADMIN)
                        .answersJson(
                                200,
                                "The number of the data key in use",
                                Schemas.object("tenant_id", Schemas.STRING, "data_key", Schemas.COUNT))
                        .by(this::rotate),
                Route.of("POST", ONE + "/resume", "resumeTenant", "Serves a suspended tenant again")
                        .admin(Role.ADMIN)
                        .answersJson(200, "The tenant", TenantJson.TENANT)
                        .by(this::resume));
    }

    private void create(Exchange exchange) {
        byte[] body = JsonBody.bytes(exchange, Limits.ADMIN_BODY_BYTES);
        Fields fields = JsonBody.fields(body);
        NewTenant wanted = new NewTenant(
                fields.text("id"),
                fields.text("name"),
                fields.text("owner_name"),
                fields.text("owner_email"),
                fields.text("billing_plan"),
                quotas(fields),
                fields.freeObject("settings"),
                PolicyJson.read(fields),
                Boolean.TRUE.equals(fields.flag("encryption_enabled")));
        fields.check();
        idempotency.create(exchange, body, () -> {
            TenantManager.Created made = tenants.create(wanted);
            exchange.audit()
                    .tenant(made.tenant().id())
                    .resource("tenants/" + made.tenant().id())
                    .with("billing_plan", made.tenant().billingPlan())
                    .with("key_id", made.key().key().keyId());
            exchange.with(HeaderNames.LOCATION, ALL + "/" + made.tenant().id());
            exchange.with(HeaderNames.ETAG, Etags.of(made.tenant().version()));
            return new Idempotency.Answer(
                    Status.CREATED_201,
                    print(made.tenant(), made.key().apiKey()),
                    print(made.tenant(), null),
                    made.tenant().id());
        });
    }

    private static QuotaPatch quotas(Fields fields) {
        Fields quotas = fields.object("quotas");
        return quotas == null
                ? QuotaPatch.NONE
                : new QuotaPatch(
                        quotas.number("memory_bytes"),
                        quotas.number("operations_per_minute"),
                        quotas.number("storage_bytes"),
                        quotas.number("active_sessions"));
    }

    private void rotate(Exchange exchange) {
        if (!exchange.body().isEmpty()) {
            JsonBody.fields(JsonBody.bytes(exchange, Limits.ADMIN_BODY_BYTES)).check();
        }
        String id = exchange.segment(ID);
        int number = tenants.rotateDataKey(id);
        exchange.sendJson(Status.OK_200, Json.print(json -> {
            json.writeStartObject();
            json.writeStringField("tenant_id", id);
            json.writeNumberField("data_key", number);
            json.writeEndObject();
        }));
    }

    private void list(Exchange exchange) {
        TenantRecord.Status status = status(exchange.query("status"));
        String plan = exchange.query("plan");
        Cursors.answer(
                exchange,
                "tenants",
                (after, limit) -> tenants.list(after, limit, status, plan),
                TenantRecord::id,
                TenantJson::tenant);
    }

    private static TenantRecord.@Nullable Status status(@Nullable String text) {
        if (text == null) {
            return null;
        }
        for (TenantRecord.Status status : TenantRecord.Status.values()) {
            if (status.name().toLowerCase(Locale.ROOT).equals(text)) {
                return status;
            }
        }
        throw Problem.invalid("status", "expected active, suspended or deleting")
                .asException();
    }

    private void read(Exchange exchange) {
        answer(exchange, Status.OK_200, tenants.tenant(exchange.segment(ID)));
    }

    private void change(Exchange exchange) {
        Fields fields = JsonBody.fields(JsonBody.bytes(exchange, Limits.ADMIN_BODY_BYTES));
        String id = exchange.segment(ID);
        String given = fields.text("id");
        if (given != null && !given.equals(id)) {
            fields.wrong("id", "expected the id of the path, for it never changes");
        }
        TenantPatch patch = new TenantPatch(
                fields.text("name"),
                fields.text("owner_name"),
                fields.text("owner_email"),
                fields.text("billing_plan"),
                quotas(fields),
                fields.freeObject("settings"),
                PolicyJson.read(fields),
                fields.flag("encryption_enabled"));
        fields.check();
        TenantRecord changed = tenants.update(id, patch, ifVersion(exchange, id));
        exchange.audit().with("changed", fields.names()).with("version", changed.version());
        answer(exchange, Status.OK_200, changed);
    }

    private @Nullable Long ifVersion(Exchange exchange, String id) {
        String header = exchange.headerList(HeaderNames.IF_MATCH);
        if (header == null || !(Etags.match(header) instanceof Etags.Match.Version(var version))) {
            return null;
        }
        if (version == null) {
            tenants.tenant(id);
            throw Problem.of(ProblemCode.PRECONDITION_FAILED, "The tenant is not as If-Match wants it.")
                    .asException();
        }
        return version;
    }

    private void delete(Exchange exchange) {
        answer(exchange, Status.ACCEPTED_202, tenants.delete(exchange.segment(ID)));
    }

    private void suspend(Exchange exchange) {
        Fields fields = JsonBody.fields(JsonBody.bytes(exchange, Limits.ADMIN_BODY_BYTES));
        String reason = fields.text("reason");
        if (reason == null || reason.isBlank()) {
            fields.wrong("reason", "expected a reason");
        }
        fields.check();
        answer(exchange, Status.OK_200, tenants.suspend(exchange.segment(ID), String.valueOf(reason)));
    }

    private void resume(Exchange exchange) {
        if (!exchange.body().isEmpty()) {
            JsonBody.fields(JsonBody.bytes(exchange, Limits.ADMIN_BODY_BYTES)).check();
        }
        answer(exchange, Status.OK_200, tenants.resume(exchange.segment(ID)));
    }

    private static void answer(Exchange exchange, Status status, TenantRecord tenant) {
        exchange.with(HeaderNames.ETAG, Etags.of(tenant.version()));
        exchange.sendJson(status, print(tenant, null));
    }

    private static byte[] print(TenantRecord tenant, @Nullable String apiKey) {
        return Json.print(json -> {
            json.writeStartObject();
            TenantJson.tenant(json, tenant);
            if (apiKey != null) {
                json.writeStringField("api_key", apiKey);
            }
            json.writeEndObject();
        });
    }
}
