package io.riptide.config;

/**
 * {@code security}: keys.
 *
 * @param masterKey base64 of 32 bytes, which wraps the data keys of encrypted tenants; empty where there is none. It is
 *     never shown
 */
public record SecurityConfig(String masterKey) {
    /** Whether there is a master key. */
    public boolean hasMasterKey() {
        return !masterKey.isEmpty();
    }

    @Override
    public String toString() {
        return "SecurityConfig[masterKey=" + (hasMasterKey() ? "******" : "") + "]";
    }
}
