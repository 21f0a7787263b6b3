package io.riptide.server.cli;

import io.riptide.config.ConfigOutcome;
import io.riptide.config.ConfigOutcome.Invalid;
import io.riptide.config.ConfigOutcome.Valid;
import io.riptide.config.ConfigSchema;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code riptide config}: what the server would read, without starting it. */
@Command(
        name = "config",
        description = "Checks, shows and explains the configuration.",
        synopsisSubcommandLabel = "COMMAND")
final class ConfigCommand {
    private final Map<String, String> environment;
    private final PrintWriter out;

    ConfigCommand(Map<String, String> environment, PrintWriter out) {
        this.environment = environment;
        this.out = out;
    }

    @Command(name = "check", description = "Validates; prints each error as file:line: key: problem, and then exits 1.")
    int check(@Mixin ConfigOptions options) {
        return switch (options.load(environment, List.of())) {
            case Valid valid -> {
                out.println("The configuration is valid.");
                yield 0;
            }
            case Invalid invalid -> refuse(invalid);
        };
    }

    @Command(name = "show", description = "Prints each value in effect, secrets masked, with where it came from.")
    int show(@Mixin ConfigOptions options) {
        ConfigOutcome outcome = options.load(environment, List.of());
        return switch (outcome) {
            case Valid valid -> {
                List<List<String>> rows = valid.values().stream()
                        .map(v -> List.of(v.path(), v.shown(), v.origin().toString()))
                        .toList();
                out.print(Table.aligned(List.of("KEY", "VALUE", "FROM"), rows));
                yield 0;
            }
            case Invalid invalid -> refuse(invalid);
        };
    }

    @Command(name = "reference", description = "Prints every key with type, default, unit, range and meaning.")
    int reference(@Option(names = "--markdown", description = "As a table for a page.") boolean markdown) {
        List<List<String>> rows = ConfigSchema.keys().stream()
                .map(k -> List.of(
                        k.path(),
                        k.type().label(),
                        k.defaultText(),
                        k.unit(),
                        k.type().range(),
                        k.needsRestart() ? "yes" : "no",
                        k.meaning()))
                .toList();
        List<String> head = List.of("KEY", "TYPE", "DEFAULT", "UNIT", "RANGE", "RESTART", "MEANING");
        out.print(markdown ? Table.markdown(head, rows) : Table.aligned(head, rows));
        return 0;
    }

    private int refuse(Invalid invalid) {
        invalid.errors().forEach(out::println);
        return Main.FAILED;
    }
}
