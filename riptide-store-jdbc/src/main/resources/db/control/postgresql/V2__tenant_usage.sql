-- A row for each process, tenant and hour (since the epoch, UTC); numbers in it only grow.
CREATE TABLE tenant_usage (
    tenant_id TEXT COLLATE "C" NOT NULL,
    tenant_created_ms BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    epoch TEXT COLLATE "C" NOT NULL,
    "hit_l1" BIGINT NOT NULL,
    "hit_l2" BIGINT NOT NULL,
    "stale" BIGINT NOT NULL,
    "miss" BIGINT NOT NULL,
    "write" BIGINT NOT NULL,
    "delete" BIGINT NOT NULL,
    "list" BIGINT NOT NULL,
    "invalidate" BIGINT NOT NULL,
    "fetch" BIGINT NOT NULL,
    "load" BIGINT NOT NULL,
    "load_failed" BIGINT NOT NULL,
    "bytes_in" BIGINT NOT NULL,
    "bytes_out" BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, tenant_created_ms, hour, epoch)
);
