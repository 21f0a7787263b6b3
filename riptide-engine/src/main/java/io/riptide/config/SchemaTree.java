package io.riptide.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The schema as sections within sections: finds the key that a path names, or says what is nearest. Immutable. */
final class SchemaTree {
    private static final Predicate<String> NAME =
            Pattern.compile("[A-Za-z0-9_.-]{1,64}").asMatchPredicate();

    private final Node root = new Node();
    private final List<String> paths;

    SchemaTree(List<ConfigKey> keys) {
        for (ConfigKey key : keys) {
            Node node = root;
            for (String name : key.path().split("\\.", -1)) {
                node = node.children.computeIfAbsent(name, n -> new Node());
            }
            node.key = key;
        }
        paths = keys.stream().map(ConfigKey::path).toList();
    }

    private static final class Node {
        private final Map<String, Node> children = new LinkedHashMap<>();
        private @Nullable ConfigKey key;
    }

    /** What a path names. */
    sealed interface Found {
        /** A key. */
        record Key(ConfigKey key) implements Found {}

        /** A section, which holds keys but no value. */
        record Section(List<String> children) implements Found {}

        /** Nothing: the step of that index is the first that is not known. */
        record Unknown(int step, String message) implements Found {}
    }

    Found find(List<String> names) {
        Node node = root;
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            Node any = node.children.get(ConfigSchema.ANY);
            if (any != null && !NAME.test(name)) {
                return new Found.Unknown(i, "not a name (expected 1 to 64 of A-Z a-z 0-9 _ . -)");
            }
            Node next = any != null ? any : node.children.get(name);
            if (next == null) {
                return new Found.Unknown(i, unknown(names, i, node));
            }
            node = next;
        }
        return node.key != null ? new Found.Key(node.key) : new Found.Section(List.copyOf(node.children.keySet()));
    }

    /** Splits a dotted path; a chosen name may itself hold dots, for what follows it is known to be one step. */
    static List<String> split(String path) {
        String namespaces = ConfigSchema.NAMESPACES;
        int last = path.lastIndexOf('.');
        if (!path.startsWith(namespaces) || last <= namespaces.length()) {
            return List.of(path.split("\\.", -1));
        }
        List<String> steps = new ArrayList<>(List.of(namespaces.split("\\.")));
        steps.add(path.substring(namespaces.length(), last));
        steps.add(path.substring(last + 1));
        return steps;
    }

    private String unknown(List<String> names, int step, Node section) {
        if (names.get(step).contains(".") && find(split(String.join(".", names))) instanceof Found.Key) {
            return "a key is nested, not written with dots (expected a section for each part)";
        }
        String prefix = step == 0 ? "" : String.join(".", names.subList(0, step)) + ".";
        String nearest = nearest(names.get(step), section, prefix);
        if (nearest != null) {
            return "unknown key (nearest: " + nearest + ")";
        }
        return section.children.isEmpty()
                ? "unknown key (this is a value, not a section)"
                : "unknown key (known here: " + String.join(", ", new TreeSet<>(section.children.keySet())) + ")";
    }

    /** A sibling spelled alike, else a key elsewhere of that name or spelled alike. */
    private @Nullable String nearest(String name, Node section, String prefix) {
        String sibling = EditDistance.nearest(name, section.children.keySet());
        if (sibling != null) {
            return prefix + sibling;
        }
        Map<String, String> byName = new LinkedHashMap<>();
        for (String path : paths) {
            String last = path.substring(path.lastIndexOf('.') + 1);
            if (!last.equals(ConfigSchema.ANY)) {
                byName.putIfAbsent(last, path);
            }
        }
        String elsewhere = EditDistance.nearest(name, byName.keySet());
        return elsewhere == null ? null : byName.get(elsewhere);
    }
}
