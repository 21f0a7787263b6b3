package io.riptide.config;

/**
 * {@code persistence.redis}: the store that several nodes share.
 *
 * @param url addresses as {@code redis://} or {@code rediss://} URLs, separated by commas; empty where the embedded
 *     store is used. It may hold a password and is never shown
 * @param mode how the servers work together
 * @param poolSize multiplexed connections to each master
 * @param commandTimeoutMillis how long a caller waits for an answer
 * @param caCertificate a PEM file of the authorities that {@code rediss://} trusts; empty: those of the JVM
 */
public record RedisConfig(String url, Mode mode, int poolSize, long commandTimeoutMillis, String caCertificate) {
    /** How the servers at these addresses work together. */
    public enum Mode {
        /** One server. */
        STANDALONE,
        /** The addresses are of sentinels, which name the master. */
        SENTINEL,
        /** The addresses are of nodes of a cluster; the others are found out from them. */
        CLUSTER
    }

    /** Whether there is one. */
    public boolean used() {
        return !url.isEmpty();
    }

    @Override
    public String toString() {
        return "RedisConfig[url=" + (used() ? "******" : "") + ", mode=" + mode + ", poolSize=" + poolSize
                + ", commandTimeoutMillis=" + commandTimeoutMillis + ", caCertificate=" + caCertificate + "]";
    }
}
