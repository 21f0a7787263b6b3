package io.riptide.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.riptide.config.Setting.Kind;
import io.riptide.config.Setting.Step;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * One YAML file as a list of settings with their lines. It is read as a stream of tokens: no object is built from it,
 * and aliases and tags are refused, so that a small file cannot unfold into a large one.
 */
final class YamlReader {
    static final int MAX_BYTES = 1 << 20;
    private static final int MAX_DEPTH = 16;
    private static final YAMLFactory YAML = new YAMLFactory();

    private final String file;
    private final List<ConfigError> errors;
    private final List<Setting> settings = new ArrayList<>();

    private YamlReader(String file, List<ConfigError> errors) {
        this.file = file;
        this.errors = errors;
    }

    /** What is written there; what is wrong is added to the errors, and then the settings may be only some. */
    static List<Setting> read(String file, byte[] bytes, List<ConfigError> errors) {
        YamlReader reader = new YamlReader(file, errors);
        String text = reader.decode(bytes);
        if (text != null) {
            reader.parse(text);
        }
        return reader.settings;
    }

    private @Nullable String decode(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            error(1, "", "the file is too large (expected at most " + MAX_BYTES + " bytes)");
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(in);
            return text.length() > 0 && text.charAt(0) == '\uFEFF'
                    ? text.subSequence(1, text.length()).toString()
                    : text.toString();
        } catch (CharacterCodingException e) {
            int line = 1;
            for (int i = 0; i < in.position(); i++) {
                line += bytes[i] == '\n' ? 1 : 0;
            }
            error(line, "", "bytes that are not text (expected UTF-8)");
            return null;
        }
    }

    private void parse(String text) {
        int[] line = {1};
        try (YAMLParser parser = YAML.createParser(text)) {
            document(parser, line);
        } catch (IOException | RuntimeException e) {
            // The YAML library is known to throw unchecked exceptions of its own on some malformed input.
            String message = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
            error(line(e, line[0]), "", syntax(message));
        }
    }

    /** Where the problem is, rather than where the token began that it spoils. */
    private static int line(Exception e, int otherwise) {
        if (e.getCause() instanceof MarkedYAMLException marked) {
            Mark mark = marked.getProblemMark();
            return mark == null ? otherwise : mark.getLine() + 1;
        }
        JsonLocation at = e instanceof JsonProcessingException json ? json.getLocation() : null;
        return at == null ? otherwise : Math.max(1, at.getLineNr());
    }

    private void document(YAMLParser parser, int[] line) throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            return;
        }
        if (first == JsonToken.START_OBJECT) {
            refuseReferences(parser, "");
            section(parser, List.of(), line);
        } else if (first != JsonToken.VALUE_NULL) {
            error(line(parser), "", "the file holds no sections (expected key: value)");
            return;
        }
        if (parser.nextToken() != null) {
            error(line(parser), "", "a second document begins here (expected one for each file)");
        }
    }

    private void section(YAMLParser parser, List<Step> at, int[] line) throws IOException {
        Map<String, Integer> seen = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            line[0] = line(parser);
            List<Step> steps = new ArrayList<>(at);
            steps.add(new Step(parser.currentName(), line[0]));
            Setting here = new Setting(steps, "", Kind.EMPTY_SECTION, file);
            refuseReferences(parser, here.path());
            Integer before = seen.putIfAbsent(parser.currentName(), line[0]);
            if (before != null) {
                error(line[0], here.path(), "written twice (also in line " + before + ")");
            }
            value(parser, here, line);
        }
        if (seen.isEmpty() && !at.isEmpty()) {
            settings.add(new Setting(at, "", Kind.EMPTY_SECTION, file));
        }
    }

    private void value(YAMLParser parser, Setting here, int[] line) throws IOException {
        JsonToken token = parser.nextToken();
        refuseReferences(parser, here.path());
        if (token == JsonToken.START_OBJECT) {
            if (here.steps().size() >= MAX_DEPTH) {
                error(line(parser), here.path(), "nested too deep (expected at most " + MAX_DEPTH + " levels)");
                parser.skipChildren();
            } else {
                section(parser, here.steps(), line);
            }
        } else if (token == JsonToken.START_ARRAY) {
            parser.skipChildren();
            settings.add(new Setting(here.steps(), "", Kind.LIST, file));
        } else {
            settings.add(new Setting(here.steps(), parser.getText(), kind(token), file));
        }
    }

    private static Kind kind(JsonToken token) {
        return switch (token) {
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Kind.NUMBER;
            case VALUE_TRUE, VALUE_FALSE -> Kind.FLAG;
            case VALUE_NULL -> Kind.NOTHING;
            default -> Kind.TEXT;
        };
    }

    private void refuseReferences(YAMLParser parser, String path) throws IOException {
        if (parser.isCurrentAlias() || parser.getObjectId() != null) {
            error(line(parser), path, "anchors and aliases are not read (expected the value itself)");
        } else if (parser.getTypeId() != null) {
            error(line(parser), path, "tags are not read (expected the value itself)");
        }
    }

    private static int line(YAMLParser parser) {
        return Math.max(1, parser.currentTokenLocation().getLineNr());
    }

    /** The parser's words without its excerpts of the file, which stand on indented lines and may show a secret. */
    private static String syntax(@Nullable String message) {
        if (message == null) {
            return "not YAML";
        }
        String words = message.lines()
                .filter(l -> !l.isBlank() && !l.startsWith(" "))
                .map(String::strip)
                .collect(Collectors.joining("; "));
        return "not YAML: " + Shown.printable(words, 200);
    }

    private void error(int line, String path, String message) {
        errors.add(new ConfigError(new ConfigOrigin(file, line), path, message));
    }
}
