package io.riptide.server;

import io.riptide.grant.Action;
import io.riptide.tenant.Role;

/** Who may call a route. */
sealed interface Access {
    /** Anyone. */
    record Open() implements Access {}

    /** A tenant that may do the action, by its policies and its credential's scopes, with what the request names. */
    record OfTenant(Action action, Named named) implements Access {}

    /** Where a request names what its action concerns. */
    enum Named {
        /** The namespace and key of the path. */
        ENTRY,
        /** The namespace of the path. */
        NAMESPACE,
        /** Keys in the body, which the handler asks for. */
        KEYS,
        /** The host of a URL, which the handler asks for. */
        HOST,
        /** Nowhere: there is one of it. */
        USAGE
    }

    /** An administrator of that role or a higher one. */
    record OfAdmin(Role role) implements Access {}
}
