package io.riptide.config;

import io.riptide.config.Setting.Kind;
import io.riptide.config.Setting.Step;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Reads the configuration: the {@code *.yml} and {@code *.yaml} files of each folder in name order, then the
 * environment ({@code RIPTIDE_SERVER__PORT=80}: two underscores where YAML nests), then settings of the form {@code
 * key=value}. What comes later wins, key by key. All that is wrong is reported at once; no exception leaves for bad
 * input.
 *
 * <p>Bounds: {@value #MAX_FILES} files a folder, 1 MiB a file. Threads: immutable; each load reads afresh.
 */
public final class ConfigLoader {
    /** Most errors reported one by one. */
    public static final int MAX_ERRORS = 100;

    static final int MAX_FILES = 1_000;
    private static final String PREFIX = "RIPTIDE_";
    private static final String NESTING = "__";

    private final Map<String, String> environment;

    /** With these environment variables, which {@code ${env:NAME}} sees too. */
    public ConfigLoader(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /**
     * Reads and checks.
     *
     * @param folders in the order in which they are merged; one that is not there is empty
     * @param settings of the form {@code key=value}, which win over all else
     */
    public ConfigOutcome load(List<Path> folders, List<String> settings) {
        List<ConfigError> errors = new ArrayList<>();
        List<Setting> written = new ArrayList<>();
        for (Path folder : folders) {
            for (Path file : files(folder, errors)) {
                written.addAll(YamlReader.read(file.toString(), bytes(file, errors), errors));
            }
        }
        written.addAll(fromEnvironment());
        written.addAll(fromSettings(settings, errors));
        return new ConfigCheck(new Substitution(environment), errors).check(written);
    }

    private static List<Path> files(Path folder, List<ConfigError> errors) {
        if (Files.notExists(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            List<Path> files = all.filter(ConfigLoader::isConfiguration)
                    .sorted(Comparator.comparing(p -> String.valueOf(p.getFileName())))
                    .limit(MAX_FILES + 1L)
                    .toList();
            if (files.size() <= MAX_FILES) {
                return files;
            }
            errors.add(fileError(folder, "too many files (expected at most " + MAX_FILES + ")"));
        } catch (IOException | UncheckedIOException | SecurityException e) {
            errors.add(fileError(folder, "cannot be read (expected a folder)"));
        }
        return List.of();
    }

    private static boolean isConfiguration(Path file) {
        String name = String.valueOf(file.getFileName());
        boolean named = name.endsWith(".yml") || name.endsWith(".yaml");
        return named && !name.startsWith(".") && Files.isRegularFile(file);
    }

    /** At most one byte more than a file may have. */
    private static byte[] bytes(Path file, List<ConfigError> errors) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(YamlReader.MAX_BYTES + 1);
        } catch (IOException | SecurityException e) {
            errors.add(fileError(file, "cannot be read"));
            return new byte[0];
        }
    }

    private static ConfigError fileError(Path file, String message) {
        return new ConfigError(new ConfigOrigin(file.toString(), 0), "", message);
    }

    /** Variables without two underscores ({@code RIPTIDE_ADMIN_API_KEY}) are no configuration keys. */
    private List<Setting> fromEnvironment() {
        List<Setting> found = new ArrayList<>();
        new TreeMap<>(environment).forEach((name, value) -> {
            if (name.startsWith(PREFIX) && name.indexOf(NESTING, PREFIX.length()) >= 0) {
                String path = name.substring(PREFIX.length()).toLowerCase(Locale.ROOT);
                List<Step> steps = steps(List.of(path.split(NESTING, -1)));
                found.add(new Setting(
                        steps, value, Kind.RAW, ConfigOrigin.environment(name).name()));
            }
        });
        return found;
    }

    private static List<Setting> fromSettings(List<String> settings, List<ConfigError> errors) {
        List<Setting> found = new ArrayList<>();
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            if (equals < 1) {
                errors.add(new ConfigError(
                        ConfigOrigin.COMMAND_LINE, "", Shown.printable(setting, 80) + " (expected key=value)"));
                continue;
            }
            List<Step> steps = steps(SchemaTree.split(setting.substring(0, equals)));
            found.add(new Setting(steps, setting.substring(equals + 1), Kind.RAW, ConfigOrigin.COMMAND_LINE.name()));
        }
        return found;
    }

    private static List<Step> steps(List<String> names) {
        return names.stream().map(name -> new Step(name, 0)).toList();
    }
}
