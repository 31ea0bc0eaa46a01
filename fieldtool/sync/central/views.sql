-- What analysts read: views of the events, each of which shows a person their own inspections alone.
-- They are worked out when they are read, so that they cannot be wrong while the events are right.
-- Give an inspection in the condition (WHERE inspection = …) and they read that inspection alone.

DROP VIEW IF EXISTS fieldtool.rating_inputs, fieldtool.progress, fieldtool.cases, fieldtool.answers,
    fieldtool.judgements, fieldtool.facts, fieldtool.notes, fieldtool.reasons, fieldtool.conflicts,
    fieldtool.people, fieldtool.shown, fieldtool.ranked, fieldtool.heads, fieldtool.passed, fieldtool.reading, fieldtool.beyond_removal,
    fieldtool.removed, fieldtool.of_laptops, fieldtool.readable;

-- JSON may hold what a text of PostgreSQL cannot: U+0000, and halves of surrogate pairs. The first becomes the
-- replacement character; a body with the second is read by no version of the program, and by none here.
CREATE OR REPLACE FUNCTION fieldtool.without_odd_escapes(body text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN regexp_replace(marked, '\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}', '', 'g')
            ~ '\\u[dD][89a-fA-F]' THEN NULL
        ELSE replace(replace(marked, '\u0000', '\ufffd'), E'\x01', '\\')
    END
    FROM (SELECT replace(body, '\\', E'\x01') AS marked) AS doubled
$$;

-- The body of an event as JSON; NULL if it is not an object, or cannot be read.
CREATE OR REPLACE FUNCTION fieldtool.said(body text) RETURNS json
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN NOT fieldtool.is_object(body) THEN NULL
        WHEN strpos(body, '\u') = 0 THEN body::json
        ELSE fieldtool.without_odd_escapes(body)::json
    END
$$;

-- Each event that can be read, with the value that it gives its slot. Events of kinds that analysts have no use
-- of or that this version does not know, and those whose body does not fit their kind or slot, are left out.
-- (`coalesce`, so that the planner takes such events for many and joins them accordingly.)
CREATE VIEW fieldtool.readable WITH (security_invoker) AS
SELECT
    e.inspection, e.device, e.incarnation, e.seq, e.at, e.wall, e.actor, e.subject, e.slot, e.parents,
    split_part(e.slot, ':', 1) AS aspect,
    substr(e.slot, strpos(e.slot, ':') + 1) AS item,
    CASE k.kind
        WHEN 'answer.given' THEN c.change ->> 'answer'
        WHEN 'judgement.made' THEN c.change ->> 'judgement'
        WHEN 'fact.set' THEN c.change ->> 'to'
        WHEN 'note.written' THEN nullif(c.change ->> 'text', '')
        WHEN 'reason.written' THEN nullif(c.change ->> 'text', '')
        WHEN 'case.added' THEN c.change ->> 'sample'
        WHEN 'case.removed' THEN NULL
        WHEN 'case.assigned' THEN c.change ->> 'person'
        WHEN 'case.taken_over' THEN c.change ->> 'person'
        WHEN 'case.completed' THEN 'complete'
        WHEN 'case.reopened' THEN 'in_progress'
        WHEN 'framework.chosen' THEN c.change ->> 'framework'
        WHEN 'standard.left_unrated' THEN c.change ->> 'why'
        WHEN 'person.removed' THEN NULL
        ELSE c.change::text
    END AS value
FROM fieldtool.event AS e
CROSS JOIN LATERAL (
    SELECT CASE e.kind WHEN 'change.undone' THEN fieldtool.said(e.body) -> 'change' ELSE fieldtool.said(e.body) END
) AS c (change)
CROSS JOIN LATERAL (
    -- What laptops keep without effect because of its times or names (`fieldtool.domain.log.door`) has none here either.
    SELECT CASE
        WHEN e.actor || e.subject || e.slot ~ '[\x01-\x1f\x7f-\x9f\u2028\u2029]'
            OR greatest(length(e.actor), length(e.subject), length(e.slot)) > 500 THEN NULL
        WHEN e.at >= 2130161172480000000 OR e.wall !~ '^(19|2\d)\d\d-(0[1-9]|1[0-2])-[0-3]\dT.*[+-]\d\d:\d\d' THEN NULL
        WHEN e.kind = 'change.undone' THEN c.change ->> 'kind'
        ELSE e.kind
    END
) AS k (kind)
WHERE coalesce(
    e.slot = CASE k.kind
        WHEN 'answer.given' THEN CASE
            WHEN coalesce(c.change ->> 'answer' IN ('yes', 'no', 'not_relevant'), c.change -> 'answer' IS NOT NULL)
            THEN 'answer:' || (c.change ->> 'prompt') END
        WHEN 'judgement.made' THEN CASE
            WHEN coalesce(c.change ->> 'judgement' IN ('yes', 'no'), c.change -> 'judgement' IS NOT NULL)
            THEN 'judgement:' || (c.change ->> 'key_question') END
        WHEN 'fact.set' THEN CASE
            WHEN c.change -> 'to' IS NOT NULL THEN 'fact:' || (c.change ->> 'fact') END
        WHEN 'note.written' THEN CASE
            WHEN c.change ->> 'text' IS NOT NULL THEN 'note:' || (c.change ->> 'item') END
        WHEN 'reason.written' THEN CASE
            WHEN c.change ->> 'text' IS NOT NULL THEN 'reason:' || (c.change ->> 'key_question') END
    END,
    e.slot = CASE WHEN e.kind <> 'change.undone' THEN
        CASE k.kind
            WHEN 'case.added' THEN CASE WHEN c.change ->> 'sample' IS NOT NULL THEN 'sample:' END
            WHEN 'case.removed' THEN CASE WHEN c.change ->> 'why' IS NOT NULL THEN 'sample:' END
            WHEN 'case.taken_over' THEN CASE
                WHEN c.change -> 'person' IS NOT NULL AND c.change ->> 'why' IS NOT NULL THEN 'holder:' END
            WHEN 'case.assigned' THEN CASE WHEN c.change -> 'person' IS NOT NULL THEN 'holder:' END
            WHEN 'case.completed' THEN CASE WHEN c.change IS NOT NULL THEN 'completion:' END
            WHEN 'case.reopened' THEN CASE WHEN c.change ->> 'why' IS NOT NULL THEN 'completion:' END
            WHEN 'inspection.opened' THEN CASE WHEN c.change ->> 'title' IS NOT NULL THEN 'inspection:' END
            WHEN 'framework.chosen' THEN CASE WHEN c.change ->> 'framework' IS NOT NULL THEN 'framework:' END
            WHEN 'person.joined' THEN CASE
                WHEN c.change ->> 'role' IS NOT NULL THEN 'person:' || (c.change ->> 'person') END
            WHEN 'person.removed' THEN CASE
                WHEN c.change ->> 'why' IS NOT NULL THEN 'person:' || (c.change ->> 'person') END
            WHEN 'standard.left_unrated' THEN CASE
                WHEN c.change ->> 'why' IS NOT NULL THEN 'unrated:' || (c.change ->> 'standard') END
        END
    END,
    false
);

-- What is said of laptops, and no later event of its slot replaces.
CREATE VIEW fieldtool.of_laptops WITH (security_invoker) AS
SELECT e.inspection, e.kind, fieldtool.said(e.body) AS said
FROM fieldtool.event AS e
WHERE e.kind IN ('laptop.invited', 'laptop.joined', 'laptop.removed') AND NOT EXISTS (
    SELECT FROM fieldtool.event AS later CROSS JOIN LATERAL unnest(later.parents) AS parent (id)
    WHERE later.inspection = e.inspection AND later.slot = e.slot
        AND later.kind IN ('laptop.invited', 'laptop.joined', 'laptop.removed')
        AND parent.id = e.device || '.' || e.incarnation || '.' || e.seq
);

-- The devices of laptops that were removed; of each chain, by `device.incarnation`, the last event that still counts.
-- A chain that is not named counts not at all.
CREATE VIEW fieldtool.removed WITH (security_invoker) AS
SELECT joined.inspection, joined.said ->> 'device' AS device, gone.said -> 'ends' AS ends
FROM fieldtool.of_laptops AS joined
JOIN fieldtool.of_laptops AS gone
    ON gone.inspection = joined.inspection AND gone.said ->> 'key' = joined.said ->> 'key'
WHERE joined.kind = 'laptop.joined' AND gone.kind = 'laptop.removed';

-- What removed laptops recorded too late: kept, and without effect.
CREATE VIEW fieldtool.beyond_removal WITH (security_invoker) AS
SELECT DISTINCT r.inspection, r.subject, r.slot, r.device, r.incarnation, r.seq, r.at, r.parents
FROM fieldtool.removed AS x
JOIN fieldtool.readable AS r ON r.inspection = x.inspection AND r.device = x.device
WHERE r.seq > CASE
    WHEN x.ends ->> (r.device || '.' || r.incarnation) ~ '^[0-9]{1,18}$'
    THEN (x.ends ->> (r.device || '.' || r.incarnation))::bigint ELSE 0
END;

-- Each event that has an effect. (What is asked of removed laptops is asked once, as an array: nearly always there
-- is none, and whether there is must not change how the planner joins all the others.)
CREATE VIEW fieldtool.reading WITH (security_invoker) AS
SELECT r.*
FROM fieldtool.readable AS r
WHERE r.device <> ALL (ARRAY (SELECT x.device FROM fieldtool.removed AS x))
    OR r.inspection || ' ' || r.device || '.' || r.incarnation || '.' || r.seq <> ALL (ARRAY (
        SELECT b.inspection || ' ' || b.device || '.' || b.incarnation || '.' || b.seq
        FROM fieldtool.beyond_removal AS b
    ));

-- What events that have an effect replace by way of such as have none: whoever wrote them knew of all of it.
CREATE VIEW fieldtool.passed WITH (security_invoker) AS
WITH RECURSIVE through (inspection, subject, slot, id) AS (
    SELECT b.inspection, b.subject, b.slot, b.device || '.' || b.incarnation || '.' || b.seq
    FROM fieldtool.beyond_removal AS b
    WHERE EXISTS (
        SELECT FROM fieldtool.reading AS later CROSS JOIN LATERAL unnest(later.parents) AS parent (id)
        WHERE later.inspection = b.inspection AND later.subject = b.subject AND later.slot = b.slot
            AND later.at > b.at AND parent.id = b.device || '.' || b.incarnation || '.' || b.seq
    )
    UNION
    SELECT b.inspection, b.subject, b.slot, parent.id
    FROM through AS t
    JOIN fieldtool.beyond_removal AS b ON b.inspection = t.inspection AND b.subject = t.subject AND b.slot = t.slot
        AND t.id = b.device || '.' || b.incarnation || '.' || b.seq
    CROSS JOIN LATERAL unnest(b.parents) AS parent (id)
)
SELECT inspection, subject, slot, id FROM through;

-- The events that no later event of their slot names as a parent. More than one in a slot is a conflict. (An earlier
-- one that names this number means the other event of it, where a chain has gone two ways.)
CREATE VIEW fieldtool.heads WITH (security_invoker) AS
SELECT r.*
FROM fieldtool.reading AS r
WHERE NOT EXISTS (
    SELECT FROM fieldtool.reading AS later CROSS JOIN LATERAL unnest(later.parents) AS parent (id)
    WHERE later.inspection = r.inspection AND later.subject = r.subject AND later.slot = r.slot
        AND later.at > r.at AND parent.id = r.device || '.' || r.incarnation || '.' || r.seq
) AND r.inspection || ' ' || r.subject || ' ' || r.slot || ' ' || r.device || '.' || r.incarnation || '.' || r.seq
    <> ALL (ARRAY (SELECT p.inspection || ' ' || p.subject || ' ' || p.slot || ' ' || p.id FROM fieldtool.passed AS p));

-- The heads of each slot in their order, and how many there are, which is one where all say the same; the latest is
-- the first.
CREATE VIEW fieldtool.ranked WITH (security_invoker) AS
SELECT h.*,
    row_number() OVER (
        PARTITION BY inspection, subject, slot ORDER BY at DESC, device DESC, incarnation DESC, seq DESC
    ) AS place,
    CASE
        WHEN count(value) OVER every IN (0, count(*) OVER every)
            AND min(value) OVER every IS NOT DISTINCT FROM max(value) OVER every THEN 1
        ELSE count(*) OVER every
    END AS heads
FROM fieldtool.heads AS h
WINDOW every AS (PARTITION BY inspection, subject, slot);

-- The value of each slot: that of its latest head, as on every laptop. `heads` above 1 is a conflict.
CREATE VIEW fieldtool.shown WITH (security_invoker) AS
SELECT inspection, subject, aspect, item, value, actor, wall, at, device, incarnation, seq, heads
FROM fieldtool.ranked
WHERE place = 1;

CREATE VIEW fieldtool.people WITH (security_invoker) AS
SELECT inspection, item AS person, value::json ->> 'name' AS name, value::json ->> 'role' AS role
FROM fieldtool.shown WHERE aspect = 'person' AND value IS NOT NULL AND subject = '';

CREATE VIEW fieldtool.answers WITH (security_invoker) AS
SELECT inspection, subject AS ref, item AS prompt, value AS answer, actor, wall, heads > 1 AS contested
FROM fieldtool.shown WHERE aspect = 'answer' AND value IS NOT NULL AND subject <> '';

CREATE VIEW fieldtool.judgements WITH (security_invoker) AS
SELECT inspection, subject AS ref, item AS key_question, value AS judgement, actor, wall, heads > 1 AS contested
FROM fieldtool.shown WHERE aspect = 'judgement' AND value IS NOT NULL AND subject <> '';

CREATE VIEW fieldtool.facts WITH (security_invoker) AS
SELECT inspection, subject AS ref, item AS fact, value, actor, wall, heads > 1 AS contested
FROM fieldtool.shown WHERE aspect = 'fact' AND value IS NOT NULL AND subject <> '';

CREATE VIEW fieldtool.notes WITH (security_invoker) AS
SELECT inspection, subject AS ref, item, value AS note, actor, wall, heads > 1 AS contested
FROM fieldtool.shown WHERE aspect = 'note' AND value IS NOT NULL AND subject <> '';

CREATE VIEW fieldtool.reasons WITH (security_invoker) AS
SELECT inspection, subject AS ref, item AS key_question, value AS reason, actor, wall, heads > 1 AS contested
FROM fieldtool.shown WHERE aspect = 'reason' AND value IS NOT NULL AND subject <> '';

-- Every value of every slot that two people filled without knowing of each other.
CREATE VIEW fieldtool.conflicts WITH (security_invoker) AS
SELECT inspection, subject AS ref, aspect, item, value, actor, wall, place = 1 AS shown
FROM fieldtool.ranked
WHERE heads > 1;

CREATE VIEW fieldtool.cases WITH (security_invoker) AS
SELECT *
FROM (
    SELECT
        inspection,
        subject AS ref,
        max(value) FILTER (WHERE aspect = 'sample') AS sample,
        max(value) FILTER (WHERE aspect = 'holder') AS holder,
        CASE
            WHEN max(value) FILTER (WHERE aspect = 'completion') = 'complete' THEN 'complete'
            WHEN count(value) FILTER (
                WHERE aspect IN ('answer', 'judgement', 'note', 'reason', 'completion')) > 0 THEN 'in_progress'
            ELSE 'untouched'
        END AS state,
        count(value) FILTER (WHERE aspect = 'answer') AS answers,
        count(value) FILTER (WHERE aspect = 'judgement') AS judgements,
        count(value) FILTER (WHERE aspect IN ('note', 'reason')) AS texts,
        count(*) FILTER (WHERE heads > 1) AS conflicts,
        coalesce(jsonb_object_agg(item, value) FILTER (WHERE aspect = 'fact' AND value IS NOT NULL), '{}') AS facts,
        to_timestamp(max(at) / 65536 / 1000.0) AS changed_at
    FROM fieldtool.shown
    WHERE subject <> ''
    GROUP BY inspection, subject
) AS every
WHERE sample IS NOT NULL;

CREATE VIEW fieldtool.progress WITH (security_invoker) AS
SELECT
    inspection, sample, coalesce(holder, '') AS holder,
    count(*) AS cases,
    count(*) FILTER (WHERE state = 'untouched') AS untouched,
    count(*) FILTER (WHERE state = 'in_progress') AS in_progress,
    count(*) FILTER (WHERE state = 'complete') AS complete,
    sum(answers)::bigint AS answers, sum(judgements)::bigint AS judgements, sum(conflicts)::bigint AS conflicts
FROM fieldtool.cases
GROUP BY inspection, sample, coalesce(holder, '');

-- Raw counts. Which cases an item applies to is for the framework to say, and for the program to work out.
CREATE VIEW fieldtool.rating_inputs WITH (security_invoker) AS
SELECT
    s.inspection, c.sample, s.aspect, s.item,
    count(*) FILTER (WHERE s.value = 'yes') AS yes,
    count(*) FILTER (WHERE s.value = 'no') AS no,
    count(*) FILTER (WHERE s.value = 'not_relevant') AS not_relevant,
    count(*) FILTER (WHERE s.value = 'yes' AND c.state = 'complete') AS yes_in_complete,
    count(*) FILTER (WHERE s.value = 'no' AND c.state = 'complete') AS no_in_complete,
    count(*) FILTER (WHERE s.value = 'not_relevant' AND c.state = 'complete') AS not_relevant_in_complete
FROM fieldtool.shown AS s
JOIN fieldtool.cases AS c ON c.inspection = s.inspection AND c.ref = s.subject
WHERE s.aspect IN ('answer', 'judgement') AND s.value IS NOT NULL
GROUP BY s.inspection, c.sample, s.aspect, s.item;

COMMENT ON VIEW fieldtool.answers IS 'One row an answer to a prompt, as it is shown; contested where two people answered.';
COMMENT ON VIEW fieldtool.cases IS 'One row a case: sample, holder, state, counts, and its facts as JSON.';
COMMENT ON VIEW fieldtool.progress IS 'How far the cases are, by sample and holder.';
COMMENT ON VIEW fieldtool.rating_inputs IS
    'Raw counts of answers and judgements. They take no account of which cases an item applies to: ratings and '
    'published percentages come from the program alone.';
COMMENT ON VIEW fieldtool.conflicts IS 'Every value of what two people filled in without knowing of each other.';

GRANT SELECT ON fieldtool.readable, fieldtool.of_laptops, fieldtool.removed, fieldtool.beyond_removal, fieldtool.passed,
    fieldtool.reading, fieldtool.heads, fieldtool.ranked, fieldtool.shown, fieldtool.people, fieldtool.answers, fieldtool.judgements,
    fieldtool.facts, fieldtool.notes, fieldtool.reasons, fieldtool.conflicts, fieldtool.cases,
    fieldtool.progress, fieldtool.rating_inputs TO fieldtool_people;
