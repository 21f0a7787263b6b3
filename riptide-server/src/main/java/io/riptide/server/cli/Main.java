package io.riptide.server.cli;

import io.riptide.problem.RipTideException;
import io.riptide.server.demo.Demo;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** The root command, {@code riptide}. */
@Command(
        name = "riptide",
        description = "A multi-tenant cache for API services.",
        synopsisSubcommandLabel = "COMMAND",
        usageHelpAutoWidth = true,
        scope = ScopeType.INHERIT)
public final class Main {
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;

    private Main() {}

    /** Runs the command that is named and ends the process with its exit code. */
    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = commandLine(System.getenv(), out, err).execute(arguments);
        out.flush();
        System.exit(code);
    }

    /** The whole command line over these environment variables. */
    static CommandLine commandLine(Map<String, String> environment, PrintWriter out, PrintWriter err) {
        CommandLine root = new CommandLine(new Main());
        return root.addSubcommand(new ConfigCommand(environment, out))
                .addSubcommand(new ServeCommand(environment, out))
                .addSubcommand(new Demo(out, Main.class))
                .addSubcommand(new VersionCommand(out))
                .addSubcommand(new TrainCommand(out))
                .addSubcommand(new CompletionCommand(root.getCommandSpec(), out))
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler((failure, command, result) -> failed(failure, command))
                .setParameterExceptionHandler((wrong, arguments) -> misused(wrong));
    }

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Shows this help.")
    void help(boolean asked) {
        // The library shows the help by itself.
    }

    /** Tells a failure in one line: a refusal by its public words, anything else by what it says of itself. */
    private static int failed(Exception failure, CommandLine command) {
        String text = failure instanceof RipTideException refused
                ? refused.problem().detail()
                : String.valueOf(failure.getMessage());
        command.getErr().println("riptide: " + firstLine(text));
        return FAILED;
    }

    private static int misused(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        command.getErr()
                .println("riptide: " + firstLine(String.valueOf(wrong.getMessage())) + " (see " + name + " --help)");
        return WRONG_USAGE;
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("it failed");
    }
}
