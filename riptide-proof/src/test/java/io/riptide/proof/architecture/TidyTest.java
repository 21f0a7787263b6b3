package io.riptide.proof.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.SynchronizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import io.riptide.observe.MetricName;
import io.riptide.problem.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** What a reader of the files would stumble over. */
class TidyTest {
    private static final int LINE_LENGTH = 120;
    private static final int METHOD_LINES = 70;
    private static final int FILE_LINES = 600;

    private static final Pattern UNFINISHED = Pattern.compile(
            "\\bTODO|FIXME|XXX|\\bfor now\\b|placeholder|not (yet )?implemented|\\bstub(bed)?\\b|\\bdummy\\b"
                    + "|hard-?coded|simplified version",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern SLEEP = Pattern.compile("Thread\\.sleep|TimeUnit\\.[A-Z]+\\.sleep");
    private static final Pattern DIRECT_TIME =
            Pattern.compile("System\\.(currentTimeMillis|nanoTime)\\(|Instant\\.now\\(\\)|new Random\\(");
    private static final Pattern ASSERTS_NOTHING = Pattern.compile("@Disabled|@Ignore|assertTrue\\(true\\)"
            + "|catch \\((Exception|Throwable) [a-z]+\\) *\\{ *\\}|catch \\([A-Za-z| ]+ ignored\\) *\\{ *\\}");
    private static final Pattern MACHINE_PATH = Pattern.compile("(^|[^A-Za-z0-9_.])/(home|Users|work|farm|root)/");

    private static List<Path> allJava() {
        return Stream.of("main", "test")
                .flatMap(set -> Shipped.javaFiles(set).stream())
                .toList();
    }

    @Test
    void linesAreShort() {
        assertThat(linesWhere(allJava(), line -> line.length() > LINE_LENGTH)).isEmpty();
    }

    @Test
    void filesCanBeReadInASitting() {
        assertThat(allJava().stream()
                        .filter(file -> lines(file).size() > FILE_LINES)
                        .map(Shipped::name))
                .isEmpty();
    }

    @Test
    void methodsAreShort() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path file : allJava()) {
            scan(file, (tree, unit, lineMap, positions) -> {
                if (tree instanceof MethodTree method && method.getBody() != null) {
                    long first = lineMap.getLineNumber(positions.getStartPosition(unit, method.getBody()));
                    long last = lineMap.getLineNumber(positions.getEndPosition(unit, method.getBody()));
                    if (last - first + 1 > METHOD_LINES) {
                        tooLong.add(Shipped.name(file) + ":" + first + " " + method.getName());
                    }
                }
            });
        }
        assertThat(tooLong).isEmpty();
    }

    @Test
    void quotasAndEntriesTakeNoLock() throws IOException {
        List<String> locks = new ArrayList<>();
        for (Path file : Shipped.javaFiles("main")) {
            if (!file.toString().matches(".*/io/riptide/(quota|entry)/.*")) {
                continue;
            }
            scan(file, (tree, unit, lineMap, positions) -> {
                boolean method = tree instanceof MethodTree declared
                        && declared.getModifiers().getFlags().contains(Modifier.SYNCHRONIZED);
                if (method || tree instanceof SynchronizedTree) {
                    locks.add(Shipped.name(file) + ":" + lineMap.getLineNumber(positions.getStartPosition(unit, tree)));
                }
            });
        }
        assertThat(locks).isEmpty();
    }

    @Test
    void everyMainPackageSaysWhatItIs() {
        assertThat(Shipped.javaFiles("main").stream()
                        .map(Path::getParent)
                        .distinct()
                        .filter(directory -> !Files.exists(directory.resolve("package-info.java")))
                        .map(Shipped::name))
                .isEmpty();
    }

    @Test
    void nothingThatShipsIsMarkedUnfinished() {
        List<Path> shipped = new ArrayList<>(Shipped.modules()
                .map(module -> module.resolve("src/main"))
                .filter(Files::isDirectory)
                .flatMap(Shipped::walk)
                .filter(TidyTest::isText)
                .toList());
        Stream.of("riptide", ".ci/run", "bench/run", "bench/traces", "bench/prepare.sh")
                .map(Shipped.root()::resolve)
                .filter(Files::isRegularFile)
                .forEach(shipped::add);
        assertThat(linesMatching(shipped, UNFINISHED)).isEmpty();
    }

    @Test
    void nothingSleeps() {
        assertThat(linesMatching(allJavaButThis(), SLEEP)).isEmpty();
    }

    @Test
    void noTestIsSwitchedOffOrAssertsNothing() {
        assertThat(linesMatching(allJavaButThis(), ASSERTS_NOTHING)).isEmpty();
    }

    @Test
    void engineAndStoresReadNoClockButTheCoarseOne() {
        List<Path> files = Shipped.javaFiles("main").stream()
                .filter(file -> Shipped.name(file).matches("riptide-(engine|store-[a-z]+)/.*"))
                .filter(file -> !file.endsWith("io/riptide/CoarseTime.java"))
                .toList();
        assertThat(linesMatching(files, DIRECT_TIME)).isEmpty();
    }

    @Test
    void noPathOfOneMachineIsNamed() {
        List<Path> files = new ArrayList<>(allJavaButThis());
        Path docs = Shipped.root().resolve("docs");
        if (Files.isDirectory(docs)) {
            files.addAll(Shipped.walk(docs).filter(TidyTest::isText).toList());
        }
        assertThat(linesMatching(files, MACHINE_PATH)).isEmpty();
    }

    @Test
    void everyProblemHasItsPage() {
        Path pages = Shipped.root().resolve("docs/problems");
        assertThat(pages).isDirectory();
        assertThat(ProblemCode.values())
                .allSatisfy(
                        code -> assertThat(pages.resolve(code.code() + ".md")).isNotEmptyFile());
    }

    @Test
    void everyMetricStandsInTheOperationsPageAsItIs() {
        String page = Shipped.text(Shipped.root().resolve("docs/operations.md"));
        List<String> rows = page.lines()
                .filter(line -> line.matches("\\| `[a-z_]+` \\| (counter|gauge|histogram) \\|.*"))
                .map(line -> line.replaceAll("^(\\|[^|]*\\|[^|]*\\|[^|]*\\|).*", "$1"))
                .toList();
        assertThat(rows)
                .containsExactly(Stream.of(MetricName.values())
                        .map(metric -> "| `" + metric.text() + "` | " + metric.type() + " | "
                                + metric.labels().stream()
                                        .map(label -> "`" + label + "`")
                                        .collect(Collectors.joining(", "))
                                + " |")
                        .toArray(String[]::new));
    }

    private static List<Path> allJavaButThis() {
        return allJava().stream()
                .filter(file -> !file.endsWith("TidyTest.java"))
                .toList();
    }

    private static boolean isText(Path file) {
        return file.toString().matches(".*\\.(java|sql|yml|yaml|json|md|html|txt|properties|xml|sh|conf)");
    }

    private static List<String> lines(Path file) {
        return Shipped.text(file).lines().toList();
    }

    private static List<String> linesMatching(List<Path> files, Pattern pattern) {
        return linesWhere(files, line -> pattern.matcher(line).find());
    }

    private static List<String> linesWhere(List<Path> files, Function<String, Boolean> condition) {
        return files.stream()
                .flatMap(file -> {
                    List<String> lines = lines(file);
                    return IntStream.range(0, lines.size())
                            .filter(i -> condition.apply(lines.get(i)))
                            .mapToObj(i -> Shipped.name(file) + ":" + (i + 1) + " "
                                    + lines.get(i).strip());
                })
                .toList();
    }

    private interface Visitor {
        void visit(Tree tree, CompilationUnitTree unit, LineMap lines, SourcePositions positions);
    }

    private static void scan(Path file, Visitor visitor) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask)
                    compiler.getTask(null, files, null, List.of("-proc:none"), null, files.getJavaFileObjects(file));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                new TreeScanner<Void, Void>() {
                    @Override
                    public Void scan(Tree tree, Void unused) {
                        if (tree != null) {
                            visitor.visit(tree, unit, unit.getLineMap(), positions);
                        }
                        return super.scan(tree, unused);
                    }
                }.scan(unit, null);
            }
        }
    }
}
