/**
 * Room 3 of 6 on the path of a read, beside grant; before: door; after: cache.
 *
 * <p>What: {@link io.riptide.quota.Allowance}, a tenant's token bucket. Counters only: no I/O, no lock. Path: the grant
 * takes a permit for each operation before the cache is asked. Bounds: at most the limit at once and at most twice the
 * limit in any 60 seconds. Threads: any number, one compare-and-set each. Failure: a refusal is a value that says how
 * long to wait.
 */
@NullMarked
package io.riptide.quota;

import org.jspecify.annotations.NullMarked;
