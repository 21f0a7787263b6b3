package io.riptide.proof.bench;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The peer: a handler that answers the same bytes with the same headers, and does nothing else. */
public final class BareServer {
    private record Field(HeaderName name, String value) {}

    private BareServer() {}

    /** Arguments: a file with the headers, a line each, and one with the body. Prints the port. */
    public static void main(String[] arguments) throws Exception {
        List<Field> fields = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            int colon = line.indexOf(':');
            fields.add(new Field(
                    HeaderNames.create(line.substring(0, colon)),
                    line.substring(colon + 1).strip()));
        }
        byte[] body = Files.readAllBytes(Path.of(arguments[1]));
        WebServer server = WebServer.builder()
                .host("127.0.0.1")
                .port(0)
                .routing(routing -> routing.get("/{+path}", (request, response) -> {
                    for (Field field : fields) {
                        response.header(field.name(), field.value());
                    }
                    response.send(body);
                }))
                .build()
                .start();
        System.out.println("bare " + server.port());
    }
}
