package io.riptide.store.jdbc;

import io.riptide.spi.ControlStore;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What the SQL of the stores runs on. Every call ends within seconds, or fails. */
interface Database extends AutoCloseable {
    /** Has something read; {@code store-unavailable} where that fails. */
    <T extends @Nullable Object> T read(Work<T> work);

    /**
     * Has something written in a transaction of its own, durable when this returns; {@code store-unavailable} where
     * that fails. It may be run more than once, and then only the last run counts.
     */
    <T extends @Nullable Object> T write(Work<T> work);

    /** What is added to a query of a row that is to be locked until the transaction ends; nothing where one writes. */
    String forUpdate();

    /** The function that gives the larger one of two numbers. */
    String larger();

    /** Takes away what the database keeps for its own use and needs no more. */
    void prune(Handle handle);

    /** Whether other processes may use it too. */
    boolean shared();

    /** See {@link ControlStore#listen}. */
    void listen(ControlStore.Changes changes);

    /** See {@link ControlStore#lease}. */
    boolean lease(String job, String holder, long forMillis);

    /** See {@link ControlStore#release}. */
    void release(String job, String holder);

    /** Idempotent. */
    @Override
    void close();
}
