package io.riptide.proof.trace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/** Where and when a run was made, in a line. */
public final class Machine {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    private Machine() {}

    /** Processors, system, Java and the day. */
    public static String line() throws IOException {
        return String.format(
                Locale.ROOT,
                "Machine: %d processors%s, %s %s, Java %s (%s). Date: %s.",
                Runtime.getRuntime().availableProcessors(),
                model(),
                System.getProperty("os.name"),
                System.getProperty("os.version").replaceFirst("^([0-9]+\\.[0-9]+).*", "$1"),
                System.getProperty("java.version"),
                System.getProperty("java.vendor"),
                LocalDate.now(ZoneOffset.UTC));
    }

    private static String model() throws IOException {
        if (!Files.isReadable(PROCESSORS)) {
            return "";
        }
        return Files.readString(PROCESSORS)
                .lines()
                .filter(line -> line.startsWith("model name"))
                .findFirst()
                .map(line -> " (" + line.substring(line.indexOf(':') + 1).strip() + ")")
                .orElse("");
    }
}
