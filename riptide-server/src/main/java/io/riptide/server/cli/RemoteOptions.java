package io.riptide.server.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --url}, {@code --api-key} and {@code --json}, for each command that calls a server. */
final class RemoteOptions {
    private static final String URL_VARIABLE = "RIPTIDE_URL";
    private static final String TENANT_KEY_VARIABLE = "RIPTIDE_API_KEY";
    private static final String ADMIN_KEY_VARIABLE = "RIPTIDE_ADMIN_API_KEY";
    private static final String LOCAL = "http://127.0.0.1:8080";
    private static final int MAX_KEY = 8192;
    private static final Pattern KEY = Pattern.compile("[!-~]{1," + MAX_KEY + "}");

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Where the server is. Default: " + URL_VARIABLE + ", else " + LOCAL)
    private @Nullable String url;

    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            description =
                    "Who calls: an API key or a JWT. Default: " + TENANT_KEY_VARIABLE + "; for what an admin does: "
                            + ADMIN_KEY_VARIABLE + ". Others on this machine can see an option, but not a variable.")
    private @Nullable String key;

    @Option(names = "--json", description = "Prints JSON, for programs; a problem as the document that it is.")
    private boolean json;

    boolean json() {
        return json;
    }

    /** The server for calls of a tenant's; the caller closes it. */
    RemoteServer asTenant(Map<String, String> environment) {
        return server(environment, TENANT_KEY_VARIABLE);
    }

    /** The server for calls of an admin's; the caller closes it. */
    RemoteServer asAdmin(Map<String, String> environment) {
        return server(environment, ADMIN_KEY_VARIABLE);
    }

    private RemoteServer server(Map<String, String> environment, String keyVariable) {
        String at = url == null ? environment.getOrDefault(URL_VARIABLE, LOCAL) : url;
        String credential = key == null ? environment.get(keyVariable) : key;
        if (key == null && credential != null && credential.isEmpty()) {
            credential = null;
        }
        // The value may be a secret even where it is not a key that could be sent.
        if (credential != null && !KEY.matcher(credential).matches()) {
            String name = key == null ? keyVariable : "--api-key";
            throw wrong(name + ": expected 1 to " + MAX_KEY + " printable characters of ASCII without spaces");
        }
        return new RemoteServer(address(at, url == null ? URL_VARIABLE : "--url"), credential, keyVariable, json);
    }

    /** The address without the slash that it may end with. A user and password in it are no way to call in here. */
    private String address(String text, String name) {
        try {
            URI uri = new URI(text);
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (http && uri.getHost() != null && uri.getRawUserInfo() == null) {
                if (uri.getRawQuery() == null && uri.getRawFragment() == null) {
                    return text.replaceAll("/+$", "");
                }
            }
        } catch (URISyntaxException e) {
            // Told below, without the text: what is not an address may be a secret in the wrong place.
        }
        throw wrong(name + ": expected an address such as " + LOCAL);
    }

    /** An argument that cannot be used, by its name. */
    ParameterException wrong(String message) {
        return new ParameterException(Objects.requireNonNull(command).commandLine(), message);
    }

    /**
     * An argument as text. Where the terminal's encoding is not UTF-8, Java puts U+FFFD for what it cannot read: that
     * would be another key, and the same one for many.
     */
    String text(String name, String argument) {
        if (argument.indexOf('\uFFFD') >= 0) {
            throw wrong(name + ": expected text in the terminal's encoding, which is "
                    + System.getProperty("sun.jnu.encoding") + " (LC_ALL=C.UTF-8 makes it UTF-8)");
        }
        return argument;
    }

    /** The query of those options that are given; each name is HTTP's and the option's. */
    String query(@Nullable String... namesAndValues) {
        StringBuilder query = new StringBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            String value = namesAndValues[i + 1];
            if (value != null) {
                query.append(query.isEmpty() ? '?' : '&').append(namesAndValues[i]);
                query.append('=').append(RemoteServer.encoded(text("--" + namesAndValues[i], value)));
            }
        }
        return query.toString();
    }
}
