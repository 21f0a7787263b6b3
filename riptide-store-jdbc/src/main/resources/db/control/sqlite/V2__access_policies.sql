ALTER TABLE tenants ADD COLUMN access_policies TEXT NOT NULL DEFAULT '[]';
