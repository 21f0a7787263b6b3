package io.riptide.server;

import io.riptide.tenant.Action;
import io.riptide.tenant.Role;

/** Who may call a route. */
sealed interface Access {
    /** Anyone. */
    record Open() implements Access {}

    /** A tenant whose credential's scopes hold the action. */
    record OfTenant(Action action) implements Access {}

    /** An administrator of that role or a higher one. */
    record OfAdmin(Role role) implements Access {}
}
