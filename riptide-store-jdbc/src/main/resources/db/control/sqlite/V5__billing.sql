-- Which plan a tenant held when: a row for each, open (until_ms is null) while it is held. Triggers keep them, so that
-- no change of a tenant is without. They outlive the tenant, for its last invoice.
CREATE TABLE tenant_plans (
    number INTEGER NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    tenant_created_ms INTEGER NOT NULL,
    plan TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    until_ms INTEGER
) STRICT;
CREATE INDEX tenant_plans_by_tenant ON tenant_plans (tenant_id, tenant_created_ms);
INSERT INTO tenant_plans (tenant_id, tenant_created_ms, plan, from_ms, until_ms)
    SELECT id, created_ms, billing_plan, created_ms, CASE status WHEN 'deleting' THEN updated_ms END FROM tenants;
CREATE TRIGGER plan_taken AFTER INSERT ON tenants BEGIN
    INSERT INTO tenant_plans (tenant_id, tenant_created_ms, plan, from_ms)
        VALUES (NEW.id, NEW.created_ms, NEW.billing_plan, NEW.updated_ms);
END;
CREATE TRIGGER plan_left AFTER UPDATE OF billing_plan, status ON tenants
WHEN NEW.billing_plan <> OLD.billing_plan OR NEW.status = 'deleting' BEGIN
    UPDATE tenant_plans SET until_ms = NEW.updated_ms
        WHERE tenant_id = NEW.id AND tenant_created_ms = NEW.created_ms AND until_ms IS NULL;
    INSERT INTO tenant_plans (tenant_id, tenant_created_ms, plan, from_ms)
        SELECT NEW.id, NEW.created_ms, NEW.billing_plan, NEW.updated_ms
        WHERE NEW.status <> 'deleting';
END;
CREATE TRIGGER plan_ended AFTER DELETE ON tenants BEGIN
    UPDATE tenant_plans SET until_ms = OLD.updated_ms
        WHERE tenant_id = OLD.id AND tenant_created_ms = OLD.created_ms AND until_ms IS NULL;
END;

-- An invoice is added with the next number and never changes.
CREATE TABLE invoices (
    number INTEGER NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    tenant_created_ms INTEGER NOT NULL,
    period TEXT NOT NULL,
    closed_ms INTEGER NOT NULL,
    currency TEXT NOT NULL,
    total TEXT NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (tenant_id, tenant_created_ms, period)
) STRICT;
CREATE INDEX invoices_by_period ON invoices (period, number);
CREATE TABLE invoice_numbers (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    last INTEGER NOT NULL
) STRICT;
INSERT INTO invoice_numbers (one, last) VALUES (1, 0);

-- Periods of which every tenant has its invoice.
CREATE TABLE closed_periods (
    period TEXT NOT NULL PRIMARY KEY,
    closed_ms INTEGER NOT NULL
) STRICT;
