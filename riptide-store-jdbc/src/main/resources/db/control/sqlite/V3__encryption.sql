ALTER TABLE tenants ADD COLUMN encryption_enabled INTEGER NOT NULL DEFAULT 0 CHECK (encryption_enabled IN (0, 1));
