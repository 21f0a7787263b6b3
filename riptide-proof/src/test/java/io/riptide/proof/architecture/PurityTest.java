package io.riptide.proof.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Time, chance and threads come from outside, so that tests hold them in their hands; and nothing is kept in statics.
 */
class PurityTest {
    /** Calls, as {@code owner.method}, that read a clock, throw dice, sleep or start a thread. */
    private static final Pattern DIRECT = Pattern.compile(String.join(
            "|",
            "java\\.lang\\.System\\.(currentTimeMillis|nanoTime)",
            "java\\.time\\.(Instant|(Local|Offset|Zoned)(Date|Time|DateTime)|Year|YearMonth)\\.now",
            "java\\.time\\.Clock\\.(system|tick).*",
            "java\\.lang\\.Thread\\.(sleep|start|startVirtualThread|ofVirtual|ofPlatform|<init>)",
            "java\\.util\\.concurrent\\.TimeUnit\\.sleep",
            "java\\.util\\.concurrent\\.Executors\\..*",
            "java\\.util\\.concurrent\\.(ThreadPoolExecutor|ScheduledThreadPoolExecutor|ForkJoinPool)\\..*",
            "java\\.util\\.Timer\\..*",
            "java\\.util\\.concurrent\\.ThreadLocalRandom\\.current",
            "java\\.util\\.(Random|SplittableRandom)\\.<init>",
            "java\\.security\\.SecureRandom\\.(<init>|getInstance.*)",
            "java\\.lang\\.Math\\.random",
            "java\\.util\\.UUID\\.randomUUID"));

    /** Types that change under a static final name as much as under any other. */
    private static final Pattern MUTABLE = Pattern.compile(
            "java\\.util\\.concurrent\\.atomic\\..*|java\\.lang\\.(ThreadLocal|StringBuilder|StringBuffer)"
                    + "|java\\.util\\.(HashMap|LinkedHashMap|TreeMap|ArrayList|HashSet|ArrayDeque|Random|BitSet)"
                    + "|java\\.util\\.concurrent\\.Concurrent.*|java\\.util\\.concurrent\\..*Executor.*");

    @Test
    void timeChanceAndThreadsComeFromOutside() {
        Set<String> breaches = new TreeSet<>();
        for (JavaClass type : Shipped.classes()) {
            if (!Shipped.inRooms(type)) {
                continue;
            }
            for (JavaAccess<?> access : type.getAccessesFromSelf()) {
                String call = access.getTargetOwner().getName() + "." + access.getName();
                if (DIRECT.matcher(call).matches()) {
                    breaches.add(access.getDescription());
                }
            }
        }
        assertThat(breaches)
                .as("engine, stores and web take io.riptide.spi.Time, randomness and executors as arguments")
                .isEmpty();
    }

    @Test
    void staticFieldsAreConstants() {
        Set<String> breaches = new TreeSet<>();
        for (JavaClass type : Shipped.classes()) {
            for (JavaField field : type.getFields()) {
                if (field.getModifiers().contains(JavaModifier.STATIC)
                        && !field.getModifiers().contains(JavaModifier.SYNTHETIC)
                        && !isConstant(field)) {
                    breaches.add(field.getFullName());
                }
            }
        }
        assertThat(breaches).as("static mutable state").isEmpty();
    }

    private static boolean isConstant(JavaField field) {
        if (!field.getModifiers().contains(JavaModifier.FINAL)) {
            return false;
        }
        if (field.getRawType().isArray()) {
            return field.getModifiers().contains(JavaModifier.PRIVATE);
        }
        if (MUTABLE.matcher(field.getRawType().getName()).matches()) {
            return false;
        }
        boolean container = field.getRawType().isAssignableTo(Collection.class)
                || field.getRawType().isAssignableTo(Map.class);
        return !container || isUnchangeable(field);
    }

    private static boolean isUnchangeable(JavaField field) {
        Field reflected = field.reflect();
        reflected.setAccessible(true);
        try {
            String type = reflected.get(null).getClass().getName();
            return List.of(
                            "java.util.ImmutableCollections",
                            "java.util.Collections$Unmodifiable",
                            "java.util.Collections$Empty")
                    .stream()
                    .anyMatch(type::startsWith);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(field.getFullName(), e);
        }
    }

    @Test
    void exceptionsThatLeaveAreRipTidesOrTheJdksArgumentAndStateOnes() {
        Set<String> allowed = Set.of(
                "io.riptide.problem.RipTideException",
                "java.lang.IllegalArgumentException",
                "java.lang.IllegalStateException",
                "java.lang.NullPointerException",
                "java.lang.IndexOutOfBoundsException",
                "java.util.NoSuchElementException",
                // A platform without SHA-256 or UTF-8: cannot be.
                "java.lang.AssertionError",
                // Made by the compiler for a switch over a sealed type or an enum.
                "java.lang.MatchException");
        Set<String> breaches = new TreeSet<>();
        for (JavaClass type : Shipped.classes()) {
            if (!Shipped.inEngine(type) && !Shipped.room(type).equals("store")) {
                continue;
            }
            type.getConstructorCallsFromSelf().stream()
                    .filter(call -> call.getTargetOwner().isAssignableTo(Throwable.class))
                    .filter(call -> !allowed.contains(call.getTargetOwner().getName()))
                    // An exception that a package keeps to itself, or its call of its own super constructor.
                    .filter(call -> call.getTargetOwner().getModifiers().contains(JavaModifier.PUBLIC))
                    .filter(call -> !call.getOriginOwner().isAssignableTo(Throwable.class))
                    .forEach(call -> breaches.add(call.getDescription()));
        }
        assertThat(breaches).isEmpty();
    }

    @Test
    void publicMethodsDeclareNoCheckedException() {
        // A loader is the caller's own code and may fail as it likes; a sink is an output stream.
        Set<String> reasoned = Set.of(
                "io.riptide.cache.Loader.load", "io.riptide.entry.Entry.writeTo", "io.riptide.entry.Entry$Sink.write");
        Set<String> breaches = new TreeSet<>();
        Shipped.classes().stream()
                .filter(type -> Shipped.inEngine(type) || Shipped.room(type).equals("store"))
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .flatMap(type -> Arrays.stream(type.reflect().getDeclaredMethods()))
                .filter(method -> java.lang.reflect.Modifier.isPublic(method.getModifiers()))
                .filter(method -> !reasoned.contains(method.getDeclaringClass().getName() + "." + method.getName()))
                .filter(method -> Arrays.stream(method.getExceptionTypes())
                        .anyMatch(thrown -> !RuntimeException.class.isAssignableFrom(thrown)
                                && thrown != InterruptedException.class))
                .forEach(method -> breaches.add(method.toString()));
        assertThat(breaches).isEmpty();
    }
}
