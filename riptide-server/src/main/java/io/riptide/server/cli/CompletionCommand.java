package io.riptide.server.cli;

import java.io.PrintWriter;
import java.util.Set;
import java.util.TreeSet;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

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
        String script = AutoComplete.bash(root.name(), root.commandLine());
        Set<String> negatable = new TreeSet<>();
        negatable(root, negatable);
        for (String option : negatable) {
            script = script.replace("'--" + option + "'", "'--" + option + "' '--no-" + option + "'");
        }
        out.print(script);
    }

    /** The options that have a {@code --no-} form, which the library leaves out of its script. */
    private static void negatable(CommandSpec command, Set<String> found) {
        for (OptionSpec option : command.options()) {
            if (option.negatable()) {
                found.add(option.longestName().substring(2));
            }
        }
        command.subcommands().values().forEach(below -> negatable(below.getCommandSpec(), found));
    }
}
