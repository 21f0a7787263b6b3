package io.riptide.proof.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.riptide.spi.AuditStore;
import io.riptide.spi.ControlStore;
import io.riptide.spi.EntryStore;
import io.riptide.spi.KeyringStore;
import io.riptide.spi.LoadLeases;
import io.riptide.spi.PermitLeases;
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
                Arguments.of(ControlStore.class, "io.riptide.testkit.ControlStoreContract"),
                Arguments.of(AuditStore.class, "io.riptide.testkit.AuditStoreContract"),
                Arguments.of(KeyringStore.class, "io.riptide.testkit.KeyringStoreContract"),
                Arguments.of(PermitLeases.class, "io.riptide.testkit.PermitLeasesContract"),
                Arguments.of(LoadLeases.class, "io.riptide.testkit.LoadLeasesContract"));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyImplementationHasASubclassOfItsContractTest(Class<?> kind, String contract) {
        List<String> implementations = Shipped.classes().stream()
                .filter(type -> type.isAssignableTo(kind) && !type.isInterface())
                .filter(type -> !type.getSimpleName().startsWith("No"))
                .map(JavaClass::getSimpleName)
                .toList();
        List<String> tests = testsOf(contract);
        assertThat(implementations)
                .as("stores of the kind %s", kind.getSimpleName())
                .isNotEmpty();
        assertThat(implementations)
                .allSatisfy(name -> assertThat(tests)
                        .as("classes that extend %s, one of which is named %sContractTest", contract, name)
                        .contains(name + "ContractTest"));
    }

    private static List<String> testsOf(String contract) {
        return new ClassFileImporter()
                        .importPaths(Shipped.modules()
                                .map(module -> module.resolve("target/test-classes"))
                                .filter(Files::isDirectory)
                                .toArray(Path[]::new))
                        .stream()
                        .filter(test -> test.isAssignableTo(contract))
                        .map(JavaClass::getSimpleName)
                        .toList();
    }
}
