package io.riptide.spi;

/**
 * How calls to a store across a network go, counted by this process since it started.
 *
 * @param refusing whether calls are refused at once because too many of the last ones failed
 * @param failed calls that were sent and not answered in time, or with an error
 * @param refused calls that were not sent because too many failed before them
 * @param retried calls that were not done and sent once more
 */
public record StoreCalls(boolean refusing, long failed, long refused, long retried) {
    /** Of a store in this process. */
    public static final StoreCalls NONE = new StoreCalls(false, 0, 0, 0);
}
