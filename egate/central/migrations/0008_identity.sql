-- What somebody must look into: one row a kind and whom it is about, however often it happens.
CREATE TABLE alarm (
    kind text NOT NULL,
    -- Id of the gate or console, or what else is meant; '' for the centre itself.
    subject text NOT NULL,
    -- Of the last time. Nothing personal.
    detail text NOT NULL,
    times bigint NOT NULL DEFAULT 1,
    first_at timestamptz NOT NULL DEFAULT now(),
    last_at timestamptz NOT NULL DEFAULT now(),
    -- Who has looked into it; '' while nobody has, and again when it happens once more.
    settled_by text NOT NULL DEFAULT '',
    settled_at timestamptz,
    PRIMARY KEY (kind, subject)
);

-- Whose certificates are taken: gates, consoles, officers.
CREATE TABLE peer (
    role text NOT NULL,
    name text NOT NULL,
    -- Of a gate: UN/LOCODE of its border crossing point; '' of others.
    border_crossing_point text NOT NULL,
    enrolled_at timestamptz NOT NULL DEFAULT now(),
    enrolled_by text NOT NULL,
    retired_at timestamptz,
    retired_by text NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',
    PRIMARY KEY (role, name)
);

-- Certificates that were issued here, or seen with a peer.
CREATE TABLE peer_certificate (
    -- Hexadecimal, lower case.
    serial text PRIMARY KEY,
    role text NOT NULL,
    name text NOT NULL,
    until timestamptz NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
);

CREATE INDEX peer_certificate_by_peer ON peer_certificate (role, name);

-- A token makes one certificate, for one key: it may be used again with that key alone, by who
-- did not get the answer.
CREATE TABLE enrolment_token (
    -- SHA-256 of the token, which nobody keeps.
    digest bytea PRIMARY KEY,
    role text NOT NULL,
    name text NOT NULL,
    border_crossing_point text NOT NULL,
    made_by text NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    -- SHA-256 of the public key.
    key_digest bytea
);

-- Orders of officers at the centre to gates.
CREATE TABLE gate_order (
    order_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gate_id text NOT NULL,
    -- Number of dip.egate.v1.OfficerOrder.
    officer_order smallint NOT NULL,
    officer_id text NOT NULL,
    reason text NOT NULL,
    given_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    -- When the gate was first told of it.
    handed_at timestamptz,
    -- Number of dip.egate.v1.OrderOutcome; 0 while the gate has not said.
    outcome smallint NOT NULL DEFAULT 0,
    outcome_at timestamptz
);

CREATE INDEX gate_order_open ON gate_order (gate_id, order_id) WHERE outcome = 0;

-- How each gate stood when it last asked for orders. Not logged: after a crash it is empty, and
-- in five seconds it is not.
CREATE UNLOGGED TABLE gate_report (
    gate_id text PRIMARY KEY,
    seen_at timestamptz NOT NULL,
    -- dip.egate.v1.GateStatus.
    status bytea NOT NULL
);

-- Pictures of referred travellers; the files themselves lie in a folder, by their SHA-256.
CREATE TABLE case_image (
    crossing_id uuid NOT NULL,
    sha256 bytea NOT NULL,
    -- Number of dip.egate.v1.CaseImageKind.
    kind smallint NOT NULL,
    gate_id text NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (crossing_id, sha256, kind)
);

CREATE INDEX case_image_by_content ON case_image (sha256);
CREATE INDEX case_image_by_time ON case_image (stored_at);

-- Who looked at pictures; kept when the pictures are gone.
CREATE TABLE image_look (
    looked_at timestamptz NOT NULL DEFAULT now(),
    crossing_id uuid NOT NULL,
    officer_id text NOT NULL,
    -- Whose certificate asked.
    peer text NOT NULL,
    -- How many pictures were shown.
    shown integer NOT NULL
);
