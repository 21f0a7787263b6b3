package io.riptide.web;

import java.time.Duration;

/**
 * What a request to an origin may take.
 *
 * @param connect to connect to one address, and to shake hands
 * @param silence between two reads
 * @param total from the start to the last byte, waiting for a connection included
 * @param connectionsEach at once to one origin
 * @param connections at once to all
 * @param headerBytes of an answer's header lines
 */
record OriginLimits(
        Duration connect, Duration silence, Duration total, int connectionsEach, int connections, int headerBytes) {
    static final OriginLimits DEFAULT =
            new OriginLimits(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(30), 32, 512, 64 * 1024);
}
