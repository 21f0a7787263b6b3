package io.riptide.proof.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.riptide.proof.ServerProcess;
import io.riptide.testkit.FaultProxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe of docs/faults.md, compiled and run; and the page shows this very text. */
class FaultsRecipeTest {
    private static final String BEGINS = "        // recipe begins";
    private static final String ENDS = "        // recipe ends";

    @TempDir
    Path data;

    /** Your client: it gives up after a while. */
    private record Client(int port) {
        private static final HttpClient HTTP = HttpClient.newHttpClient();

        int status(Duration patience) throws Exception {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/healthz"))
                    .timeout(patience)
                    .build();
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }

    private static void aClientGivesUpWhileTheServerHangsAndGoesOnAfterwards(int serverPort) throws Exception {
        // recipe begins
        try (FaultProxy network = FaultProxy.before("127.0.0.1", serverPort)) {
            Client client = new Client(network.port());
            assertThat(client.status(Duration.ofSeconds(20))).isEqualTo(200);
            network.freeze();
            assertThatThrownBy(() -> client.status(Duration.ofMillis(300))).isInstanceOf(HttpTimeoutException.class);
            network.heal();
            network.delay(FaultProxy.Way.TO_SERVER, Duration.ofMillis(200));
            assertThat(client.status(Duration.ofSeconds(20))).isEqualTo(200);
        }
        // recipe ends
    }

    @Test
    void theRecipeWorks() throws Exception {
        try (ServerProcess server = ServerProcess.start(data.resolve("data"))) {
            aClientGivesUpWhileTheServerHangsAndGoesOnAfterwards(server.port());
        }
    }

    @Test
    void thePageShowsThisRecipe() {
        assertThat(Readme.example(Readme.text("docs/faults.md"))).isEqualTo(Readme.example(getClass(), BEGINS, ENDS));
    }
}
