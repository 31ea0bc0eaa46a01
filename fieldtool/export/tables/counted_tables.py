"""The tables of the report that are counted over cases: ratings, key questions, prompts, sub-groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fieldtool.domain.kinds.comparison_figures import FiguresImported
from fieldtool.domain.method.case import Case
from fieldtool.domain.method.comparison import difference
from fieldtool.domain.method.figures import TITLES
from fieldtool.domain.method.framework import Fact, KeyQuestion, Standard
from fieldtool.domain.method.rating import KeyQuestionStanding, StandardStanding
from fieldtool.domain.method.tally import Count
from fieldtool.export.contents import Contents
from fieldtool.export.table import Cell, Column, Table, table

NOT_RECORDED = "Not recorded"


@table
def ratings(contents: Contents) -> Table:
    """Each standard, and the overall rating."""
    columns = (
        Column("standard", "Standard"),
        Column("title", "Title"),
        Column("rating", "Provisional rating"),
        Column("score", "Score"),
        Column("settled", "Settled"),
        Column("possible", "Still possible"),
        Column("lowest_percent", "Lowest per cent"),
        Column("lowest", "Lowest key question"),
        Column("discretion", "Professional discretion possible"),
        Column("remark", "Remark"),
    )
    rows = [_rating(standing, contents.unrated.get(standing.standard.id)) for standing in contents.standards]
    overall = contents.overall
    last = ("", "Overall", overall.rating, overall.score, None, None, None, None, None, overall.reason)
    return Table("ratings", "Ratings", columns, (*rows, last), contents.note)


def _rating(standing: StandardStanding, why_unrated: str | None) -> tuple[Cell, ...]:
    standard, band, lowest = standing.standard, standing.provisional, standing.deciding
    row: tuple[Cell, ...] = (standard.id, standard.title)
    if standard.judged_as_a_whole:
        return (*row, None, None, None, None, None, None, None, why_unrated or "Judged as a whole.")
    return (
        *row,
        band.title if band else None,
        band.score if band else None,
        _yes_no(standing.settled),
        "; ".join(band.title for band in standing.possible),
        lowest[0].percent if lowest else None,
        "; ".join(f"{each.key_question.id} {each.key_question.wording}" for each in lowest),
        _yes_no(standing.discretion_possible),
        why_unrated,
    )


@table
def key_questions(contents: Contents) -> Table:
    """Each key question: per cent, n and N, band, and the figures it is compared with."""
    columns = (
        Column("standard", "Standard"),
        Column("key_question", "Key question"),
        Column("wording", "Wording"),
        *_COUNTED,
        Column("band", "Band"),
        Column("no", "Judged no"),
        Column("open", "Open"),
        Column("not_applicable", "Not applicable"),
        Column("rounding_decides", "Rounding decides the band"),
        *_comparison_columns(contents),
    )
    rows = [
        (
            *_key_question(standing.standard, each),
            *_compared(contents, each.key_question.id, each.count),
        )
        for standing in contents.standards
        for each in standing.key_questions
    ]
    return Table("key_questions", "Key questions", columns, tuple(rows), contents.note_on_comparison)


def _key_question(standard: Standard, standing: KeyQuestionStanding) -> tuple[Cell, ...]:
    question, count = standing.key_question, standing.count
    return (
        standard.id,
        question.id,
        question.wording,
        *_counted(count),
        standing.band.title if standing.band else None,
        count.no,
        count.open,
        count.out,
        _yes_no(standing.rounding_decides),
    )


@table
def prompts(contents: Contents) -> Table:
    """The data annexe: each prompt, compared likewise."""
    columns = (
        Column("standard", "Standard"),
        Column("key_question", "Key question"),
        Column("prompt", "Prompt"),
        Column("wording", "Wording"),
        *_COUNTED,
        Column("no", "Answered no"),
        Column("not_relevant", "Not relevant"),
        Column("open", "Open"),
        Column("not_applicable", "Not applicable"),
        *_comparison_columns(contents),
    )
    rows: list[tuple[Cell, ...]] = []
    for standard, question in _counted_questions(contents):
        for prompt in question.prompts:
            count = contents.counts.get(prompt.id, Count())
            rest = (count.no, count.not_relevant, count.open, count.out)
            compared = _compared(contents, prompt.id, count)
            named = (standard.id, question.id, prompt.id, prompt.wording)
            rows.append((*named, *_counted(count), *rest, *compared))
    return Table("prompts", "Data annexe: prompts", columns, tuple(rows), contents.note_on_comparison)


@table
def subgroups(contents: Contents) -> Table:
    """The data annexe: each key question by groups of cases."""
    columns = (
        Column("standard", "Standard"),
        Column("key_question", "Key question"),
        Column("wording", "Wording"),
        Column("fact", "Sub-group by"),
        Column("group", "Group"),
        *_COUNTED,
        Column("open", "Open"),
        Column("not_applicable", "Not applicable"),
    )
    rows = [
        row
        for standard, question in _counted_questions(contents)
        for row in _groups(contents, standard, question)
    ]
    return Table("subgroups", "Data annexe: key questions by sub-group", columns, tuple(rows), contents.note)


def _groups(contents: Contents, standard: Standard, question: KeyQuestion) -> Iterator[tuple[Cell, ...]]:
    sampled = [case for case in contents.cases if case.sample == standard.sample]
    for name in contents.framework.subgroup_facts:
        fact = contents.framework.facts_by_id[name]
        if standard.sample not in fact.samples:
            continue
        for value in _values(fact, sampled):
            group = [case for case in sampled if case.facts.get(name) == value]
            count = _count(contents, question.id, group)
            label = fact.label(value) or NOT_RECORDED
            row = (standard.id, question.id, question.wording, fact.title, label)
            yield (*row, *_counted(count), count.open, count.out)


def _values(fact: Fact, cases: Iterable[Case]) -> list[str | None]:
    """The values that make groups: all choices, or the texts there are; then none, if a case has none."""
    values = {case.facts.get(fact.id) for case in cases}
    known: list[str | None] = [choice.id for choice in fact.choices]
    others: list[str | None] = [
        *sorted(value for value in values if value is not None and value not in known)
    ]
    return known + others + ([None] if None in values else [])


def _count(contents: Contents, item: str, cases: Iterable[Case]) -> Count:
    count = Count()
    for case in cases:
        count = count.moved(contents.buckets[case.ref][item], 1)
    return count


def _counted_questions(contents: Contents) -> Iterator[tuple[Standard, KeyQuestion]]:
    for standard in contents.framework.standards:
        for question in standard.counted:
            yield standard, question


_COUNTED = (Column("percent", "Per cent"), Column("n", "n (yes)"), Column("of", "N (yes and no)"))


def _counted(count: Count) -> tuple[Cell, ...]:
    """Per cent, n and N, which always stand together."""
    return count.percent, count.yes, count.judged


def _comparison_columns(contents: Contents) -> Iterator[Column]:
    """The columns of each set of figures that there is."""
    for whose in contents.figures:
        title = TITLES[whose]
        yield Column(f"{whose}_percent", f"{title}: per cent")
        yield Column(f"{whose}_n", f"{title}: n (yes)")
        yield Column(f"{whose}_of", f"{title}: N (yes and no)")
        yield Column(f"{whose}_points", f"{title}: points higher or lower")
        yield Column(f"{whose}_significant", f"{title}: significant")


def _compared(contents: Contents, item: str, count: Count) -> Iterator[Cell]:
    """The cells of these columns for one item."""
    for imported in contents.figures.values():
        yield from _compared_with(imported, item, count)


def _compared_with(imported: FiguresImported, item: str, count: Count) -> tuple[Cell, ...]:
    figure = imported.figures.get(item)
    if figure is None:
        return None, None, None, None, None
    apart = difference(count, figure)
    tested = None if apart is None or apart.significant is None else _yes_no(apart.significant)
    return figure.percent, figure.n, figure.of, None if apart is None else apart.points, tested


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"
