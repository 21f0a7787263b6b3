/**
 * What nodes share in Redis: entries in {@link io.riptide.store.redis.RedisEntryStore}, and news of what others wrote
 * in {@link io.riptide.store.redis.RedisInvalidationFeed}.
 *
 * <p>What: an entry lies under its store key with Redis's own expiry; {@code StoredValue} has its layout. Beside it
 * each tenant has an index in 64 sorted sets and sums over it, all in one slot of a cluster; {@code MetaKeys} names
 * them. Path of a write: one step of a server, in which entry, index and sums change; in a cluster, into the index with
 * its size counted, then the entry under its condition, then what it replaced out of the index, without waiting. Every
 * write has a name of its own, by which members and values are told apart, so that any order of several writers ends
 * with the index and the sums as the last value has it. A crash in between leaves the index with more than there is,
 * never with less; upkeep takes that out. Bounds: calls at once,
 * commands under way, time for an answer, bytes in a flight. Threads: any; callers wait in their own. Failure: {@code
 * store-unavailable}, after which the write may or may not have been done.
 */
@NullMarked
package io.riptide.store.redis;

import org.jspecify.annotations.NullMarked;
