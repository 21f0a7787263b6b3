package io.riptide.server.cli;

import com.fasterxml.jackson.databind.JsonNode;

/** A server that could not be reached, or that refused; its message is all that is shown. */
final class RemoteFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final String TYPE = "urn:riptide:problem:";

    private RemoteFailure(String shown) {
        super(shown);
    }

    /** What is not a problem of the server's own making, in one line. */
    static RemoteFailure of(String message) {
        return new RemoteFailure("riptide: " + Terminal.printable(message));
    }

    /** The server's problem for people: its code and detail, and each field where several are wrong. */
    static RemoteFailure problem(JsonNode problem, String hint) {
        String code = problem.path("type").asText();
        StringBuilder shown = new StringBuilder("riptide: ")
                .append(Terminal.printable(code.startsWith(TYPE) ? code.substring(TYPE.length()) : code))
                .append(": ")
                .append(Terminal.printable(problem.path("detail").asText()))
                .append(hint);
        JsonNode errors = problem.path("errors");
        if (errors.size() > 1) {
            for (JsonNode error : errors) {
                String line = error.path("field").asText() + ": "
                        + error.path("message").asText();
                shown.append("\n  ").append(Terminal.printable(line));
            }
        }
        return new RemoteFailure(shown.toString());
    }

    /** The server's problem for programs. */
    static RemoteFailure json(JsonNode problem) {
        return new RemoteFailure(problem.toString());
    }
}
