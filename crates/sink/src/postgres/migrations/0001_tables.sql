-- Where this store stands in each partition of each topic. A write moves it together with its rows.
CREATE TABLE kafka_offset (
    topic text NOT NULL,
    partition integer NOT NULL,
    next bigint NOT NULL,
    PRIMARY KEY (topic, partition)
);

-- One row for each mention: the highest revision that was written, emptied once it is deleted at its source.
CREATE TABLE mentions (
    id text PRIMARY KEY,
    -- Null when only its delete is known.
    revision bigint,
    -- Null while it stands at its source.
    deleted_at timestamptz,
    source text NOT NULL,
    native_id text NOT NULL,
    channel text,
    owned_channel boolean,
    from_brand boolean,
    author_id text,
    author_handle text,
    author_name text,
    followers bigint,
    person text,
    thread_id text,
    parent_id text,
    text text NOT NULL DEFAULT '',
    language text,
    url text,
    reach bigint,
    repost boolean,
    published_at timestamptz,
    received_at timestamptz,
    event_time timestamptz,
    clamped text,
    brands jsonb,
    products jsonb,
    sentiment text,
    intent text,
    main_theme text,
    themes jsonb,
    harm jsonb,
    severity bigint,
    express text,
    drill text,
    enrichment jsonb,
    classification jsonb,
    book_version text,
    topic text,
    partition integer,
    "offset" bigint
);
CREATE INDEX mentions_event_time ON mentions (event_time);
-- Ids from outside can be of any length, so they are hashed: a tree takes keys of 2.7 kB at most.
CREATE INDEX mentions_person ON mentions USING hash (person);

CREATE TABLE incidents (
    incident_id text PRIMARY KEY,
    revision bigint NOT NULL,
    brand text NOT NULL,
    kind text NOT NULL,
    theme text,
    state text NOT NULL,
    mode text NOT NULL,
    severity bigint NOT NULL,
    onset_at timestamptz NOT NULL,
    opened_at timestamptz,
    updated_at timestamptz NOT NULL,
    resolved_at timestamptz,
    expected double precision NOT NULL,
    observed bigint NOT NULL,
    mentions bigint NOT NULL,
    people bigint NOT NULL,
    record jsonb NOT NULL,
    book_version text NOT NULL
);

CREATE TABLE cases (
    case_id text PRIMARY KEY,
    revision bigint NOT NULL,
    brand text NOT NULL,
    person text NOT NULL,
    matter text NOT NULL,
    theme text,
    state text NOT NULL,
    queue text NOT NULL,
    route_reason text NOT NULL,
    intent text NOT NULL,
    severity bigint NOT NULL,
    opened_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    mention_count bigint NOT NULL,
    record jsonb NOT NULL,
    book_version text NOT NULL
);
CREATE INDEX cases_person ON cases USING hash (person);

CREATE TABLE notifications (
    notification_id text PRIMARY KEY,
    recipient text NOT NULL,
    reason text NOT NULL,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    brand text NOT NULL,
    severity bigint NOT NULL,
    at timestamptz NOT NULL,
    due_at timestamptz,
    summary text NOT NULL,
    calls jsonb NOT NULL,
    unconfirmed boolean NOT NULL,
    book_version text NOT NULL
);

-- A record that was rejected is one row, however often its dead letter was sent.
CREATE TABLE dead_letters (
    topic text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    stage text NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    at timestamptz NOT NULL,
    key bytea,
    value bytea,
    value_length bigint NOT NULL,
    value_sha256 text,
    headers jsonb NOT NULL,
    build text NOT NULL,
    PRIMARY KEY (topic, partition, "offset", stage)
);
