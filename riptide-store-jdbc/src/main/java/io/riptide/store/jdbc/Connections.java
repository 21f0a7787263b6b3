package io.riptide.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Opens connections. */
interface Connections {
    /** One more connection. */
    Connection open() throws SQLException;
}
