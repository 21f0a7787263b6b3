package io.riptide.tenant;

/** What an administrator may do. Each role may do what the one before it may. */
public enum Role {
    /** Reads only. */
    VIEWER,
    /** Cache and state, no tenant changes. */
    OPERATOR,
    /** All. */
    ADMIN;

    /** As written: {@code viewer}, {@code operator}, {@code admin}. */
    public String text() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Whether this role includes another. */
    public boolean includes(Role needed) {
        return compareTo(needed) >= 0;
    }
}
