/**
 * The front hall: {@link io.riptide.RipTide} builds the managers from one {@code PersistenceConfig}, joins them and
 * closes them in order. Nothing else is a singleton.
 */
@NullMarked
package io.riptide;

import org.jspecify.annotations.NullMarked;
