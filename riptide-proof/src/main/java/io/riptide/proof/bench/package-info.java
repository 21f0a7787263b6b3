/**
 * What: benchmarks beside peers in the same run. {@code bench/run} starts them, prints a table and writes JSON under
 * {@code target/bench}. Path: the embedded ones are JMH classes, those over HTTP start the real launcher. Bounds: each
 * part says how long it runs. Threads: as each part says. Failure: a part that cannot run (a program is missing, an
 * answer is wrong) ends with what was wrong.
 */
@NullMarked
package io.riptide.proof.bench;

import org.jspecify.annotations.NullMarked;
