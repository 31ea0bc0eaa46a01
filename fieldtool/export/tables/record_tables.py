"""The tables with a row for each record: cases with their facts, answers and judgements, and what dropped out."""

from __future__ import annotations

from collections.abc import Iterator

from fieldtool.domain.method.case import Case
from fieldtool.domain.method.case_list import criterion_title
from fieldtool.domain.method.tally import Bucket, item_slot
from fieldtool.domain.method.walk import progress
from fieldtool.export.contents import Contents
from fieldtool.export.table import Cell, Column, Table, table

_COUNTS_AS = {
    Bucket.YES: "yes",
    Bucket.NO: "no",
    Bucket.NOT_RELEVANT: "not relevant",
    Bucket.OPEN: "open",
    Bucket.OUT: "not applicable",
}
_GIVEN = {"yes": "yes", "no": "no", "not_relevant": "not relevant"}


@table
def cases(contents: Contents) -> Table:
    """Each case with its facts, and how far it is."""
    columns = (
        *_case_columns(contents),
        Column("done", "Items done"),
        Column("due", "Items due"),
        *((Column("note", "Note"),) if contents.with_notes else ()),
    )
    rows = []
    for case in contents.cases:
        note = (case.note(),) if contents.with_notes else ()
        rows.append((*_case_cells(contents, case), *progress(contents.framework, case), *note))
    return Table("cases", "Cases", columns, tuple(rows), contents.note)


@table
def answers(contents: Contents) -> Table:
    """Each answer and judgement of each case."""
    columns = (
        *_case_columns(contents),
        Column("standard", "Standard"),
        Column("key_question", "Key question"),
        Column("item", "Item"),
        Column("kind", "Kind"),
        Column("answer", "Answer"),
        Column("counts_as", "Counts as"),
        *((Column("note", "Note"), Column("reason", "Reason")) if contents.with_notes else ()),
    )
    rows = tuple(row for case in contents.cases for row in _answers(contents, case))
    return Table("answers", "Answers and judgements", columns, rows, contents.note)


@table
def eliminated(contents: Contents) -> Table | None:
    """Each case that dropped out: why, what came for it, who decided and when."""
    if not contents.eliminated:
        return None
    framework = contents.framework
    columns = (
        Column("ref", "Case"),
        Column("sample", "Sample"),
        Column("criterion", "Criterion"),
        *((Column("why", "In words"),) if contents.with_notes else ()),
        Column("replaced_by", "Replaced by"),
        Column("who", "Decided by"),
        Column("when", "When"),
        Column("holder", "Held by"),
        *(Column(f"fact_{fact.id}", fact.title) for fact in framework.facts),
    )
    rows = tuple(
        (
            out.ref,
            framework.sample_title(out.sample),
            criterion_title(out.criterion),
            *((out.why,) if contents.with_notes else ()),
            out.replaced_by or None,
            out.who,
            out.wall,
            out.holder or None,
            *(fact.label(out.facts.get(fact.id)) or None for fact in framework.facts),
        )
        for out in contents.eliminated
    )
    return Table("eliminated", "Cases that dropped out", columns, rows, contents.note)


def _answers(contents: Contents, case: Case) -> Iterator[tuple[Cell, ...]]:
    framework = contents.framework
    known = _case_cells(contents, case)
    for item, bucket in contents.buckets[case.ref].items():
        prompted = framework.key_question_of.get(item)
        given = case.values.get(item_slot(framework, item))
        texts = (case.note(item), case.reason(item)) if contents.with_notes else ()
        yield (
            *known,
            framework.standard_of[item].id,
            prompted.id if prompted else item,
            item,
            "prompt" if prompted else "judgement",
            None if given is None else _GIVEN.get(given, given),
            _COUNTS_AS[bucket],
            *texts,
        )


def _case_columns(contents: Contents) -> tuple[Column, ...]:
    return (
        Column("ref", "Case"),
        Column("sample", "Sample"),
        Column("holder", "Held by"),
        Column("state", "State"),
        *(Column(f"fact_{fact.id}", fact.title) for fact in contents.framework.facts),
    )


def _case_cells(contents: Contents, case: Case) -> tuple[Cell, ...]:
    sample = contents.framework.sample_title(case.sample)
    state = case.state.value.replace("_", " ")
    facts = (fact.label(case.facts.get(fact.id)) or None for fact in contents.framework.facts)
    return (case.ref, sample, case.holder, state, *facts)
