package io.riptide.server.cli;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code riptide version}: of the jar, from its manifest, and of the Java that runs it. */
@Command(name = "version", description = "Prints the version.")
final class VersionCommand implements Runnable {
    private final PrintWriter out;

    VersionCommand(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void run() {
        Package jar = Main.class.getPackage();
        out.println(text(jar.getImplementationVersion(), jar.getSpecificationVersion()));
    }

    /** The manifest's two versions: the product's, and the commit that it was built from where the builder named it. */
    static String text(@Nullable String version, @Nullable String commit) {
        return "riptide " + (version == null ? "unpackaged" : version)
                + (commit == null || commit.isEmpty() ? "" : " (commit " + commit + ")")
                + ", Java " + Runtime.version();
    }
}
