-- Who did what. Rows are only added; the oldest go by age, up to the anchor.
CREATE TABLE audit_log (
    seq BIGINT NOT NULL PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    tenant_id TEXT COLLATE "C",
    resource TEXT NOT NULL,
    result TEXT NOT NULL,
    request_id TEXT,
    detail TEXT NOT NULL,
    key_id TEXT NOT NULL,
    mac TEXT NOT NULL
);

-- A page is read from one of these, in the order of the numbers, whatever it is narrowed by.
CREATE INDEX audit_log_by_tenant ON audit_log (tenant_id, seq);
CREATE INDEX audit_log_by_action ON audit_log (action, seq);
CREATE INDEX audit_log_by_tenant_and_action ON audit_log (tenant_id, action, seq);
CREATE INDEX audit_log_by_age ON audit_log (at_ms);

-- Where the log ends, and behind which row it begins. Who adds rows has this row locked: one chain over all processes.
CREATE TABLE audit_ends (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    head_seq BIGINT NOT NULL,
    head_link TEXT NOT NULL,
    head_key_id TEXT NOT NULL,
    head_mac TEXT NOT NULL,
    anchor_seq BIGINT NOT NULL,
    anchor_link TEXT NOT NULL,
    anchor_key_id TEXT NOT NULL,
    anchor_mac TEXT NOT NULL
);
INSERT INTO audit_ends VALUES (
    1,
    0, '0000000000000000000000000000000000000000000000000000000000000000', '', '',
    0, '0000000000000000000000000000000000000000000000000000000000000000', '', '');

-- Against mistakes; against intent there is the chain.
CREATE FUNCTION keep_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'rows of the audit log do not change';
    END IF;
    IF OLD.seq > (SELECT anchor_seq FROM audit_ends WHERE one = 1) THEN
        RAISE EXCEPTION 'rows of the audit log go by age alone';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER audit_log_is_kept BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION keep_audit_log();
