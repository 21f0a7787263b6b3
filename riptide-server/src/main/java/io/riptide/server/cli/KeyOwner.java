package io.riptide.server.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** {@code --tenant} or {@code --admin}: whose keys. */
final class KeyOwner {
    @ArgGroup(multiplicity = "1")
    private Either owner = new Either();

    private static final class Either {
        @Option(names = "--tenant", paramLabel = "ID", description = "Keys of this tenant.")
        private @Nullable String tenant;

        @Option(names = "--admin", description = "Keys of administrators.")
        private boolean admin;
    }

    boolean isAdmin() {
        return owner.admin;
    }

    /** The path of their keys on the server, with more segments. */
    String path(RemoteOptions remote, String more) {
        String tenant = owner.tenant;
        String keys = tenant == null
                ? RemoteServer.path("admin", "keys")
                : RemoteServer.path("admin", "tenants", remote.text("--tenant", tenant), "keys");
        return keys + more;
    }
}
