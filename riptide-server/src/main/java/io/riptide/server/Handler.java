package io.riptide.server;

import java.io.IOException;

/** Answers one request that was let in; refuses by throwing a {@code RipTideException}. */
@FunctionalInterface
interface Handler {
    void handle(Exchange exchange) throws IOException;
}
