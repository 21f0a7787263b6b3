package io.riptide.server;

import io.helidon.http.Status;
import io.riptide.grant.Action;
import io.riptide.grant.Area;
import io.riptide.grant.Policy;
import io.riptide.problem.Problem;
import io.riptide.problem.ProblemCode;
import io.riptide.spi.AccessPolicy;
import io.riptide.spi.AccessPolicy.Effect;
import io.riptide.spi.KeyRecord;
import io.riptide.tenant.Role;
import io.riptide.tenant.TenantManager;
import java.util.List;
import java.util.Map;

/** Why a tenant may do something or not: {@code /admin/tenants/{id}/policies/explain}. */
final class PolicyRoutes {
    private static final int ID = 2;
    private static final Map<String, Object> QUESTION =
            Schemas.object("action", Schemas.STRING, "resource", Schemas.STRING, "key_id?", Schemas.STRING);
    private static final Map<String, Object> ANSWER = Schemas.object(
            "allowed",
            Schemas.BOOLEAN,
            "reason",
            Schemas.oneOf("no_policies", "allowed", "denied", "no_match", "scopes"),
            "policy?",
            Schemas.COUNT);

    private final TenantManager tenants;

    PolicyRoutes(TenantManager tenants) {
        this.tenants = tenants;
    }

    List<Route> routes() {
        return List.of(Route.of(
                        "POST",
                        "/admin/tenants/{id}/policies/explain",
                        "explainPolicies",
                        "Tells whether a tenant may do something, and which policy decides")
                .admin(Role.VIEWER)
                .readsOnly()
                .takesJson(QUESTION)
                .answersJson(200, "Whether it may, and why", ANSWER)
                .by(this::explain));
    }

    /** Which policy decides, counted from zero; -1 where none does. */
    private record Decision(boolean allowed, String reason, int policy) {}

    private void explain(Exchange exchange) {
        Fields fields = JsonBody.fields(JsonBody.bytes(exchange, Limits.ADMIN_BODY_BYTES));
        Action action = Action.of(String.valueOf(fields.text("action"))).orElse(Action.ALL);
        String resource = fields.text("resource");
        String keyId = fields.text("key_id");
        if (action == Action.ALL) {
            fields.wrong("action", "expected an action, such as cache:read");
        }
        if (resource == null || !Area.names(resource)) {
            fields.wrong(
                    "resource", "expected cache/{namespace}, cache/{namespace}/{key}, web/{host}, sessions or usage");
        }
        fields.check();
        String id = exchange.segment(ID);
        List<AccessPolicy> policies = tenants.tenant(id).accessPolicies();
        List<String> scopes = keyId == null ? List.of() : key(id, keyId).scopes();
        answer(exchange, decide(policies, scopes, action, String.valueOf(resource)));
    }

    private KeyRecord key(String tenantId, String keyId) {
        KeyRecord key = tenants.key(tenantId, keyId);
        if (key == null) {
            throw Problem.of(ProblemCode.NOT_FOUND, "The tenant has no key of this id.")
                    .asException();
        }
        return key;
    }

    private static Decision decide(List<AccessPolicy> policies, List<String> scopes, Action action, String resource) {
        if (!scopes.isEmpty() && !scopes.contains(action.text()) && !scopes.contains(Action.ALL.text())) {
            return new Decision(false, "scopes", Policy.NO_MATCH);
        }
        Policy policy = Policy.of(policies);
        if (policy == null) {
            return new Decision(true, "no_policies", Policy.NO_MATCH);
        }
        int at = policy.deciding(action, resource);
        if (at == Policy.NO_MATCH) {
            return new Decision(false, "no_match", at);
        }
        int within = action == Action.CACHE_READ ? Policy.NO_MATCH : withinNamespace(policy, action, resource);
        if (within != Policy.NO_MATCH) {
            return new Decision(false, "denied", within);
        }
        boolean allowed = policies.get(at).effect() == Effect.ALLOW;
        return new Decision(allowed, allowed ? "allowed" : "denied", at);
    }

    /** A namespace as a whole is not removed where some of its keys may not be. */
    private static int withinNamespace(Policy policy, Action action, String resource) {
        String rest = resource.startsWith(Area.CACHE.text())
                ? resource.substring(Area.CACHE.text().length())
                : "/";
        return rest.indexOf('/') >= 0 ? Policy.NO_MATCH : policy.denyingWithin(action, rest);
    }

    private static void answer(Exchange exchange, Decision decision) {
        exchange.sendJson(Status.OK_200, json -> {
            json.writeStartObject();
            json.writeBooleanField("allowed", decision.allowed());
            json.writeStringField("reason", decision.reason());
            if (decision.policy() != Policy.NO_MATCH) {
                json.writeNumberField("policy", decision.policy());
            }
            json.writeEndObject();
        });
    }
}
