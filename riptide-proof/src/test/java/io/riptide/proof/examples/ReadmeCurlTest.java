package io.riptide.proof.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.riptide.config.ConfigLoader;
import io.riptide.config.ConfigOutcome;
import io.riptide.config.PersistenceConfig;
import io.riptide.proof.Needs;
import io.riptide.server.RipTideServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's calls, each run as it stands there, by bash and curl, against a server that has just been started. */
class ReadmeCurlTest {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```\\n(.*?)^```$");
    private static final String ADDRESS = "http://127.0.0.1:8080";
    private static final String KEY = "rtk_…";
    private static final String ETAG = "\"…\"";
    private static final String PAGE = "https%3A%2F%2Fexample.com%2F";

    @TempDir
    Path folder;

    private RipTideServer server;
    private HttpServer site;

    @BeforeEach
    void start() throws IOException {
        Needs.program("bash");
        Needs.program("curl");
        List<String> settings = List.of("server.port=0", "web.allow_private_addresses=true");
        PersistenceConfig config =
                ((ConfigOutcome.Valid) new ConfigLoader(Map.of()).load(List.of(), settings)).config();
        server = RipTideServer.start(config, folder.resolve("data"), null);
        site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        site.createContext("/", exchange -> {
            byte[] page = "a page of the web".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        site.start();
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
        if (site != null) {
            site.stop(0);
        }
    }

    /** What a call is to answer. */
    private record Expected(String call, int status, String text) {}

    private static final List<Expected> EXPECTED = List.of(
            new Expected("/admin/tenants", 201, "\"id\":\"acme\""),
            new Expected("PUT $URL/v1/cache/pages/home", 201, ""),
            new Expected("-i $URL/v1/cache/pages/home", 200, "<h1>Home</h1>"),
            new Expected("/v1/cache/pages?limit=10", 200, "\"key\":\"home\""),
            new Expected("DELETE $URL/v1/cache/pages/home", 204, ""),
            new Expected("If-None-Match: *", 201, ""),
            new Expected("If-Match:", 204, ""),
            new Expected("_batch/set", 200, "{\"stored\":2,\"failed\":[]}"),
            new Expected("_batch/get", 200, "\"missing\":[\"c\"]"),
            new Expected("X-RipTide-Tags: prices,de", 201, ""),
            new Expected("?tag=prices", 200, "{\"removed\":1,\"exact\":true}"),
            new Expected("/v1/fetch", 200, "a page of the web"),
            new Expected("/v1/usage", 200, "\"tenant_id\":\"acme\""));

    @Test
    void eachCallAnswersAsAReaderWouldExpect() throws Exception {
        StringBuilder variables = new StringBuilder();
        List<String> calls = new ArrayList<>();
        String key = "";
        for (String line : lines()) {
            String call = line.replace(ADDRESS, "http://127.0.0.1:" + server.port())
                    .replace(KEY, key)
                    .replace(
                            PAGE,
                            URLEncoder.encode(
                                    "http://127.0.0.1:" + site.getAddress().getPort() + "/", StandardCharsets.UTF_8));
            if (!call.startsWith("curl ")) {
                variables.append(call).append('\n');
                continue;
            }
            if (call.contains(ETAG)) {
                call = call.replace(ETAG, etag(variables, call));
            }
            assertThat(calls).as("as many calls as answers that are known").hasSizeLessThan(EXPECTED.size());
            Expected expected = EXPECTED.get(calls.size());
            calls.add(line);
            assertThat(line).contains(expected.call());
            String answer = bash(variables + call + " -w '\\n%{http_code}'");
            assertThat(answer).as(call).endsWith("\n" + expected.status()).contains(expected.text());
            if (calls.size() == 1) {
                key = new ObjectMapper().readTree(answer).get("api_key").asText();
            }
        }
        assertThat(calls).hasSameSizeAs(EXPECTED);
    }

    /** The tag of the entry that a call changes, as a read gives it. */
    private String etag(StringBuilder variables, String call) throws Exception {
        Matcher url = Pattern.compile("\\$URL/\\S+").matcher(call);
        assertThat(url.find()).isTrue();
        String answer = bash(variables + "curl \"${A[@]}\" -i " + url.group());
        Matcher tag = Pattern.compile("(?mi)^etag: (\"[^\"]+\")").matcher(answer);
        assertThat(tag.find()).as(answer).isTrue();
        return tag.group(1);
    }

    /** The commands of the README's blocks that call the server, without comments, each on one line. */
    private static List<String> lines() {
        List<String> lines = new ArrayList<>();
        Matcher block = BLOCK.matcher(Readme.text());
        while (block.find()) {
            if (block.group(1).contains("curl ")) {
                block.group(1)
                        .replaceAll("\\\\\\n\\s*", "")
                        .lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .forEach(lines::add);
            }
        }
        return lines;
    }

    private String bash(String script) throws Exception {
        Process process = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(script + "\n" + answer).isZero();
        return answer;
    }
}
