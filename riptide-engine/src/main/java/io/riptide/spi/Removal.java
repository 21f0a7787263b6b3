package io.riptide.spi;

import io.riptide.entry.Scope;

/**
 * A removal of many entries.
 *
 * @param mode what becomes of them
 * @param nowMillis the instant at which expiry is judged, epoch milliseconds
 */
public record Removal(String tenantId, Scope scope, Mode mode, long nowMillis) {
    /** What becomes of entries. */
    public enum Mode {
        /** They are gone. */
        REMOVE,
        /** They end: those that are kept beyond their end are still there for who takes a stale one. */
        STALE
    }
}
