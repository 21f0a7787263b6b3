package io.riptide.store.rocksdb;

/** The column families, of which the package's description tells. The default one comes first, as RocksDB wants it. */
enum Column {
    META("default"),
    ENTRY("entry"),
    HEAD("head"),
    EXPIRY("expiry"),
    TAG("tag"),
    USAGE("usage");

    private final String label;

    Column(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
