/**
 * What: {@link io.riptide.store.jdbc.SqlControlStore}, tenants and keys over SQL. Path: the tenant room asks it, the
 * door on a key that it does not know yet; never a hit. Bounds: one thread that writes, a few that read, a connection
 * each; queues and waits are bounded. Threads: any number of callers. Failure: {@code store-unavailable}, with the
 * cause for the log; a file that does not open says at the start what to do.
 */
@NullMarked
package io.riptide.store.jdbc;

import org.jspecify.annotations.NullMarked;
