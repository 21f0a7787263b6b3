package io.riptide.proof.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.riptide.config.ConfigLoader;
import io.riptide.config.ConfigOutcome;
import io.riptide.config.PersistenceConfig;
import io.riptide.proof.ServerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code deploy/} ships: systemd takes the unit, the server the container's settings, and its check is right. */
class DeployTest {
    private static final Path DEPLOY = root().resolve("deploy");
    private static final Pattern STOP_SECONDS = Pattern.compile("TimeoutStopSec=(\\d+)");

    @TempDir
    private Path directory;

    private static Path root() {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("mvnw"))) {
            root = root.getParent();
        }
        return root;
    }

    @Test
    void systemdFindsNothingWrongWithTheUnit() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "systemd is not there");
        String unit = Files.readString(DEPLOY.resolve("systemd/riptide.service"));
        // It looks whether the program is there.
        Path copy = Files.writeString(
                directory.resolve("riptide.service"),
                unit.replace("/opt/riptide/riptide", root().resolve("riptide").toString()));
        // Of the machine's other units it may say what it likes.
        assertThat(run(List.of("systemd-analyze", "verify", copy.toString()))
                        .output()
                        .lines()
                        .filter(line -> line.contains("riptide.service")))
                .isEmpty();
    }

    @Test
    void theServerEndsByItselfBeforeItIsKilled() throws IOException {
        long own = PersistenceConfig.defaults().shutdownTimeoutSeconds();
        Matcher systemd = STOP_SECONDS.matcher(Files.readString(DEPLOY.resolve("systemd/riptide.service")));
        assertThat(systemd.find()).isTrue();
        assertThat(Long.parseLong(systemd.group(1))).isGreaterThan(own);
        String compose = service().get("stop_grace_period").asText();
        assertThat(Long.parseLong(compose.replace("s", ""))).isGreaterThan(own);
    }

    @Test
    void theContainersSettingsAreValid() throws IOException {
        Map<String, String> environment = new HashMap<>();
        service().get("environment").fields().forEachRemaining(one -> {
            if (!one.getValue().isNull()) {
                environment.put(one.getKey(), one.getValue().asText());
            }
        });
        assertThat(environment).containsKey("RIPTIDE_SERVER__HOST");
        assertThat(new ConfigLoader(environment).load(List.of(), List.of())).isInstanceOf(ConfigOutcome.Valid.class);
    }

    @Test
    void theContainersCheckTellsWhetherTheServerIsReady() throws Exception {
        List<String> check = new ArrayList<>();
        service().get("healthcheck").get("test").forEach(word -> check.add(word.asText()));
        assertThat(check.removeFirst()).isEqualTo("CMD");
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"))) {
            // Compose reads two dollar signs as one.
            check.replaceAll(word -> word.replace("$$", "$").replace("/8080", "/" + server.port()));
            assertThat(run(check)).isEqualTo(new Ended(0, ""));
            server.kill();
            assertThat(run(check).status()).isNotZero();
        }
    }

    @Test
    void eachOfThreeNodesIsRunAsTheOneIsAndSharesItsStores() throws IOException {
        JsonNode node = compose("nodes.yml").get("x-node");
        for (String name : List.of(
                "build",
                "read_only",
                "cap_drop",
                "security_opt",
                "ulimits",
                "stop_grace_period",
                "restart",
                "healthcheck")) {
            assertThat(node.get(name)).as(name).isEqualTo(service().get(name));
        }
        Map<String, String> environment = new HashMap<>();
        node.get("environment")
                .fields()
                .forEachRemaining(one -> environment.put(
                        one.getKey(), one.getValue().asText().replaceAll("\\$\\{[^}]*}", "something-that-is-secret")));
        ConfigOutcome outcome = new ConfigLoader(environment).load(List.of(), List.of());
        assertThat(outcome).isInstanceOfSatisfying(ConfigOutcome.Valid.class, valid -> {
            assertThat(valid.config().redis().used()).isTrue();
            assertThat(valid.config().control().shared()).isTrue();
        });
    }

    @Test
    void theProxyTakesItsConfiguration() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/nginx")), "nginx is not there");
        // Names that only the containers' network knows.
        Path copy = Files.writeString(
                directory.resolve("proxy.conf"),
                Files.readString(DEPLOY.resolve("compose/proxy.conf")).replaceAll("riptide-\\d:", "127.0.0.1:"));
        Ended ended = run(List.of("/usr/sbin/nginx", "-t", "-c", copy.toString()));
        assertThat(ended.status()).as(ended.output()).isZero();
    }

    private static JsonNode service() throws IOException {
        return compose("compose.yml").get("services").get("riptide");
    }

    private static JsonNode compose(String file) throws IOException {
        return new YAMLMapper()
                .readTree(Files.readString(DEPLOY.resolve("compose").resolve(file)));
    }

    /** How a program ended, and all that it said. */
    private record Ended(int status, String output) {}

    private static Ended run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }
}
