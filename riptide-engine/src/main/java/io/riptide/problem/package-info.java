/**
 * Leaf: what goes wrong, in the words that a caller sees.
 *
 * <p>What: {@link io.riptide.problem.Problem} is a value (code, public text, named values, named fields) and {@link
 * io.riptide.problem.RipTideException} carries it. Path: every room throws it, the server prints it as RFC 9457.
 * Bounds: texts are short and hold nothing internal. Threads: immutable. Failure: none of its own.
 */
@NullMarked
package io.riptide.problem;

import org.jspecify.annotations.NullMarked;
