package io.riptide.store.jdbc;

import io.riptide.spi.ControlStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of what any process changed, over a connection of its own. A notification only wakes it; what was changed is
 * read from a table whose numbers are handed out in the order of the commits, at least every {@value #POLL_MILLIS}
 * ms, so that a notification that got lost delays and loses nothing. Where the connection was lost for longer than
 * the table remembers, anything may have changed, and that is told.
 */
final class ChangeListener implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeListener.class);

    private static final int POLL_MILLIS = 400;
    private static final int PAUSE_MILLIS = 250;
    private static final int PAGE = 1_000;
    private static final int CLOSING_SECONDS = 5;

    private final String url;
    private final ControlStore.Changes changes;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private @Nullable Long heard;

    ChangeListener(String url, ControlStore.Changes changes) {
        this.url = url;
        this.changes = changes;
    }

    private record Change(long number, String kind, String id) {}

    @Override
    public void run() {
        try {
            boolean failing = false;
            while (closing.getCount() > 0) {
                try (Connection connection = DriverManager.getConnection(url, properties())) {
                    begin(connection);
                    if (failing) {
                        LOG.info("Changes made elsewhere are heard of again");
                        failing = false;
                    }
                    while (closing.getCount() > 0) {
                        hear(connection);
                    }
                } catch (SQLException | RuntimeException e) {
                    // Whoever is told may have to ask the store, which may fail where this connection does not.
                    if (!failing && closing.getCount() > 0) {
                        LOG.warn("Changes made elsewhere are not heard of; it is tried again: {}", reason(e));
                        failing = true;
                    }
                    var unused = closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
        }
    }

    private static String reason(Exception e) {
        return e instanceof SQLException sql
                ? "PostgreSQL says " + sql.getSQLState()
                : e.getClass().getSimpleName();
    }

    private static Properties properties() {
        return Postgres.bounds();
    }

    private void begin(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN riptide_control");
            try (ResultSet row = statement.executeQuery(
                    "SELECT coalesce(min(number), 0), coalesce(max(number), 0) FROM control_changes")) {
                row.next();
                long first = row.getLong(1);
                long last = row.getLong(2);
                boolean missed = heard != null && (first > heard + 1 || last < heard);
                if (heard == null || missed) {
                    changes.anything();
                    heard = last;
                }
            }
        }
    }

    private void hear(Connection connection) throws SQLException {
        List<Change> page;
        do {
            page = read(connection);
            for (Change change : page) {
                tell(change);
                heard = change.number();
            }
        } while (page.size() == PAGE);
        var unused = connection.unwrap(PGConnection.class).getNotifications(POLL_MILLIS);
    }

    private List<Change> read(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT number, kind, id FROM control_changes WHERE number > ? ORDER BY number LIMIT " + PAGE)) {
            statement.setLong(1, heard == null ? 0 : heard);
            List<Change> page = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    page.add(new Change(rows.getLong(1), rows.getString(2), rows.getString(3)));
                }
            }
            return page;
        }
    }

    private void tell(Change change) {
        try {
            if (change.kind().equals("tenant")) {
                changes.tenant(change.id());
            } else {
                changes.key(change.id());
            }
        } catch (RuntimeException e) {
            // What it says is not known here now; the next call that needs it reads the row.
            LOG.warn("A change of a {} that was made elsewhere could not be taken over", change.kind(), e);
            changes.anything();
        }
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            var unused = ended.await(CLOSING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
