/**
 * How much smaller values become with each codec, and what that costs: documents that are generated, and files of this
 * machine where there are any.
 *
 * <p>Path: documents, split into those that are written first and learned from, and those that were never seen; a real
 * cache over a real store, whose figures are read afterwards. Bounds: some megabytes. Threads: one. Failure: a set of
 * files that is not there is said to be absent.
 */
@NullMarked
package io.riptide.proof.compress;

import org.jspecify.annotations.NullMarked;
