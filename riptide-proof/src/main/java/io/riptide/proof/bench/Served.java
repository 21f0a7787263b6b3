package io.riptide.proof.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** RipTide as a user starts it, by the launcher, over a data folder of its own. */
final class Served implements AutoCloseable {
    private static final String ADMIN_KEY = "bench-admin-key-0123456789abcdef";
    private static final Pattern READY = Pattern.compile("RipTide is ready: http://127\\.0\\.0\\.1:(\\d+) .*");
    private static final Pattern API_KEY = Pattern.compile("\"api_key\"\\s*:\\s*\"([^\"]+)\"");

    private final Path data;
    private final boolean kept;
    private final Map<String, String> settings;
    private Child child;

    private Served(Path data, boolean kept, Map<String, String> settings) throws Exception {
        this.data = data;
        this.kept = kept;
        this.settings = settings;
        this.child = launch();
    }

    static Served start() throws Exception {
        return start(Map.of());
    }

    /** With settings as its environment has them. */
    static Served start(Map<String, String> settings) throws Exception {
        return new Served(Files.createTempDirectory("riptide-bench"), false, settings);
    }

    /** Over a folder that stays when it ends. */
    static Served keeping(Path data) throws Exception {
        return new Served(data, true, Map.of());
    }

    private Child launch() throws Exception {
        Map<String, String> environment = new HashMap<>(settings);
        environment.put("RIPTIDE_ADMIN_API_KEY", ADMIN_KEY);
        Path launcher = Path.of(System.getProperty("riptide.root", "."), "riptide");
        return Child.start(
                List.of(
                        launcher.toString(),
                        "serve",
                        "--host",
                        "127.0.0.1",
                        "--port",
                        "0",
                        "--config",
                        data.resolve("no-config").toString(),
                        "--data",
                        data.toString()),
                environment,
                READY);
    }

    Child child() {
        return child;
    }

    int port() {
        return Integer.parseInt(child.ready());
    }

    /** Kills it and starts it once more over the same folder. */
    void killAndStart() throws Exception {
        child.kill();
        child = launch();
    }

    /** A tenant whose quotas nothing here meets; its API key. */
    String createTenant(String id) throws IOException {
        String json = "{\"id\":\"" + id + "\",\"name\":\"" + id + "\",\"owner_name\":\"O\","
                + "\"owner_email\":\"o@example.com\",\"billing_plan\":\"pro\",\"quotas\":{"
                + "\"operations_per_minute\":1000000000,\"memory_bytes\":1073741824,"
                + "\"storage_bytes\":1099511627776}}";
        byte[] request = Wire.request(
                "POST",
                "/admin/tenants",
                "Authorization: Bearer " + ADMIN_KEY + "\r\nContent-Type: application/json\r\n",
                json.getBytes(StandardCharsets.UTF_8));
        try (Wire wire = new Wire(port())) {
            Answer answer = wire.call(request);
            answer.expect(201);
            Matcher key = API_KEY.matcher(answer.body());
            if (!key.find()) {
                throw new IOException("no api_key in what creating a tenant answered");
            }
            return key.group(1);
        }
    }

    /** The header that a tenant's call carries. */
    static String credential(String apiKey) {
        return "Authorization: Bearer " + apiKey + "\r\n";
    }

    @Override
    public void close() throws IOException {
        child.close();
        if (!kept) {
            delete(data);
        }
    }

    /** With all that is in it. */
    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
