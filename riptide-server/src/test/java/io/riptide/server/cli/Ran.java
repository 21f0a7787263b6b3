package io.riptide.server.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What a command came to: its exit code and what it printed. */
record Ran(int code, String out, String err) {
    static Ran with(Map<String, String> environment, String... arguments) {
        return with(environment, new byte[0], arguments);
    }

    /** With these bytes on the standard input. */
    static Ran with(Map<String, String> environment, byte[] in, String... arguments) {
        return with(environment, in, false, arguments);
    }

    /** With someone at a terminal, who types that. */
    static Ran typing(Map<String, String> environment, String typed, String... arguments) {
        return with(environment, typed.getBytes(StandardCharsets.UTF_8), true, arguments);
    }

    private static Ran with(Map<String, String> environment, byte[] in, boolean someone, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = Terminal.of(new ByteArrayInputStream(in), out, err, someone);
        int code = Main.commandLine(environment, terminal).execute(arguments);
        terminal.out().flush();
        return new Ran(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
