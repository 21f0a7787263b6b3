package io.riptide.spi;

/**
 * A tenant's limits.
 *
 * @param memoryBytes its share of the first tier at most
 * @param operationsPerMinute permits of its token bucket in a minute
 * @param storageBytes its envelopes in the second tier at most
 * @param activeSessions its sessions at most
 */
public record Quotas(long memoryBytes, long operationsPerMinute, long storageBytes, long activeSessions) {
    /** What a tenant gets that is given nothing else: 100 MiB, 1,000 operations a minute, 1 GiB, 100 sessions. */
    public static final Quotas DEFAULT = new Quotas(100L << 20, 1_000, 1L << 30, 100);

    /** How much of a limit is used, 0 to 1: what is beyond a limit, for it was lowered, is all of it. */
    public static double share(double used, long limit) {
        return limit == 0 ? 0 : Math.min(1, used / limit);
    }
}
