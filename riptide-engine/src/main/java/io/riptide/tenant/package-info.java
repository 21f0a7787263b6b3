/**
 * Room 2 of 6 on the path of a read; before: door; after: grant.
 *
 * <p>What: {@link io.riptide.tenant.TenantManager}: tenants, keys, suspension, erasure. Path: the door asks it who a
 * key belongs to; administrators change tenants through it. Bounds: {@code max_tenants}; names and texts by length.
 * Threads: any number; changes of one tenant are ordered by its version. Failure: named fields, {@code conflict},
 * {@code precondition-failed}, {@code not-found}.
 */
@NullMarked
package io.riptide.tenant;

import org.jspecify.annotations.NullMarked;
