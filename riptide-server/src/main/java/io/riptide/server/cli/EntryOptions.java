package io.riptide.server.cli;

import picocli.CommandLine.Parameters;

/** The two words that name an entry. */
final class EntryOptions {
    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The entry's namespace.")
    private String namespace = "";

    @Parameters(index = "1", paramLabel = "KEY", description = "The entry's key; after -- where it begins with a dash.")
    private String key = "";

    String key() {
        return key;
    }

    /** Its path on the server. */
    String path(RemoteOptions remote) {
        return RemoteServer.path("v1", "cache", remote.text("NAMESPACE", namespace), remote.text("KEY", key));
    }
}
