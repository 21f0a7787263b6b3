-- A row for each process, tenant and hour (since the epoch, UTC); numbers in it only grow.
CREATE TABLE tenant_usage (
    tenant_id TEXT NOT NULL,
    tenant_created_ms INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    epoch TEXT NOT NULL,
    "hit_l1" INTEGER NOT NULL,
    "hit_l2" INTEGER NOT NULL,
    "stale" INTEGER NOT NULL,
    "miss" INTEGER NOT NULL,
    "write" INTEGER NOT NULL,
    "delete" INTEGER NOT NULL,
    "list" INTEGER NOT NULL,
    "invalidate" INTEGER NOT NULL,
    "fetch" INTEGER NOT NULL,
    "load" INTEGER NOT NULL,
    "load_failed" INTEGER NOT NULL,
    "bytes_in" INTEGER NOT NULL,
    "bytes_out" INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, tenant_created_ms, hour, epoch)
) STRICT, WITHOUT ROWID;
