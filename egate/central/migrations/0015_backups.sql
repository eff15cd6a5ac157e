-- Lives of this database: another one begins when it was restored from a backup, or when a standby
-- took over. The last one is that of now.
CREATE TABLE database_life (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name uuid NOT NULL DEFAULT gen_random_uuid(),
    -- By which the server tells one life from another: its identifier and its timeline.
    server text NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT now()
);

-- Backups that were finished.
CREATE TABLE backup (
    -- Everything accepted until then is in it.
    begun_at timestamptz PRIMARY KEY,
    files bigint NOT NULL,
    bytes bigint NOT NULL
);
