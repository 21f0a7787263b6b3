ALTER TABLE tenants ADD COLUMN encryption_enabled INTEGER NOT NULL DEFAULT 0 CHECK (encryption_enabled IN (0, 1));

-- Keys of encrypted tenants, each wrapped by the master key. An id that is used again begins anew.
CREATE TABLE keyring_tenants (
    tenant_id TEXT COLLATE "C" NOT NULL,
    tenant_created_ms BIGINT NOT NULL,
    name_secret BYTEA NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    PRIMARY KEY (tenant_id, tenant_created_ms)
);

-- How often a key may have been used, over all processes: they take uses before they make them.
CREATE TABLE keyring_keys (
    tenant_id TEXT COLLATE "C" NOT NULL,
    tenant_created_ms BIGINT NOT NULL,
    number INTEGER NOT NULL,
    wrapped BYTEA NOT NULL,
    created_ms BIGINT NOT NULL,
    uses BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, tenant_created_ms, number),
    FOREIGN KEY (tenant_id, tenant_created_ms)
        REFERENCES keyring_tenants (tenant_id, tenant_created_ms) ON DELETE CASCADE
);
