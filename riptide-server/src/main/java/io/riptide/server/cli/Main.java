package io.riptide.server.cli;

import io.riptide.problem.RipTideException;
import io.riptide.server.demo.Demo;
import java.io.PrintWriter;
import java.util.Map;
import java.util.regex.Pattern;
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
    private static final Pattern KEY = Pattern.compile("rtk_\\w+");

    private Main() {}

    /** Runs the command that is named and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Terminal terminal = Terminal.ofProcess();
        int code = commandLine(System.getenv(), terminal).execute(arguments);
        boolean written = !terminal.out().checkError();
        System.exit(code == 0 && !written ? FAILED : code);
    }

    /** The whole command line over these environment variables. */
    static CommandLine commandLine(Map<String, String> environment, Terminal terminal) {
        PrintWriter out = terminal.out();
        CommandLine root = new CommandLine(new Main());
        return root.addSubcommand(new ConfigCommand(environment, out))
                .addSubcommand(new ServeCommand(environment, out))
                .addSubcommand(new CommandLine(new CacheCommand(environment, terminal))
                        .addSubcommand(new InvalidateCommand(environment, terminal))
                        .addSubcommand(new ExplainCommand(environment, terminal)))
                .addSubcommand(new TenantsCommand(environment, terminal))
                .addSubcommand(new KeysCommand(environment, terminal))
                .addSubcommand(new AuditCommand(environment, terminal, Main::aSecondLater))
                .addSubcommand(new UsageCommand(environment, terminal))
                .addSubcommand(new BillingCommand(environment, terminal))
                .addSubcommand(new Demo(out, Main.class))
                .addSubcommand(new VersionCommand(out))
                .addSubcommand(new TrainCommand(out))
                .addSubcommand(new CompletionCommand(root.getCommandSpec(), out))
                .setOut(out)
                .setErr(terminal.err())
                // A key or a value may begin with @: it is no file of arguments.
                .setExpandAtFiles(false)
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

    /** Waits for a second; false where the process is to end. */
    private static boolean aSecondLater() {
        try {
            Thread.currentThread().join(1_000);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Tells a failure: a server's by its problem, a refusal here by its public words, else what it says of itself. */
    private static int failed(Exception failure, CommandLine command) {
        if (failure instanceof RemoteFailure remote) {
            command.getErr().println(remote.getMessage());
            return FAILED;
        }
        String text = failure instanceof RipTideException refused
                ? refused.problem().detail()
                : String.valueOf(failure.getMessage());
        command.getErr().println("riptide: " + firstLine(text));
        return FAILED;
    }

    private static int misused(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        // What is in the wrong place may be a key.
        String text = KEY.matcher(firstLine(String.valueOf(wrong.getMessage()))).replaceAll("rtk_…");
        command.getErr().println("riptide: " + text + " (see " + name + " --help)");
        return WRONG_USAGE;
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("it failed");
    }
}
