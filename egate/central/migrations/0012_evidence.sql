-- How each accepted record hangs on the one of its station before it, in the order of acceptance.
-- Nothing personal: a line stays when its record is gone.
CREATE TABLE chain_link (
    -- Taken when the line is written. Some are never used.
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    station_id text NOT NULL,
    gate_seq bigint NOT NULL,
    crossing_id uuid NOT NULL,
    accepted_at timestamptz NOT NULL DEFAULT now(),
    -- Hash of the link. A record that came without one has the hash that begins a chain.
    link bytea NOT NULL,
    -- Hash of the link before; 32 zero bytes for none.
    previous bytea NOT NULL,
    -- SHA-256 of the record as it came.
    digest bytea NOT NULL,
    -- Both empty when the record came without a link.
    signature bytea NOT NULL,
    key_id bytea NOT NULL,
    -- Kind of the alarm that it raised; '' for none.
    fault text NOT NULL
);
CREATE INDEX chain_link_by_station ON chain_link (station_id, gate_seq);

-- What is here already begins no chain, and is in the first tree.
INSERT INTO chain_link (station_id, gate_seq, crossing_id, accepted_at, link, previous, digest,
    signature, key_id, fault)
SELECT gate_id, gate_seq, crossing_id, accepted_at,
    sha256('egate chain 1'::bytea || '\x00'::bytea || int2send(octet_length(gate_id)::smallint)
        || convert_to(gate_id, 'UTF8') || int8send(gate_seq)
        || decode(repeat('00', 32), 'hex') || content_hash),
    decode(repeat('00', 32), 'hex'), content_hash, '', '', ''
FROM crossing JOIN crossing_registry USING (crossing_id)
ORDER BY accepted_at, crossing_id;

-- The tree of each day, over the links in the order of acceptance, and its signed head.
CREATE TABLE tree_head (
    -- 1, 2, 3...: the place in the tree of days.
    number bigint PRIMARY KEY,
    -- In UTC, of the first link.
    day date NOT NULL,
    -- Of the last link; the first is the one after the last of the tree before.
    last_position bigint NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    -- Of the tree over all days up to this one.
    days_root bytea NOT NULL,
    signature bytea NOT NULL,
    -- Of the centre, in DER: with whose key it was signed.
    certificate bytea NOT NULL,
    signed_at timestamptz NOT NULL DEFAULT now()
);

-- With these what was signed can be verified when they are long over. NULL for one of before
-- that nobody has called with since. In DER.
ALTER TABLE peer_certificate ADD COLUMN certificate bytea;
