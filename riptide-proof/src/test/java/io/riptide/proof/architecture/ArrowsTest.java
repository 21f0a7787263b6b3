package io.riptide.proof.architecture;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Who may import whom. The list below is the design; a change of it is a decision record in {@code docs/decisions}. */
class ArrowsTest {
    private static final Set<String> LEAVES = Set.of("problem", "observe");

    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            Map.entry(
                    "door",
                    Set.of(
                            "tenant", "cache", "session", "grant", "quota", "billing", "audit", "entry", "spi",
                            "config")),
            Map.entry("tenant", Set.of("grant", "quota", "billing", "audit", "entry", "spi", "config")),
            Map.entry("cache", Set.of("grant", "entry", "spi", "config", "billing", "quota")),
            Map.entry("grant", Set.of("quota", "billing", "entry", "spi")),
            Map.entry("quota", Set.of("spi", "config")),
            Map.entry("billing", Set.of("audit", "spi", "config")),
            Map.entry("audit", Set.of("spi")),
            Map.entry("spi", Set.of("entry")),
            Map.entry("entry", Set.of()),
            Map.entry("config", Set.of()),
            Map.entry("problem", Set.of()),
            Map.entry("observe", Set.of()),
            Map.entry("store", Set.of("spi", "entry", "config")),
            Map.entry("web", Set.of("door", "cache", "entry", "config")),
            Map.entry("testkit", Set.of("spi", "entry", "config")),
            Map.entry(
                    "server",
                    Set.of(
                            "", "web", "store", "door", "tenant", "grant", "quota", "cache", "entry", "billing",
                            "audit", "config", "spi")));

    @Test
    void roomsImportOnlyWhatTheArrowsAllow() {
        Set<String> breaches = new TreeSet<>();
        for (JavaClass type : Shipped.classes()) {
            String from = Shipped.room(type);
            if (from.isEmpty()) {
                continue;
            }
            assertThat(ARROWS)
                    .as("a room without arrows; add it to the list in this test")
                    .containsKey(from);
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (isOurs(target) && !allowed(from, Shipped.room(target))) {
                    breaches.add(from + " -> " + Shipped.room(target) + ": " + dependency.getDescription());
                }
            }
        }
        assertThat(breaches).as("imports against the arrows").isEmpty();
    }

    @Test
    void roomsFormNoCycle() {
        slices().matching("io.riptide.(*)..").should().beFreeOfCycles().check(Shipped.classes());
    }

    @Test
    void packagesOfTheServerFormNoCycle() {
        slices().matching("io.riptide.server.(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(Shipped.classes());
    }

    @Test
    void onlyTheFrontHallTheDoorAndTheServerSeeMoreThanOneManager() {
        Set<String> managers = Set.of(
                "io.riptide.cache.PersistentCacheManager",
                "io.riptide.tenant.TenantManager",
                "io.riptide.state.StateManager");
        Set<String> seeing = new TreeSet<>();
        for (JavaClass type : Shipped.classes()) {
            long seen = type.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getName())
                    .filter(managers::contains)
                    .distinct()
                    .count();
            if (seen > 1 && !Set.of("", "door", "server").contains(Shipped.room(type))) {
                seeing.add(type.getName());
            }
        }
        assertThat(seeing).isEmpty();
    }

    @Test
    void aStoreIsChosenInOneClassOfTheServer() {
        Set<String> choosing = new TreeSet<>();
        for (JavaClass type : Shipped.classes()) {
            boolean chooses = type.getDirectDependenciesFromSelf().stream()
                    .anyMatch(d -> Shipped.room(d.getTargetClass().getBaseComponentType())
                            .equals("store"));
            if (chooses && !Shipped.room(type).equals("store")) {
                choosing.add(outermost(type).getName());
            }
        }
        assertThat(choosing).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void theServerReadsRowsAndTouchesAStoreOnlyWhereItJoinsThemAndKeepsIdempotentCalls() {
        Set<String> touching = new TreeSet<>();
        for (JavaClass type : Shipped.classes()) {
            boolean touches = type.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getName())
                    .anyMatch(Set.of("io.riptide.spi.EntryStore", "io.riptide.spi.ControlStore")::contains);
            if (touches && Shipped.room(type).equals("server")) {
                touching.add(outermost(type).getSimpleName());
            }
        }
        // The demo ends a month over the files of its own server.
        assertThat(touching).containsExactly("DemoMonth", "HttpServer", "Idempotency", "RipTideServer", "Stores");
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(ArrowsTest::outermost).orElse(type);
    }

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().equals("io.riptide")
                || type.getPackageName().startsWith("io.riptide.");
    }

    private static boolean allowed(String from, String to) {
        return from.equals(to) || LEAVES.contains(to) || ARROWS.get(from).contains(to);
    }
}
