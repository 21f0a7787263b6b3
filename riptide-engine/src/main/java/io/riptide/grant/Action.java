package io.riptide.grant;

import java.util.Optional;

/** What a credential may be allowed to do. */
public enum Action {
    CACHE_READ("cache:read"),
    CACHE_WRITE("cache:write"),
    CACHE_DELETE("cache:delete"),
    WEB_FETCH("web:fetch"),
    SESSIONS_READ("sessions:read"),
    SESSIONS_WRITE("sessions:write"),
    USAGE_READ("usage:read"),
    ALL("*");

    private final String text;

    Action(String text) {
        this.text = text;
    }

    /** As written in scopes. */
    public String text() {
        return text;
    }

    /** The action of that text. */
    public static Optional<Action> of(String text) {
        for (Action action : values()) {
            if (action.text.equals(text)) {
                return Optional.of(action);
            }
        }
        return Optional.empty();
    }
}
