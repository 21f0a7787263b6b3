/**
 * The command line.
 *
 * <p>What: {@link io.riptide.server.cli.Main} and a class for each command. Path: none; it starts the
 * server, or calls one over HTTP, and prints. Bounds: what is read from a file, the standard input or a server has at
 * most the bytes of the largest entry there can be; a listing takes memory for one page. Threads: the main one.
 * Failure: one line on the error stream, or the server's problem, and an exit code: 1 refused or failed, 2
 * wrong usage; never a stack trace, and never a key.
 */
@NullMarked
package io.riptide.server.cli;

import org.jspecify.annotations.NullMarked;
