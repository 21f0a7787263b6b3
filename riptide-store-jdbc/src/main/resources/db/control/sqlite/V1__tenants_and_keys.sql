CREATE TABLE tenants (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    owner_email TEXT NOT NULL,
    billing_plan TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'deleting')),
    suspended_reason TEXT,
    memory_bytes INTEGER NOT NULL,
    operations_per_minute INTEGER NOT NULL,
    storage_bytes INTEGER NOT NULL,
    active_sessions INTEGER NOT NULL,
    settings TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT;

-- A page of a listing is read from one of these, in the order of the ids, whatever it is narrowed by.
CREATE INDEX tenants_by_status ON tenants (status, id);
CREATE INDEX tenants_by_plan ON tenants (billing_plan, id);
CREATE INDEX tenants_by_status_and_plan ON tenants (status, billing_plan, id);

-- How many tenants there are, kept by triggers: counting rows would cost more with each tenant.
CREATE TABLE tenant_count (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    tenants INTEGER NOT NULL
) STRICT;
INSERT INTO tenant_count (one, tenants) VALUES (1, 0);
CREATE TRIGGER tenant_added AFTER INSERT ON tenants BEGIN
    UPDATE tenant_count SET tenants = tenants + 1 WHERE one = 1;
END;
CREATE TRIGGER tenant_removed AFTER DELETE ON tenants BEGIN
    UPDATE tenant_count SET tenants = tenants - 1 WHERE one = 1;
END;

-- Keys of tenants, and of administrators where tenant_id is null. A secret is nowhere, only its SHA-256.
CREATE TABLE api_keys (
    key_id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT REFERENCES tenants (id) ON DELETE CASCADE,
    role TEXT,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32),
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER,
    last_used_ms INTEGER,
    CHECK ((tenant_id IS NULL) <> (role IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX api_keys_by_tenant ON api_keys (tenant_id, key_id);

CREATE TABLE idempotency (
    credential TEXT NOT NULL,
    route TEXT NOT NULL,
    key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    status INTEGER,
    answer TEXT,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (credential, route, key)
) STRICT;
CREATE INDEX idempotency_by_age ON idempotency (created_ms);
CREATE INDEX idempotency_running ON idempotency (created_ms) WHERE status IS NULL;
