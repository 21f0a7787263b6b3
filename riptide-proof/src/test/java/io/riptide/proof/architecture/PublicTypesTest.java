package io.riptide.proof.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** What the world sees: on a list, closed for inheritance, null-marked, named as the house names things. */
class PublicTypesTest {
    private static final Path LIST = Path.of("riptide-proof/src/test/resources/public-types.txt");
    private static final Pattern REFUSED =
            Pattern.compile(".*(Util|Utils|Helper|Helpers|Common|Base|Impl|Context)|Abstract.*|.*Manager");
    private static final Set<String> MANAGERS = Set.of("PersistentCacheManager", "TenantManager", "StateManager");

    @Test
    void publicTypesStandOnTheCommittedList() throws IOException {
        Path file = Shipped.root().resolve(LIST);
        List<String> found = publicTypes().map(JavaClass::getName).sorted().toList();
        if (Boolean.getBoolean("public.types.update")) {
            Files.write(file, found);
        }
        assertThat(found)
                .as(
                        "Public types differ from %s. Where that is meant, write the list anew and commit it: "
                                + "./mvnw -pl riptide-proof -am test -Dtest=PublicTypesTest -Dpublic.types.update=true "
                                + "-Dsurefire.failIfNoSpecifiedTests=false",
                        LIST)
                .containsExactlyElementsOf(Files.readAllLines(file));
    }

    @Test
    void publicTypesAreClosedForInheritance() {
        // A contract test is there to be extended.
        assertThat(publicTypes().filter(type -> !type.getSimpleName().endsWith("Contract")))
                .allSatisfy(
                        type -> assertThat(isClosed(type)).as(type.getName()).isTrue());
    }

    private static boolean isClosed(JavaClass type) {
        return type.isInterface()
                || type.isEnum()
                || type.isRecord()
                || type.getModifiers().contains(JavaModifier.FINAL)
                || type.reflect().isSealed();
    }

    @Test
    void everyPackageIsNullMarked() {
        Set<String> packages = Shipped.classes().stream()
                .map(JavaClass::getPackageName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(packages)
                .allSatisfy(
                        name -> assertThat(Class.forName(name + ".package-info").isAnnotationPresent(NullMarked.class))
                                .as(name)
                                .isTrue());
    }

    @Test
    void namesAreTheHousesOwn() {
        assertThat(Shipped.classes().stream()
                        .map(JavaClass::getSimpleName)
                        .filter(name -> REFUSED.matcher(name).matches())
                        .filter(name -> !MANAGERS.contains(name)))
                .isEmpty();
    }

    private static Stream<JavaClass> publicTypes() {
        return Shipped.classes().stream()
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .filter(PublicTypesTest::isPublicThroughout);
    }

    private static boolean isPublicThroughout(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass()
                        .map(PublicTypesTest::isPublicThroughout)
                        .orElse(true);
    }
}
