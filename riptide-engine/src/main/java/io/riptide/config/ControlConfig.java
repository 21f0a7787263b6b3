package io.riptide.config;

/**
 * {@code persistence.control}: where tenants and keys are.
 *
 * @param url {@code jdbc:postgresql://…}; empty where the embedded database is used. It may hold a password and is
 * never     shown
 */
public record ControlConfig(String url) {
    /** Whether it is a database that several nodes share. */
    public boolean shared() {
        return !url.isEmpty();
    }

    @Override
    public String toString() {
        return "ControlConfig[url=" + (shared() ? "******" : "") + "]";
    }
}
