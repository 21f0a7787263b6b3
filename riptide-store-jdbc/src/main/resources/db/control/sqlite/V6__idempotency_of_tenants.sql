-- Of which tenant a kept answer tells: it goes with the tenant.
ALTER TABLE idempotency ADD COLUMN tenant_id TEXT;
CREATE INDEX idempotency_by_tenant ON idempotency (tenant_id);
