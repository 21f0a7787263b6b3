/**
 * Room 1 of 6 on the path of a read; after: tenant, grant.
 *
 * <p>What: {@link io.riptide.door.Door} turns a credential into a {@link io.riptide.door.Caller}; the one place where a
 * tenant's id becomes power. Path: the server asks it first. Bounds: known keys and unknown ones are remembered in
 * bounded caches. Threads: any number; a known key costs one SHA-256 and no I/O. Failure: an unknown tenant, a wrong
 * key and a missing one answer alike.
 */
@NullMarked
package io.riptide.door;

import org.jspecify.annotations.NullMarked;
