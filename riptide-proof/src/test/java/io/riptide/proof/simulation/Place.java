package io.riptide.proof.simulation;

/** A key of one tenant. */
record Place(String tenant, String namespace, String key) {
    @Override
    public String toString() {
        return tenant + "/" + namespace + "/" + key;
    }
}
