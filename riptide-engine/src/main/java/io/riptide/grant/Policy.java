package io.riptide.grant;

import io.riptide.spi.AccessPolicy;
import io.riptide.spi.AccessPolicy.Effect;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's access policies, compiled once for each version of its row. What no statement matches is refused, and of
 * those that match, one that denies beats all that allow. A trailing {@code *} stands for any rest, slashes included.
 *
 * <p>Checks allocate nothing: a resource is compared part by part and never put together. Their cost grows with the
 * statements, of which a tenant has few. Threads: any; it does not change.
 */
public final class Policy {
    /** The answer of {@link #deciding} where no statement matches. */
    public static final int NO_MATCH = -1;

    private static final String KEYS = "/";

    private final Statement[] statements;

    private Policy(Statement[] statements) {
        this.statements = statements;
    }

    /** Compiled policies, or null where there are none: then all is allowed. */
    public static @Nullable Policy of(List<AccessPolicy> policies) {
        return policies.isEmpty()
                ? null
                : new Policy(policies.stream().map(Statement::new).toArray(Statement[]::new));
    }

    /**
     * Whether an action is allowed on a resource.
     *
     * @param first what comes after the area's text: a namespace, a host, or nothing
     * @param second a key in a namespace, or null for what the first part names itself
     */
    public boolean allows(Action action, Area area, String first, @Nullable String second) {
        int at = deciding(action, area.text(), first, second);
        return at != NO_MATCH && statements[at].allows;
    }

    /** Whether an action on one of a namespace's keys is denied by name. */
    public boolean denies(Action action, String namespace, String key) {
        for (Statement one : statements) {
            if (!one.allows && one.matches(action, Area.CACHE.text(), namespace, key)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Which statement may deny an action on some key of a namespace, or {@link #NO_MATCH}: what concerns all of the
     * namespace is then denied too.
     */
    public int denyingWithin(Action action, String namespace) {
        for (int i = 0; i < statements.length; i++) {
            if (!statements[i].allows && statements[i].mayMatchWithin(action, namespace)) {
                return i;
            }
        }
        return NO_MATCH;
    }

    /** Which statement decides about a resource as policies write it: its place, or {@link #NO_MATCH}. */
    public int deciding(Action action, String resource) {
        return deciding(action, written(resource), "", null);
    }

    /** Hosts are compared in lower case, in which URLs have them. */
    private static String written(String resource) {
        return resource.startsWith(Area.WEB.text()) ? resource.toLowerCase(Locale.ROOT) : resource;
    }

    private int deciding(Action action, String area, String first, @Nullable String second) {
        int allowing = NO_MATCH;
        for (int i = 0; i < statements.length; i++) {
            Statement one = statements[i];
            if ((allowing == NO_MATCH || !one.allows) && one.matches(action, area, first, second)) {
                if (!one.allows) {
                    return i;
                }
                allowing = i;
            }
        }
        return allowing;
    }

    private static final class Statement {
        private final boolean allows;
        private final int actions;
        private final Pattern[] patterns;

        Statement(AccessPolicy policy) {
            this.allows = policy.effect() == Effect.ALLOW;
            int mask = 0;
            for (String text : policy.actions()) {
                Action action = Action.of(text)
                        .orElseThrow(() -> new IllegalStateException("An action that no build knows: " + text));
                mask |= action == Action.ALL ? -1 : 1 << action.ordinal();
            }
            this.actions = mask;
            this.patterns = policy.resources().stream().map(Pattern::new).toArray(Pattern[]::new);
        }

        private boolean concerns(Action action) {
            return (actions & 1 << action.ordinal()) != 0;
        }

        boolean matches(Action action, String area, String first, @Nullable String second) {
            if (concerns(action)) {
                for (Pattern pattern : patterns) {
                    if (pattern.matches(area, first, second)) {
                        return true;
                    }
                }
            }
            return false;
        }

        boolean mayMatchWithin(Action action, String namespace) {
            if (concerns(action)) {
                for (Pattern pattern : patterns) {
                    if (pattern.mayMatchWithin(namespace)) {
                        return true;
                    }
                }
            }
            return false;
        }
    }

    /** A resource, or with a trailing star all that begin so. */
    private static final class Pattern {
        private final String text;
        private final boolean open;

        Pattern(String pattern) {
            this.open = pattern.endsWith("*");
            this.text = written(open ? pattern.substring(0, pattern.length() - 1) : pattern);
        }

        boolean matches(String area, String first, @Nullable String second) {
            int at = after(0, area);
            at = after(at, first);
            if (second != null) {
                at = after(at, KEYS);
                at = after(at, second);
            }
            return at == END || at == text.length();
        }

        /** All the rest matches, whatever it is. */
        private static final int END = Integer.MAX_VALUE;

        private static final int MISMATCH = -1;

        /** Where this text goes on after a part of a resource's that it is compared with from a place on. */
        private int after(int at, String part) {
            if (at == END || at == MISMATCH) {
                return at;
            }
            int length = Math.min(part.length(), text.length() - at);
            if (!text.regionMatches(at, part, 0, length)) {
                return MISMATCH;
            }
            if (length < part.length()) {
                return open ? END : MISMATCH;
            }
            return at + length;
        }

        boolean mayMatchWithin(String namespace) {
            int at = after(after(after(0, Area.CACHE.text()), namespace), KEYS);
            // Ended in the midst of it by a star, or going on behind it.
            return at == END || (at != MISMATCH && (open || at < text.length()));
        }
    }
}
