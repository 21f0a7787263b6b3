package io.riptide.spi;

import java.util.List;

/**
 * One statement of a tenant's access policies: actions on resources that it allows or denies.
 *
 * @param actions such as {@code cache:read}, or {@code *}
 * @param resources such as {@code cache/{namespace}/{key}}, each with a trailing {@code *} or none
 */
public record AccessPolicy(Effect effect, List<String> actions, List<String> resources) {
    /** What a statement does to what it matches. */
    public enum Effect {
        ALLOW,
        DENY
    }

    public AccessPolicy {
        actions = List.copyOf(actions);
        resources = List.copyOf(resources);
    }
}
