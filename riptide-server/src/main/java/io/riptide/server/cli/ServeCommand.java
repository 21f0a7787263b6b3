package io.riptide.server.cli;

import io.riptide.config.ConfigOutcome.Invalid;
import io.riptide.config.ConfigOutcome.Valid;
import io.riptide.config.PersistenceConfig;
import io.riptide.server.RipTideServer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code riptide serve}: the server in the foreground, until it is asked to stop. */
@Command(name = "serve", description = "Runs the server until SIGTERM or SIGINT, which end it with exit code 0.")
final class ServeCommand implements Callable<Integer> {
    private static final String ADMIN_KEY = "RIPTIDE_ADMIN_API_KEY";

    private final Map<String, String> environment;
    private final PrintWriter out;

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Option(names = "--host", paramLabel = "ADDRESS", description = "Address to listen on; wins over server.host.")
    private @Nullable String host;

    @Option(names = "--port", paramLabel = "PORT", description = "Port to listen on; wins over server.port.")
    private @Nullable Integer port;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "./data",
            description = "Folder that everything is kept in. Default: ${DEFAULT-VALUE}")
    private Path data = Path.of("./data");

    ServeCommand(Map<String, String> environment, PrintWriter out) {
        this.environment = environment;
        this.out = out;
    }

    @Override
    public Integer call() {
        List<String> more = new ArrayList<>();
        if (host != null) {
            more.add("server.host=" + host);
        }
        if (port != null) {
            more.add("server.port=" + port);
        }
        return switch (options.load(environment, more)) {
            case Valid valid -> serve(valid.config());
            case Invalid invalid -> {
                invalid.errors().forEach(out::println);
                yield Main.FAILED;
            }
        };
    }

    private int serve(PersistenceConfig config) {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        RipTideServer server = RipTideServer.start(config, data, environment.get(ADMIN_KEY));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "riptide-stop"));
        if (server.firstAdminKey() != null) {
            out.println("The first admin key, shown this once and kept in " + data.resolve("admin.key") + ":");
            out.println(server.firstAdminKey());
        }
        String address = config.server().host();
        String shown = address.contains(":") ? "[" + address + "]" : address;
        out.println("RipTide is ready: http://" + shown + ":" + server.port() + " (data in " + data + ")");
        out.flush();
        await();
        return 0;
    }

    /** A signal ends the process with a code that tells the signal; asked to stop and stopped in order, it is 0. */
    private void stop(RipTideServer server) {
        out.println("Stopping.");
        out.flush();
        server.close();
        Runtime.getRuntime().halt(0);
    }

    /** Until the process ends. */
    private static void await() {
        try {
            Thread.currentThread().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
