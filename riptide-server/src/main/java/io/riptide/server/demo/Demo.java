package io.riptide.server.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpClient;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code riptide demo}. Exit codes: 0 where every step answered as it should, else 1. */
@Command(
        name = "demo",
        description =
                "Shows what RipTide does, on this machine alone: a website, a server, tenants, quota, invoice, a kill.")
public final class Demo implements Callable<Integer> {
    private static final int FAILED = 1;

    private final PrintWriter out;
    private final Class<?> main;

    @Option(names = "--exit", description = "Stops at the end instead of staying up; 1 where a step failed.")
    private boolean exit;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where the server keeps its data (default: a new folder).")
    private @Nullable Path data;

    @Option(names = "--port", paramLabel = "PORT", description = "The server's port (default: a free one).")
    private int port;

    /** Starts the server as another process of the given main class. */
    public Demo(PrintWriter out, Class<?> main) {
        this.out = out;
        this.main = main;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (data != null && !isNew(data)) {
            out.println("riptide: --data: " + data + " holds something already (expected: a new or an empty folder)");
            return FAILED;
        }
        Path folder = Files.createTempDirectory("riptide-demo-");
        DemoScreen screen = DemoScreen.standard(out);
        try (DemoSite site = DemoSite.start();
                HttpClient http = client();
                DemoServer server = new DemoServer(main, data == null ? folder.resolve("data") : data, port, key())) {
            Thread atCtrlC = Thread.ofPlatform().unstarted(() -> end(server, folder));
            Runtime.getRuntime().addShutdownHook(atCtrlC);
            int code = run(screen, site, server, http);
            if (code == 0 && !exit) {
                screen.faint("Everything stays up until Ctrl-C.");
                out.flush();
                new CountDownLatch(1).await();
            }
            Runtime.getRuntime().removeShutdownHook(atCtrlC);
            return code;
        } finally {
            delete(folder);
        }
    }

    private int run(DemoScreen screen, DemoSite site, DemoServer server, HttpClient http)
            throws IOException, InterruptedException {
        DemoRun run = new DemoRun(screen, site, server, DemoClient.anyone(http, server.url()));
        try {
            run.run();
        } catch (DemoFailure e) {
            run.failures().add(String.valueOf(e.getMessage()));
        }
        if (run.failures().isEmpty()) {
            screen.check(true, "Every step answered as it should.");
            return 0;
        }
        run.failures().forEach(failure -> screen.check(false, failure));
        return FAILED;
    }

    private static boolean isNew(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return true;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            return !files.iterator().hasNext();
        }
    }

    private static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofSeconds(2))
                .build();
    }

    private static String key() {
        byte[] secret = new byte[24];
        new SecureRandom().nextBytes(secret);
        return "demo_" + HexFormat.of().formatHex(secret);
    }

    private static void end(DemoServer server, Path folder) {
        server.close();
        try {
            delete(folder);
        } catch (IOException e) {
            // A folder for temporary files: what is left there is the system's to clear.
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, @Nullable IOException failure) throws IOException {
                Files.delete(each);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
