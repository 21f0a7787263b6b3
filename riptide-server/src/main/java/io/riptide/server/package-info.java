/**
 * HTTP, and nothing else: requests in, capabilities asked, answers out.
 *
 * <p>What: a table of {@link io.riptide.server.Route}s that is data, a class for each group of them, one writer of
 * problems. {@link io.riptide.server.RipTideServer} starts and stops it all. Path: connection, path, credential, route,
 * handler, answer. Bounds: {@link io.riptide.server.Limits} holds every one. Threads: one virtual thread a connection,
 * and one that watches over slow ones. Failure: each refusal is an RFC 9457 problem; what is not expected is logged
 * under its request id and answered as {@code internal}.
 */
@NullMarked
package io.riptide.server;

import org.jspecify.annotations.NullMarked;
