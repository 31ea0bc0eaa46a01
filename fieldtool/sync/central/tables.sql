-- The central store on PostgreSQL 15 or later: its tables, and who may do what with them.
-- Everything here can be run again without harm. The program runs it in one transaction.

CREATE SCHEMA IF NOT EXISTS fieldtool;

-- The number of this schema, for programs that are older or newer than it.
CREATE TABLE IF NOT EXISTS fieldtool.about (
    version integer PRIMARY KEY
);

-- Who belongs to which inspection. A login is a role of the server.
CREATE TABLE IF NOT EXISTS fieldtool.person (
    login text COLLATE "C" NOT NULL,
    inspection uuid NOT NULL,
    writes boolean NOT NULL,
    PRIMARY KEY (login, inspection)
);

-- The events of all inspections, as the laptops wrote them; the truth, and only ever added to.
-- COLLATE "C": the order of ids is that of their bytes, here as on every laptop, and no new version of the
-- system's languages can spoil the index. The key begins with the inspection, so that a distributed server
-- can spread by it; there is no number that counts across inspections. An inspection's id is half of the hash
-- of the event that opened it.
-- PostgreSQL has no character U+0000 in a text: see `kept` in rows.py for how it is written.
CREATE TABLE IF NOT EXISTS fieldtool.event (
    inspection uuid NOT NULL,
    device text COLLATE "C" NOT NULL,
    incarnation bigint NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    at bigint NOT NULL,
    wall text COLLATE "C" NOT NULL,
    actor text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    slot text COLLATE "C" NOT NULL,
    body text COLLATE "C" NOT NULL,
    parents text[] COLLATE "C" NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (inspection, device, incarnation, seq)
);

-- Of a chain that has gone two ways (a laptop's file was copied or put back, and worked in on both sides), what is
-- not in `event`: the branches that came second. A branch is named by the hash of its first event, with which it left
-- another one; each event of it continues the one before it. Whatever is here counts nowhere until people have
-- decided about it. Since version 2.
CREATE TABLE IF NOT EXISTS fieldtool.event_fork (
    inspection uuid NOT NULL,
    branch bytea NOT NULL CHECK (octet_length(branch) = 32),
    device text COLLATE "C" NOT NULL,
    incarnation bigint NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    at bigint NOT NULL,
    wall text COLLATE "C" NOT NULL,
    actor text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    slot text COLLATE "C" NOT NULL,
    body text COLLATE "C" NOT NULL,
    parents text[] COLLATE "C" NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (inspection, device, incarnation, seq, branch)
);

-- Few events say which laptops belong to an inspection, and all views ask for them. Since version 2.
CREATE INDEX IF NOT EXISTS event_of_laptops ON fieldtool.event (inspection, slot)
    WHERE kind IN ('laptop.invited', 'laptop.joined', 'laptop.removed');

COMMENT ON TABLE fieldtool.event IS 'What happened, event by event, as the laptops wrote it. Never changed or deleted.';
COMMENT ON TABLE fieldtool.event_fork IS
    'The second branch of chains that have gone two ways, event by event. Counts nowhere; never changed or deleted.';
COMMENT ON TABLE fieldtool.person IS 'Which login may read, and write, which inspection.';

-- ------------------------------------------------------------------ who may do what

REVOKE ALL ON SCHEMA fieldtool FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA fieldtool FROM PUBLIC;
GRANT USAGE ON SCHEMA fieldtool TO fieldtool_people;
GRANT SELECT ON fieldtool.about, fieldtool.person TO fieldtool_people;
GRANT SELECT, INSERT ON fieldtool.event, fieldtool.event_fork TO fieldtool_people;
REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON fieldtool.event, fieldtool.event_fork FROM fieldtool_people;
-- Not even the owner of the tables changes an event.
REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON fieldtool.event, fieldtool.event_fork FROM CURRENT_USER;

ALTER TABLE fieldtool.person ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees_own ON fieldtool.person;
CREATE POLICY sees_own ON fieldtool.person FOR SELECT USING (login = current_user);

ALTER TABLE fieldtool.event ENABLE ROW LEVEL SECURITY;
ALTER TABLE fieldtool.event FORCE ROW LEVEL SECURITY;
-- `= ANY (ARRAY (…))` is worked out once a statement; an EXISTS would be for each row.
DROP POLICY IF EXISTS sees_own ON fieldtool.event;
CREATE POLICY sees_own ON fieldtool.event FOR SELECT USING (
    inspection = ANY (ARRAY (SELECT p.inspection FROM fieldtool.person p WHERE p.login = current_user))
);
DROP POLICY IF EXISTS adds_to_own ON fieldtool.event;
CREATE POLICY adds_to_own ON fieldtool.event FOR INSERT WITH CHECK (
    inspection = ANY (ARRAY (
        SELECT p.inspection FROM fieldtool.person p WHERE p.login = current_user AND p.writes
    ))
);

ALTER TABLE fieldtool.event_fork ENABLE ROW LEVEL SECURITY;
ALTER TABLE fieldtool.event_fork FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sees_own ON fieldtool.event_fork;
CREATE POLICY sees_own ON fieldtool.event_fork FOR SELECT USING (
    inspection = ANY (ARRAY (SELECT p.inspection FROM fieldtool.person p WHERE p.login = current_user))
);
DROP POLICY IF EXISTS adds_to_own ON fieldtool.event_fork;
CREATE POLICY adds_to_own ON fieldtool.event_fork FOR INSERT WITH CHECK (
    inspection = ANY (ARRAY (
        SELECT p.inspection FROM fieldtool.person p WHERE p.login = current_user AND p.writes
    ))
);
