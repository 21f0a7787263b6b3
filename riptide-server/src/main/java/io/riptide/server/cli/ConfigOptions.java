package io.riptide.server.cli;

import io.riptide.config.ConfigLoader;
import io.riptide.config.ConfigOutcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** {@code --config} and {@code --set}, for each command that reads the configuration. */
final class ConfigOptions {
    @Option(
            names = "--config",
            paramLabel = "DIR",
            defaultValue = "./config",
            description =
                    "Folder whose *.yml and *.yaml files are merged in name order; may be repeated, later ones win. "
                            + "One that is not there is empty. Default: ${DEFAULT-VALUE}")
    private List<Path> folders = new ArrayList<>();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Sets one key over files and environment; may be repeated.")
    private List<String> settings = new ArrayList<>();

    /**
     * Reads the configuration.
     *
     * @param more settings of the form {@code key=value} that win over all else
     */
    ConfigOutcome load(Map<String, String> environment, List<String> more) {
        List<String> all = new ArrayList<>(settings);
        all.addAll(more);
        return new ConfigLoader(environment).load(folders, all);
    }
}
