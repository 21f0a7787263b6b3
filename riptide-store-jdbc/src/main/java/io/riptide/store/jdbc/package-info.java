/**
 * What: {@link io.riptide.store.jdbc.SqlControlStore}, tenants and keys over SQL, in a SQLite file of one process or
 * in a PostgreSQL that several share. Path: the tenant room asks it, the door on a key that it does not know yet;
 * never a hit. Bounds: for SQLite one thread that writes and a few that read, a connection each; for PostgreSQL a
 * pool; queues and waits are bounded. Threads: any number of callers. Failure: {@code store-unavailable}, with the
 * cause for the log; a database that does not open says at the start what to do.
 */
@NullMarked
package io.riptide.store.jdbc;

import org.jspecify.annotations.NullMarked;
