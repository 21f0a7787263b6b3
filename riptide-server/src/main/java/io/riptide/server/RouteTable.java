package io.riptide.server;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All routes, found by their decoded segments. A literal segment goes before a variable one. */
final class RouteTable {
    private final List<Route> routes;
    private final Node root = new Node();

    RouteTable(List<Route> routes) {
        this.routes = List.copyOf(routes);
        for (Route route : routes) {
            add(route);
        }
    }

    /** In the order in which they were given. */
    List<Route> routes() {
        return routes;
    }

    /** What stands at a path, by method, or null where nothing does. */
    @Nullable Resource find(List<String> segments) {
        return find(root, segments, 0);
    }

    private static @Nullable Resource find(Node node, List<String> segments, int at) {
        if (at == segments.size()) {
            return node.resource;
        }
        Node literal = node.literals.get(segments.get(at));
        Resource found = literal == null ? null : find(literal, segments, at + 1);
        return found == null && node.variable != null ? find(node.variable, segments, at + 1) : found;
    }

    private void add(Route route) {
        Node node = root;
        for (String segment : parts(route.template())) {
            node = segment.startsWith("{") ? node.variable() : node.literal(segment);
        }
        if (node.resource == null) {
            node.resource = new Resource();
        }
        node.resource.put(route);
    }

    /** A template's segments. */
    static List<String> parts(String template) {
        List<String> parts = new ArrayList<>();
        for (int from = 1; from < template.length(); ) {
            int to = template.indexOf('/', from);
            to = to < 0 ? template.length() : to;
            parts.add(template.substring(from, to));
            from = to + 1;
        }
        return parts;
    }

    /** What stands at one path. Filled while the table is built, then only read. */
    static final class Resource {
        private final Map<String, Route> byMethod = new HashMap<>();
        private String allow = "";

        /** The route of a method, or null. */
        @Nullable Route route(String method) {
            return byMethod.get(method);
        }

        /** The methods that are there, as {@code Allow} has them. */
        String allow() {
            return allow;
        }

        private void put(Route route) {
            if (byMethod.put(route.method(), route) != null) {
                throw new IllegalArgumentException(route.method() + " " + route.template() + " is there twice");
            }
            if (route.method().equals("GET")) {
                byMethod.put("HEAD", route);
            }
            TreeSet<String> methods = new TreeSet<>(byMethod.keySet());
            methods.add("OPTIONS");
            allow = String.join(", ", methods);
        }
    }

    private static final class Node {
        private final Map<String, Node> literals = new HashMap<>();
        private @Nullable Node variable;
        private @Nullable Resource resource;

        private Node literal(String segment) {
            return literals.computeIfAbsent(segment, s -> new Node());
        }

        private Node variable() {
            if (variable == null) {
                variable = new Node();
            }
            return variable;
        }
    }
}
