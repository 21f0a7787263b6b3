/**
 * Room 3 of 6 on the path of a read; before: door; after: cache.
 *
 * <p>What: {@link io.riptide.grant.TenantGrant}, one tenant's live view: whether it is served, what it may use, what it
 * has used. Path: the door makes it, caches hold it, so that suspension, erasure and new limits reach capabilities
 * already held. Bounds: one for each active tenant. Threads: fields are volatile or atomic; a permit takes no lock.
 * Failure: a refusal is a {@code RipTideException}.
 */
@NullMarked
package io.riptide.grant;

import org.jspecify.annotations.NullMarked;
