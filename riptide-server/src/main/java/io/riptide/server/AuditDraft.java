package io.riptide.server;

import io.riptide.audit.AuditEvent;

/** What is going to be written of a call that changes something; handlers say what it came to. */
final class AuditDraft {
    private AuditEvent event;

    AuditDraft(AuditEvent event) {
        this.event = event;
    }

    /** Whom it concerns. */
    AuditDraft tenant(String id) {
        event = event.tenant(id);
        return this;
    }

    /** What it was done to, in place of what the path says. */
    AuditDraft resource(String what) {
        event = event.resource(what);
        return this;
    }

    /** More: an id, a number, a word of RipTide's own; never what a tenant or a person wrote. */
    AuditDraft with(String name, Object value) {
        event = event.with(name, value);
        return this;
    }

    AuditEvent event() {
        return event;
    }
}
