-- A row that is folded stands for a day: it begins at the day's first hour, and its epoch is empty.
ALTER TABLE tenant_usage ADD COLUMN "storage_byte_hours" INTEGER NOT NULL DEFAULT 0;
