package io.riptide.server.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --limit} and {@code --cursor}, for each command that lists. */
final class PageOptions {
    private long most = Long.MAX_VALUE;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(names = "--cursor", paramLabel = "CURSOR", description = "Where an earlier list with --limit ended.")
    private @Nullable String cursor;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many. Default: all.")
    void limit(@Nullable Long limit) {
        // The library resets an option that is not given to null.
        if (limit != null && limit < 1) {
            throw new ParameterException(Objects.requireNonNull(command).commandLine(), "--limit: expected at least 1");
        }
        most = limit == null ? Long.MAX_VALUE : limit;
    }

    long most() {
        return most;
    }

    @Nullable String cursor() {
        return cursor;
    }
}
