/**
 * Room 4 of 6 on the path of a read; before: grant; after: entry.
 *
 * <p>What: {@link io.riptide.cache.PersistentCacheManager} hands out {@link io.riptide.cache.TenantCache}, the
 * capability to one tenant's entries, and its {@link io.riptide.cache.Namespace}s. Two tiers: a bounded copy in this
 * process (L1) and the store (L2), which is the truth. Path: permit, L1, L2, loader, answer. Bounds: L1 by bytes, a
 * batch by 1,000 keys, entries by {@code max_entry_bytes}. Threads: any number; a hit in L1 takes no lock. Failure: a
 * store that cannot answer is a {@code store-unavailable}; bytes that do not open are a counted miss.
 */
@NullMarked
package io.riptide.cache;

import org.jspecify.annotations.NullMarked;
