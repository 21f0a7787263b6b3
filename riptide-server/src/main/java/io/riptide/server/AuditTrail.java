package io.riptide.server;

import io.riptide.audit.AuditEvent;
import io.riptide.audit.AuditLog;
import io.riptide.door.Caller;
import io.riptide.door.Door;
import io.riptide.door.TenantCaller;
import io.riptide.entry.StoreKey;
import io.riptide.problem.Problem;
import io.riptide.tenant.ApiKey;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What of the calls goes to the audit log. A call that changed something is written before it is answered: where that
 * fails, the caller is told so instead. Refusals may come in floods and are counted by what is alike.
 */
final class AuditTrail {
    private static final String ANONYMOUS = "anonymous";
    private static final int AREA = 1;
    private static final int TENANT_ID = 2;

    private final AuditLog log;
    private final Door door;

    AuditTrail(AuditLog log, Door door) {
        this.log = log;
        this.door = door;
    }

    /** Begins what is written of a call on that route, which was let in, where it may change something. */
    void begin(Exchange exchange, Route route) {
        String action = route.action();
        if (action != null) {
            AuditEvent event = AuditEvent.of(exchange.admin().credentialId(), action)
                    .tenant(tenant(exchange, route))
                    .resource(resource(exchange, route))
                    .request(exchange.requestId());
            exchange.auditedBy(log, new AuditDraft(event));
        }
    }

    private static @Nullable String tenant(Exchange exchange, Route route) {
        if (!route.template().startsWith("/admin/tenants/{id}")) {
            return null;
        }
        String id = exchange.segment(TENANT_ID);
        return StoreKey.isTenantId(id) ? id : null;
    }

    /** The path behind {@code /admin}, without the verb that may end it. */
    private static String resource(Exchange exchange, Route route) {
        List<String> parts = RouteTable.parts(route.template());
        int end = parts.size();
        if (end > AREA + 1 && !isVariable(parts.get(end - 1)) && isVariable(parts.get(end - 2))) {
            end--;
        }
        StringBuilder path = new StringBuilder();
        for (int i = AREA; i < end; i++) {
            path.append(path.isEmpty() ? "" : "/").append(exchange.segment(i));
        }
        return path.toString();
    }

    private static boolean isVariable(String part) {
        return part.startsWith("{");
    }

    /** Notes what was refused, of what the log is for. */
    void refused(Exchange exchange, Supplier<@Nullable String> credential, Problem problem) {
        switch (problem.code()) {
            case UNAUTHENTICATED -> {
                String secret = credential.get();
                ApiKey shown = secret == null ? null : ApiKey.parse(secret);
                AuditEvent event = denied(exchange, null, problem);
                // The public part of it, which anybody can claim.
                log.note(shown == null ? event : event.with("key_id", shown.keyId()));
            }
            case ACCESS_DENIED, TENANT_SUSPENDED -> {
                String secret = credential.get();
                log.note(denied(exchange, secret == null ? null : door.caller(secret), problem));
            }
            case QUOTA_EXCEEDED, STORAGE_QUOTA_EXCEEDED -> {
                if (exchange.tenantId() == null) {
                    // It is an address that has shown too many credentials that are none.
                    log.note(denied(exchange, null, problem));
                } else {
                    exceeded(exchange, problem);
                }
            }
            default -> {
                AuditDraft draft = exchange.takeAudit();
                if (draft != null) {
                    log.note(draft.event().result(problem.code().code()));
                }
            }
        }
    }

    private static AuditEvent denied(Exchange exchange, @Nullable Caller caller, Problem problem) {
        Route route = exchange.route();
        InetAddress address = exchange.address();
        return AuditEvent.of(caller == null ? ANONYMOUS : caller.credentialId(), "auth.denied")
                .tenant(caller instanceof TenantCaller tenant ? tenant.grant().tenantId() : null)
                .resource(route == null ? "(no such path)" : route.method() + " " + route.template())
                .result(problem.code().code())
                .request(exchange.requestId())
                .with("address", address == null ? "unknown" : address.getHostAddress());
    }

    /** Notes that a call met a quota of its tenant. */
    void exceeded(Exchange exchange, Problem problem) {
        Object resource = problem.values().get("resource");
        log.note(AuditEvent.of(exchange.credentialId(), "quota.exceeded")
                .tenant(exchange.tenantId())
                .resource(resource == null ? "storage_bytes" : resource.toString())
                .result(problem.code().code())
                .request(exchange.requestId()));
    }
}
