package io.riptide.server.cli;

import com.fasterxml.jackson.databind.JsonNode;

/** A key that a server has just made and shows this once. */
final class NewKey {
    private NewKey() {}

    /**
     * Prints the key alone to the output, so that it can be copied, or taken into a variable, as it is; what it is goes
     * to the error stream. For programs, all that the server answered.
     */
    static int print(Terminal terminal, RemoteOptions remote, JsonNode made, String what) {
        if (remote.json()) {
            terminal.out().println(made);
        } else {
            terminal.err().println(what + ", which is not shown again:");
            terminal.out().println(Terminal.printable(made.path("api_key").asText()));
        }
        if (terminal.out().checkError()) {
            throw RemoteFailure.of("the key was made, but the standard output takes no more");
        }
        return 0;
    }
}
