/**
 * What: a simulator of hit rates. A trace, generated or read from a file, is replayed to RipTide's own cache (its first
 * tier over RocksDB, through the public API), to Caffeine alone, to an LRU and to Belady's optimum, each with the same
 * bound and the same weights. {@code bench/traces} starts it and writes {@code docs/hit-rates.md} and {@code .svg}.
 * Path: {@link io.riptide.proof.trace.Traces} makes or reads traces, {@code Simulation} replays them, {@code Report}
 * and {@code Chart} print what came of it. Bounds: a trace holds at most as many requests as it is asked to; its keys
 * lie in memory, its entries on disk. Threads: one. Failure: a file that is not what its format says ends the run with
 * the file, line, field and what was expected.
 */
@NullMarked
package io.riptide.proof.trace;

import org.jspecify.annotations.NullMarked;
