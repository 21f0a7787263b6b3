-- A row that is folded stands for a day: it begins at the day's first hour, and its epoch is empty.
ALTER TABLE tenant_usage ADD COLUMN "storage_byte_hours" BIGINT NOT NULL DEFAULT 0;

-- Which plan a tenant held when: a row for each, open (until_ms is null) while it is held. A trigger keeps them, so that
-- no change of a tenant is without. They outlive the tenant, for its last invoice.
CREATE TABLE tenant_plans (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id TEXT COLLATE "C" NOT NULL,
    tenant_created_ms BIGINT NOT NULL,
    plan TEXT NOT NULL,
    from_ms BIGINT NOT NULL,
    until_ms BIGINT
);
CREATE INDEX tenant_plans_by_tenant ON tenant_plans (tenant_id, tenant_created_ms);
INSERT INTO tenant_plans (tenant_id, tenant_created_ms, plan, from_ms, until_ms)
    SELECT id, created_ms, billing_plan, created_ms, CASE status WHEN 'deleting' THEN updated_ms END FROM tenants;
CREATE FUNCTION keep_plans() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE tenant_plans SET until_ms = CASE TG_OP WHEN 'DELETE' THEN OLD.updated_ms ELSE NEW.updated_ms END
            WHERE tenant_id = OLD.id AND tenant_created_ms = OLD.created_ms AND until_ms IS NULL;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO tenant_plans (tenant_id, tenant_created_ms, plan, from_ms)
            SELECT NEW.id, NEW.created_ms, NEW.billing_plan, NEW.updated_ms
            WHERE NEW.status <> 'deleting';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER plan_taken AFTER INSERT OR DELETE ON tenants FOR EACH ROW EXECUTE FUNCTION keep_plans();
CREATE TRIGGER plan_left AFTER UPDATE ON tenants FOR EACH ROW
    WHEN (NEW.billing_plan <> OLD.billing_plan OR NEW.status = 'deleting') EXECUTE FUNCTION keep_plans();

-- An invoice is added with the next number and never changes.
CREATE TABLE invoices (
    number BIGINT NOT NULL PRIMARY KEY,
    tenant_id TEXT COLLATE "C" NOT NULL,
    tenant_created_ms BIGINT NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    closed_ms BIGINT NOT NULL,
    currency TEXT NOT NULL,
    total TEXT NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (tenant_id, tenant_created_ms, period)
);
CREATE INDEX invoices_by_period ON invoices (period, number);
CREATE TABLE invoice_numbers (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    last BIGINT NOT NULL
);
INSERT INTO invoice_numbers (one, last) VALUES (1, 0);

-- Periods of which every tenant has its invoice.
CREATE TABLE closed_periods (
    period TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    closed_ms BIGINT NOT NULL
);
