-- When a rejected record was sent again by hand; null while it was not.
ALTER TABLE dead_letters ADD COLUMN retried_at timestamptz;
