package io.riptide.proof.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the rules look at: the classes of all modules but this one, and the files of the repository. */
final class Shipped {
    private static final String ROOT_PACKAGE = "io.riptide";
    private static final List<String> STORES_AND_WEB = List.of("store", "web");
    private static final List<String> ABOVE_ENGINE = List.of("store", "web", "server", "testkit", "proof");

    private Shipped() {}

    /** Main classes of every published or running module. */
    static JavaClasses classes() {
        return Holder.CLASSES;
    }

    /** The repository's directory. */
    static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("mvnw"))) {
            at = at.getParent();
        }
        return at;
    }

    /** Java files under {@code src/main} or {@code src/test} of all modules. */
    static List<Path> javaFiles(String sourceSet) {
        return modules()
                .map(module -> module.resolve("src").resolve(sourceSet).resolve("java"))
                .filter(Files::isDirectory)
                .flatMap(Shipped::walk)
                .filter(file -> file.toString().endsWith(".java"))
                .sorted()
                .toList();
    }

    /** The directories of the modules. */
    static Stream<Path> modules() {
        try (Stream<Path> all = Files.list(root())) {
            return all
                    .filter(path -> path.getFileName().toString().startsWith("riptide-"))
                    .filter(path -> Files.exists(path.resolve("pom.xml")))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Path> walk(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    /** A file's name as a reader of a message wants it. */
    static String name(Path file) {
        return root().relativize(file).toString();
    }

    /** The first part of a class's package below the root package; empty for the front hall. */
    static String room(JavaClass type) {
        String name = type.getPackageName();
        if (!name.startsWith(ROOT_PACKAGE + ".")) {
            return "";
        }
        String below = name.substring(ROOT_PACKAGE.length() + 1);
        int dot = below.indexOf('.');
        return dot < 0 ? below : below.substring(0, dot);
    }

    /** Whether a class belongs to the engine, the front hall included. */
    static boolean inEngine(JavaClass type) {
        return !ABOVE_ENGINE.contains(room(type));
    }

    /**
     * Whether a class belongs to the engine's rooms, a store or the web module: where time and threads come from
     * outside.
     */
    static boolean inRooms(JavaClass type) {
        return !room(type).isEmpty() && (inEngine(type) || STORES_AND_WEB.contains(room(type)));
    }

    private static final class Holder {
        static final JavaClasses CLASSES =
                new ClassFileImporter().withImportOption(Holder::isMain).importPackages(ROOT_PACKAGE);

        private static boolean isMain(Location location) {
            return !location.contains("/test-classes/") && !location.contains("/riptide-proof/");
        }
    }
}
