package io.riptide.proof.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.riptide.spi.ControlStore;
import io.riptide.spi.EntryStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every store is held to the contract of its kind, against the real thing. */
class StoreContractsTest {
    static Stream<Arguments> kinds() {
        return Stream.of(
                Arguments.of(EntryStore.class, "io.riptide.testkit.EntryStoreContract"),
                Arguments.of(ControlStore.class, "io.riptide.testkit.ControlStoreContract"));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyImplementationHasASubclassOfItsContractTest(Class<?> kind, String contract) {
        List<JavaClass> implementations = Shipped.classes().stream()
                .filter(type -> type.isAssignableTo(kind) && !type.isInterface())
                .filter(type -> !type.getModifiers().contains(JavaModifier.ABSTRACT))
                .toList();
        JavaClasses tests = new ClassFileImporter()
                .importPaths(Shipped.modules()
                        .map(module -> module.resolve("target/test-classes"))
                        .filter(Files::isDirectory)
                        .toArray(Path[]::new));
        assertThat(implementations)
                .as("stores of the kind " + kind.getSimpleName())
                .isNotEmpty();
        assertThat(implementations)
                .allSatisfy(implementation -> assertThat(tests.stream()
                                .filter(test -> test.isAssignableTo(contract))
                                .filter(test -> test.getTransitiveDependenciesFromSelf().stream()
                                        .anyMatch(d -> d.getTargetClass().equals(implementation))))
                        .as("tests of %s that extend %s", implementation.getName(), contract)
                        .isNotEmpty());
    }
}
