package io.riptide.store.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.riptide.problem.RipTideException;
import io.riptide.spi.ControlStore;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL that several processes share, over a pool of {@value #CONNECTIONS} connections. A caller waits at most
 * {@value #POOL_MILLIS} ms for one of them and {@value #SOCKET_SECONDS} s for an answer. What the server gave up for
 * the sake of another transaction is tried again, {@value #TRIES} times at most.
 */
final class Postgres implements Database {
    private static final Logger LOG = LoggerFactory.getLogger(Postgres.class);

    private static final int CONNECTIONS = 8;
    private static final int POOL_MILLIS = 2_000;
    private static final int SOCKET_SECONDS = 3;
    private static final int TRIES = 5;

    private final HikariDataSource pool;
    private final Jdbi jdbi;
    private final String url;
    private final Executor threads;
    private final AtomicReference<@Nullable ChangeListener> listener = new AtomicReference<>();

    private Postgres(String url, Executor threads) {
        this.url = url;
        this.threads = threads;
        HikariConfig config = new HikariConfig();
        config.setPoolName("riptide-control");
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(POOL_MILLIS);
        config.setValidationTimeout(1_000);
        config.setKeepaliveTime(30_000);
        bounds().forEach((name, value) -> config.addDataSourceProperty((String) name, value));
        this.pool = new HikariDataSource(config);
        this.jdbi = Jdbi.create(pool);
    }

    /** Properties of each connection, so that none hangs for ever. */
    static Properties bounds() {
        Properties bounds = new Properties();
        bounds.setProperty("connectTimeout", "2");
        bounds.setProperty("loginTimeout", "3");
        bounds.setProperty("socketTimeout", Integer.toString(SOCKET_SECONDS));
        bounds.setProperty("tcpKeepAlive", "true");
        bounds.setProperty("ApplicationName", "riptide");
        return bounds;
    }

    /** Connects and brings the schema up to date; of several that start at once one does, and the others wait. */
    static Postgres open(String url, Executor threads) {
        Postgres postgres;
        try {
            postgres = new Postgres(url, threads);
        } catch (PoolInitializationException e) {
            throw opening(e);
        }
        try {
            Flyway.configure(Postgres.class.getClassLoader())
                    .dataSource(postgres.pool)
                    .locations("classpath:db/control/postgresql")
                    .failOnMissingLocations(true)
                    .load()
                    .migrate();
            return postgres;
        } catch (FlywayException e) {
            postgres.close();
            throw opening(e);
        }
    }

    /** The cause is for the log alone, and holds no password: the driver's messages name the server and the user. */
    private static RipTideException opening(Throwable e) {
        String why = "it does not answer, or its schema cannot be brought up to date: see the log for the cause";
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof PSQLException psql && psql.getSQLState() != null) {
                why = advice(psql.getSQLState());
            }
        }
        return Lane.unavailable("persistence.control.url: " + why + ".", e);
    }

    private static String advice(String state) {
        return switch (state.substring(0, 2)) {
            case "08" -> "no PostgreSQL can be reached there";
            case "28" -> "PostgreSQL refuses the user or password";
            case "3D" -> "there is no such database";
            case "42" -> "the user may not make tables there";
            default -> "PostgreSQL says " + state + ": see the log for the cause";
        };
    }

    @Override
    public <T extends @Nullable Object> T read(Work<T> work) {
        try {
            return jdbi.<T, SQLException>withHandle(work::on);
        } catch (JdbiException | SQLException e) {
            throw failed(e, "");
        }
    }

    @Override
    public <T extends @Nullable Object> T write(Work<T> work) {
        for (int i = 1; ; i++) {
            try {
                return jdbi.<T, SQLException>inTransaction(TransactionIsolationLevel.READ_COMMITTED, work::on);
            } catch (JdbiException | SQLException e) {
                if (i == TRIES || !gaveUpForAnother(e)) {
                    throw failed(e, "; the change may have been made or not");
                }
            }
        }
    }

    private static boolean gaveUpForAnother(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                String state = sql.getSQLState();
                return "40001".equals(state) || "40P01".equals(state);
            }
        }
        return false;
    }

    private static RipTideException failed(Exception e, String more) {
        LOG.debug("The control store failed", e);
        return Lane.unavailable("The control store could not do this" + more + ".", null);
    }

    @Override
    public String forUpdate() {
        return " FOR UPDATE";
    }

    @Override
    public String larger() {
        return "greatest";
    }

    @Override
    public void prune(Handle handle) {
        handle.execute("DELETE FROM control_changes WHERE at < clock_timestamp() - interval '1 hour'");
    }

    @Override
    public boolean shared() {
        return true;
    }

    @Override
    public void listen(ControlStore.Changes changes) {
        ChangeListener made = new ChangeListener(url, changes);
        if (!listener.compareAndSet(null, made)) {
            throw new IllegalStateException("somebody listens already");
        }
        threads.execute(made);
    }

    /** By the server's clock: those of the processes need not agree. */
    @Override
    public boolean lease(String job, String holder, long forMillis) {
        return write(h -> h.createUpdate("""
                                INSERT INTO jobs (name, holder, until) VALUES
                                    (:name, :holder, clock_timestamp() + :millis * interval '1 millisecond')
                                ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
                                WHERE jobs.holder = excluded.holder OR jobs.until < clock_timestamp()""")
                        .bind("name", job)
                        .bind("holder", holder)
                        .bind("millis", forMillis)
                        .execute()
                == 1);
    }

    @Override
    public void release(String job, String holder) {
        write(h -> h.execute("DELETE FROM jobs WHERE name = ? AND holder = ?", job, holder));
    }

    @Override
    public void close() {
        ChangeListener listening = listener.get();
        if (listening != null) {
            listening.close();
        }
        pool.close();
    }
}
