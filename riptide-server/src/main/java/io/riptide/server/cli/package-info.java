/**
 * The command line.
 *
 * <p>What: {@link io.riptide.server.cli.Main} and a class for each command. Path: none; it starts the server and
 * prints. Bounds: none of its own. Threads: the main one. Failure: one line on the error stream and an exit code: 1
 * refused or failed, 2 wrong usage; never a stack trace.
 */
@NullMarked
package io.riptide.server.cli;

import org.jspecify.annotations.NullMarked;
