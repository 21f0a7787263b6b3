/**
 * Room 6 of 6 on the path of a read; before: entry.
 *
 * <p>What: what the outside provides: {@link io.riptide.spi.EntryStore}, {@link io.riptide.spi.ControlStore}, {@link
 * io.riptide.spi.Time}. Interfaces and records only. Path: the root gets the implementations as arguments and hands
 * them on. Bounds and failure: each method says its own; a store that cannot answer throws a {@code RipTideException}
 * with {@code store-unavailable}. Threads: implementations are safe for use by many threads.
 */
@NullMarked
package io.riptide.spi;

import org.jspecify.annotations.NullMarked;
