/**
 * Room 3 of 6 on the path of a read, beside grant; before: door; after: cache.
 *
 * <p>What: {@link io.riptide.quota.Allowance}, a tenant's token bucket, and {@link io.riptide.quota.PermitRounds},
 * which tells the bucket that nodes share what was taken here. Counters only: no I/O, no lock, but where a lease
 * does not hold what is wanted. Path: the grant takes a permit for each operation before the cache is asked.
 * Bounds: at most the limit at once and at most twice the limit in any 60 seconds; over n nodes at most n leases
 * more. Threads: any number, a compare-and-set each, over nodes an addition besides. Failure: a refusal is a value
 * that says how long to wait; while the shared bucket cannot be asked, a node grants its share. The page is {@code
 * docs/quotas-over-nodes.md}.
 */
@NullMarked
package io.riptide.quota;

import org.jspecify.annotations.NullMarked;
