package io.riptide.proof.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.lang.ArchRule;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which library is seen where, so that it can be replaced in one place. */
class LibrariesTest {
    private static final List<String> MOCKS = List.of("mockito", "easymock", "jmock", "mockk", "powermock", "jmockit");

    static Stream<Arguments> homes() {
        return Stream.of(
                // The door's bounded memory of keys is the second use: docs/decisions says why.
                home("com.github.benmanes.caffeine..", "io.riptide.cache..", "io.riptide.door.."),
                home("com.nimbusds..", "io.riptide.door.."),
                home("org.rocksdb..", "io.riptide.store.rocksdb.."),
                home("io.lettuce..", "io.riptide.store.redis.."),
                home("io.github.resilience4j..", "io.riptide.store.redis.."),
                home("io.netty..", "io.riptide.store.redis.."),
                home("java.sql..", "io.riptide.store.jdbc..", "io.riptide.testkit.."),
                home("javax.sql..", "io.riptide.store.jdbc..", "io.riptide.testkit.."),
                home("org.jdbi..", "io.riptide.store.jdbc.."),
                home("org.flywaydb..", "io.riptide.store.jdbc.."),
                home("com.zaxxer..", "io.riptide.store.jdbc.."),
                home("org.postgresql..", "io.riptide.store.jdbc.."),
                home("io.zonky..", "io.riptide.testkit.."),
                home("org.sqlite..", "io.riptide.store.jdbc.."),
                home("io.helidon..", "io.riptide.server.."),
                home("org.apache.hc..", "io.riptide.web.."),
                home("picocli..", "io.riptide.server.."),
                home("com.fasterxml.jackson.dataformat.yaml..", "io.riptide.config.."),
                home("org.yaml.snakeyaml..", "io.riptide.config.."),
                home("net.jpountz..", "io.riptide.entry.."),
                home("com.github.luben.zstd..", "io.riptide.entry.."),
                home("org.junit..", "io.riptide.testkit.."),
                home("org.springframework..", "none"));
    }

    private static Arguments home(String library, String... rooms) {
        return Arguments.of(library, rooms);
    }

    @ParameterizedTest
    @MethodSource("homes")
    void aLibraryIsSeenInItsHomeAlone(String library, String[] homes) {
        ArchRule rule = noClasses()
                .that()
                .resideOutsideOfPackages(homes)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
        rule.check(Shipped.classes());
    }

    @Test
    void micrometerIsSeenInClassesNamedMetricsAlone() {
        noClasses()
                .that()
                .haveSimpleNameNotEndingWith("Metrics")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer..")
                .check(Shipped.classes());
    }

    @Test
    void noMockLibraryIsOnAnyClassPath() {
        assertThat(Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(entry -> Path.of(entry).getFileName().toString().toLowerCase(Locale.ROOT))
                        .filter(entry -> MOCKS.stream().anyMatch(entry::startsWith)))
                .isEmpty();
        Stream<Path> poms =
                Stream.concat(Stream.of(Shipped.root()), Shipped.modules()).map(module -> module.resolve("pom.xml"));
        assertThat(poms)
                .allSatisfy(pom -> assertThat(Shipped.text(pom).toLowerCase(Locale.ROOT))
                        .doesNotContain(MOCKS.toArray(String[]::new)));
    }
}
