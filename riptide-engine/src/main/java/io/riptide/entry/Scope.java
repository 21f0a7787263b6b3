package io.riptide.entry;

import org.jspecify.annotations.Nullable;

/** What of a tenant's entries a removal covers. */
public sealed interface Scope {
    /** Everything. */
    Scope ALL = new All();

    /** Whether it covers an entry of that namespace. */
    boolean covers(String entryNamespace, Head head);

    /** See {@link #ALL}. */
    record All() implements Scope {
        @Override
        public boolean covers(String entryNamespace, Head head) {
            return true;
        }
    }

    /** A namespace. */
    record InNamespace(String namespace) implements Scope {
        @Override
        public boolean covers(String entryNamespace, Head head) {
            return namespace.equals(entryNamespace);
        }
    }

    /**
     * What carries a tag.
     *
     * @param namespace in which namespace, or null for all
     */
    record Tagged(@Nullable String namespace, String tag) implements Scope {
        @Override
        public boolean covers(String entryNamespace, Head head) {
            return (namespace == null || namespace.equals(entryNamespace))
                    && head.tags().contains(tag);
        }
    }

    /** One key of a namespace. */
    record Keyed(String namespace, String key) implements Scope {
        @Override
        public boolean covers(String entryNamespace, Head head) {
            return namespace.equals(entryNamespace) && head.key().equals(key);
        }
    }

    /** What of a namespace has a key that begins so. */
    record Prefixed(String namespace, String prefix) implements Scope {
        @Override
        public boolean covers(String entryNamespace, Head head) {
            return namespace.equals(entryNamespace) && head.key().startsWith(prefix);
        }
    }
}
