package io.riptide.store.redis;

import io.riptide.entry.Scope;

/** A scope as it stands in the name of a field: {@code kind:namespace:rest}. */
final class ScopeText {
    private ScopeText() {}

    static String print(Scope scope) {
        return switch (scope) {
            case Scope.All all -> "a::";
            case Scope.InNamespace(var namespace) -> "n:" + namespace + ":";
            case Scope.Tagged(var namespace, var tag) -> "t:" + (namespace == null ? "" : namespace) + ":" + tag;
            case Scope.Keyed(var namespace, var key) -> "k:" + namespace + ":" + key;
            case Scope.Prefixed(var namespace, var prefix) -> "p:" + namespace + ":" + prefix;
        };
    }

    static Scope parse(String text) {
        String[] parts = text.split(":", 3);
        return switch (parts[0]) {
            case "a" -> Scope.ALL;
            case "n" -> new Scope.InNamespace(parts[1]);
            case "t" -> new Scope.Tagged(parts[1].isEmpty() ? null : parts[1], parts[2]);
            case "k" -> new Scope.Keyed(parts[1], parts[2]);
            case "p" -> new Scope.Prefixed(parts[1], parts[2]);
            default -> throw new IllegalStateException("an unknown kind of scope: " + parts[0]);
        };
    }

    /** The namespace that it is within, or nothing. */
    static String namespace(Scope scope) {
        return switch (scope) {
            case Scope.All all -> "";
            case Scope.InNamespace(var namespace) -> namespace;
            case Scope.Tagged(var namespace, var tag) -> namespace == null ? "" : namespace;
            case Scope.Keyed(var namespace, var key) -> namespace;
            case Scope.Prefixed(var namespace, var prefix) -> namespace;
        };
    }

    /** What is taken off the sums as a whole: a namespace, {@code *} for all, or nothing. */
    static String freed(Scope scope) {
        return switch (scope) {
            case Scope.All all -> "*";
            case Scope.InNamespace(var namespace) -> namespace;
            default -> "";
        };
    }
}
