-- Ids are compared by their bytes, whatever the database's own order is.
CREATE TABLE tenants (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    owner_email TEXT NOT NULL,
    billing_plan TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'deleting')),
    suspended_reason TEXT,
    memory_bytes BIGINT NOT NULL,
    operations_per_minute BIGINT NOT NULL,
    storage_bytes BIGINT NOT NULL,
    active_sessions BIGINT NOT NULL,
    settings TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    version BIGINT NOT NULL
);

-- A page of a listing is read from one of these, in the order of the ids, whatever it is narrowed by.
CREATE INDEX tenants_by_status ON tenants (status, id);
CREATE INDEX tenants_by_plan ON tenants (billing_plan, id);
CREATE INDEX tenants_by_status_and_plan ON tenants (status, billing_plan, id);

-- How many tenants there are, kept by triggers: counting rows would cost more with each tenant.
CREATE TABLE tenant_count (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    tenants BIGINT NOT NULL
);
INSERT INTO tenant_count (one, tenants) VALUES (1, 0);
CREATE FUNCTION count_tenants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tenant_count SET tenants = tenants + CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END WHERE one = 1;
    RETURN NULL;
END $$;
CREATE TRIGGER tenants_counted AFTER INSERT OR DELETE ON tenants FOR EACH ROW EXECUTE FUNCTION count_tenants();

-- Keys of tenants, and of administrators where tenant_id is null. A secret is nowhere, only its SHA-256.
CREATE TABLE api_keys (
    key_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_id TEXT COLLATE "C" REFERENCES tenants (id) ON DELETE CASCADE,
    role TEXT,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    secret_hash BYTEA NOT NULL CHECK (octet_length(secret_hash) = 32),
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT,
    last_used_ms BIGINT,
    CHECK ((tenant_id IS NULL) <> (role IS NULL))
);
CREATE INDEX api_keys_by_tenant ON api_keys (tenant_id, key_id);

CREATE TABLE idempotency (
    credential TEXT NOT NULL,
    route TEXT NOT NULL,
    key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    status INTEGER,
    answer TEXT,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (credential, route, key)
);
CREATE INDEX idempotency_by_age ON idempotency (created_ms);

-- What was changed of tenants and keys, for processes that remember them. A lock that is held until the commit hands the
-- numbers out in the order of the commits: who has read one has read all before it.
CREATE TABLE control_changes (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX control_changes_by_age ON control_changes (at);
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7226714402);
    INSERT INTO control_changes (kind, id) VALUES (
        TG_ARGV[0],
        CASE WHEN TG_ARGV[0] = 'tenant' THEN to_jsonb(coalesce(NEW, OLD)) ->> 'id'
            ELSE to_jsonb(coalesce(NEW, OLD)) ->> 'key_id' END);
    PERFORM pg_notify('riptide_control', '');
    RETURN NULL;
END $$;
CREATE TRIGGER tenants_changed AFTER INSERT OR UPDATE OR DELETE ON tenants
    FOR EACH ROW EXECUTE FUNCTION note_change('tenant');
CREATE TRIGGER keys_changed AFTER INSERT OR DELETE OR UPDATE OF role, name, scopes, secret_hash, expires_ms ON api_keys
    FOR EACH ROW EXECUTE FUNCTION note_change('key');

-- Who does what one process at a time does, until when.
CREATE TABLE jobs (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until TIMESTAMPTZ NOT NULL
);
