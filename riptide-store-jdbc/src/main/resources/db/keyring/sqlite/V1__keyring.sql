-- Keys of encrypted tenants, each wrapped by the master key. An id that is used again begins anew.
CREATE TABLE keyring_tenants (
    tenant_id TEXT NOT NULL,
    tenant_created_ms INTEGER NOT NULL,
    name_secret BLOB NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    PRIMARY KEY (tenant_id, tenant_created_ms)
) STRICT, WITHOUT ROWID;

-- How often a key may have been used, over all processes: they take uses before they make them.
CREATE TABLE keyring_keys (
    tenant_id TEXT NOT NULL,
    tenant_created_ms INTEGER NOT NULL,
    number INTEGER NOT NULL,
    wrapped BLOB NOT NULL,
    created_ms INTEGER NOT NULL,
    uses INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, tenant_created_ms, number),
    FOREIGN KEY (tenant_id, tenant_created_ms)
        REFERENCES keyring_tenants (tenant_id, tenant_created_ms) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
