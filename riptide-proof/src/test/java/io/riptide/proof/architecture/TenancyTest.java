package io.riptide.proof.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import io.riptide.cache.TenantCache;
import io.riptide.entry.StoreKey;
import io.riptide.grant.TenantGrant;
import io.riptide.quota.Allowance;
import io.riptide.quota.Enforcement;
import io.riptide.spi.TenantRecord;
import io.riptide.spi.Time;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A tenant is a capability: who holds one can name no other tenant, and the door alone makes one. */
class TenancyTest {
    private static final Class<?>[] ALONE = {TenantRecord.class, Time.class};
    private static final Class<?>[] WITH_PERMITS = {TenantRecord.class, Allowance.class, Enforcement.class, Time.class};

    @Test
    void onlyTheDoorMakesAGrant() {
        for (Class<?>[] constructor : List.of(ALONE, WITH_PERMITS)) {
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.riptide.door")
                    .and()
                    .doNotHaveFullyQualifiedName(TenantGrant.class.getName())
                    .should()
                    .callConstructor(TenantGrant.class, constructor)
                    .check(Shipped.classes());
        }
    }

    @Test
    void aGrantHasNoOtherWayToBeMade() {
        assertThat(TenantGrant.class.getConstructors())
                .extracting(Constructor::getParameterTypes)
                .containsExactlyInAnyOrder(ALONE, WITH_PERMITS);
        assertThat(TenantGrant.class.getMethods())
                .filteredOn(method -> method.getReturnType() == TenantGrant.class)
                .isEmpty();
    }

    @Test
    void nothingReachableFromATenantCacheTakesATenantsId() {
        Set<String> breaches = new TreeSet<>();
        Set<Class<?>> seen = new HashSet<>();
        Deque<Class<?>> open = new ArrayDeque<>(Set.of(TenantCache.class));
        while (!open.isEmpty()) {
            Class<?> type = open.pop();
            if (!type.getName().startsWith("io.riptide.") || !seen.add(type)) {
                continue;
            }
            open.addAll(Arrays.asList(type.getDeclaredClasses()));
            if (type.isSealed()) {
                open.addAll(Arrays.asList(type.getPermittedSubclasses()));
            }
            Stream.concat(Arrays.stream(type.getMethods()), Arrays.stream(type.getConstructors()))
                    .filter(TenancyTest::isWrittenHere)
                    .forEach(member -> {
                        breachesOf(member).forEach(breaches::add);
                        typesOf(member).forEach(found -> collect(found, open));
                    });
        }
        assertThat(seen).as("the walk reaches what a caller holds").hasSizeGreaterThan(5);
        assertThat(breaches).isEmpty();
    }

    private static boolean isWrittenHere(Executable member) {
        return Modifier.isPublic(member.getModifiers())
                && member.getDeclaringClass().getName().startsWith("io.riptide.")
                && !Set.of("equals", "valueOf").contains(member.getName());
    }

    private static Stream<String> breachesOf(Executable member) {
        return Arrays.stream(member.getParameters())
                .filter(TenancyTest::namesATenant)
                .map(parameter -> member + ": " + parameter.getName());
    }

    private static boolean namesATenant(Parameter parameter) {
        assertThat(parameter.isNamePresent()).as("compiled with -parameters").isTrue();
        return parameter.getType() == StoreKey.class
                || parameter.getName().toLowerCase(Locale.ROOT).contains("tenant");
    }

    private static Stream<Type> typesOf(Executable member) {
        Stream<Type> returned = member instanceof java.lang.reflect.Method method
                ? Stream.of(method.getGenericReturnType())
                : Stream.of();
        return Stream.concat(returned, Arrays.stream(member.getGenericParameterTypes()));
    }

    private static void collect(Type type, Deque<Class<?>> into) {
        switch (type) {
            case Class<?> plain -> into.push(plain.isArray() ? plain.getComponentType() : plain);
            case ParameterizedType generic -> {
                collect(generic.getRawType(), into);
                Arrays.stream(generic.getActualTypeArguments()).forEach(argument -> collect(argument, into));
            }
            case GenericArrayType array -> collect(array.getGenericComponentType(), into);
            case WildcardType wildcard ->
                Arrays.stream(wildcard.getUpperBounds()).forEach(bound -> collect(bound, into));
            default -> {
                // A type variable names no class.
            }
        }
    }
}
