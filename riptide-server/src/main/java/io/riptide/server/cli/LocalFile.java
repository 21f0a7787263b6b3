package io.riptide.server.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Files that options name. */
final class LocalFile {
    private LocalFile() {}

    /** At most so many bytes of it; what cannot be read is a failure that names the option. */
    static byte[] read(String option, Path file, int most) {
        try (var in = Files.newInputStream(file)) {
            return in.readNBytes(most);
        } catch (NoSuchFileException e) {
            throw RemoteFailure.of(option + ": " + file + ": there is no such file");
        } catch (IOException e) {
            throw RemoteFailure.of(option + ": " + file + ": cannot be read");
        }
    }

    static void write(String option, Path file, byte[] bytes) {
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw RemoteFailure.of(option + ": " + file + ": cannot be written");
        }
    }
}
