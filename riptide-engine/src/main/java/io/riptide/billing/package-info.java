/**
 * What: {@link io.riptide.billing.UsageMeter}, the counts of one tenant. Path: the grant holds it, the cache and the
 * server add to it. Bounds: a fixed set of counters a tenant. Threads: uncontended adds from any number. Failure: none;
 * what a process counted is lost with it, until usage is kept in a store.
 */
@NullMarked
package io.riptide.billing;

import org.jspecify.annotations.NullMarked;
