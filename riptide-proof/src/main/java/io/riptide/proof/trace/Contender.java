package io.riptide.proof.trace;

/** What a trace is replayed to. */
enum Contender {
    /** RipTide's first tier over its store. */
    RIPTIDE("RipTide"),
    /** Caffeine alone. */
    CAFFEINE("Caffeine"),
    /** Least recently used. */
    LRU("LRU"),
    /** Belady's, which knows what comes. */
    OPTIMUM("optimum");

    private final String label;

    Contender(String label) {
        this.label = label;
    }

    /** As a table and a chart name it. */
    String label() {
        return label;
    }
}
