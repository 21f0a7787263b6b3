package io.riptide.store.redis;

import io.riptide.entry.Ciphers;
import io.riptide.entry.EntryCipher;
import io.riptide.entry.Scope;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A scope as it stands in the name of a field: {@code kind:namespace:rest}. */
final class ScopeText {
    private ScopeText() {}

    /** Its words as they are, or veiled, which a capital letter says. */
    static String print(Scope scope, EntryCipher cipher) {
        if (!cipher.encrypts()) {
            return print(scope);
        }
        return switch (scope) {
            case Scope.Tagged(var namespace, var tag) ->
                "T:" + (namespace == null ? "" : namespace) + ":" + cipher.veil(tag);
            case Scope.Keyed(var namespace, var key) -> "K:" + namespace + ":" + cipher.veil(key);
            case Scope.Prefixed(var namespace, var prefix) -> "P:" + namespace + ":" + cipher.veil(prefix);
            case Scope.All all -> print(scope);
            case Scope.InNamespace in -> print(scope);
        };
    }

    private static String print(Scope scope) {
        return switch (scope) {
            case Scope.All all -> "a::";
            case Scope.InNamespace(var namespace) -> "n:" + namespace + ":";
            case Scope.Tagged(var namespace, var tag) -> "t:" + (namespace == null ? "" : namespace) + ":" + tag;
            case Scope.Keyed(var namespace, var key) -> "k:" + namespace + ":" + key;
            case Scope.Prefixed(var namespace, var prefix) -> "p:" + namespace + ":" + prefix;
        };
    }

    /** What {@link #print} printed for that tenant; null where its words do not open any more. */
    static @Nullable Scope parse(String text, String tenantId, Ciphers ciphers) {
        String[] parts = text.split(":", 3);
        if (Character.isUpperCase(parts[0].charAt(0))) {
            String word = ciphers.find(tenantId).unveil(parts[2]);
            if (word == null) {
                return null;
            }
            parts[2] = word;
        }
        return switch (parts[0].toLowerCase(Locale.ROOT)) {
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
