/**
 * What: those who run beside each other on one Redis, each in a process of its own, so that what a process's processors
 * did is one's alone. Path: {@link io.riptide.proof.bench.contest.Contestant} is started by the part {@code redis} of
 * {@code bench/run}, which tells it by lines what to do. Bounds: as each line says. Threads: a virtual one for each
 * caller. Failure: whatever fails ends the process.
 */
@NullMarked
package io.riptide.proof.bench.contest;

import org.jspecify.annotations.NullMarked;
