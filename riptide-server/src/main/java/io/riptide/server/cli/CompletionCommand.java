package io.riptide.server.cli;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** {@code riptide completion}: a script that bash and zsh complete the commands by. */
@Command(name = "completion", description = "Prints a completion script for bash and zsh: source <(riptide completion)")
final class CompletionCommand implements Runnable {
    private final CommandSpec root;
    private final PrintWriter out;

    CompletionCommand(CommandSpec root, PrintWriter out) {
        this.root = root;
        this.out = out;
    }

    @Override
    public void run() {
        out.print(AutoComplete.bash(root.name(), root.commandLine()));
    }
}
