package io.riptide.store.jdbc;

import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Reads or writes over a connection. */
@FunctionalInterface
interface Work<T extends @Nullable Object> {
    T on(Handle handle) throws SQLException;
}
