/**
 * A leaf, imported by any room.
 *
 * <p>What: the names of metrics and of their labels' values, and {@link io.riptide.observe.TenantLabels}, which tenants
 * a metric names. Path: the meter counts by these names, the server shows them; nothing here is touched by a read.
 * Bounds: the enums are all values there are; as many tenants are named as the configuration says. Threads: as each
 * type says. Failure: none.
 */
@NullMarked
package io.riptide.observe;

import org.jspecify.annotations.NullMarked;
