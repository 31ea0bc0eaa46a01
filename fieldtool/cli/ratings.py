"""`fieldtool ratings`: where each standard and key question stands, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool.cli.output import columns, say, say_json
from fieldtool.cli.session import complete_only_option, json_option, looking_at, path_argument
from fieldtool.domain.words.numbers import counted, listed, number

if TYPE_CHECKING:
    from fieldtool.domain.kinds.comparison_figures import FiguresImported
    from fieldtool.domain.method.figures import Whose
    from fieldtool.domain.method.framework import KeyQuestion
    from fieldtool.domain.method.rating import KeyQuestionStanding, StandardStanding
    from fieldtool.work.inspection import Inspection, Standing

    Figures = Mapping[Whose, FiguresImported]


@click.command(short_help="Where each standard and key question stands.")
@path_argument
@json_option
@complete_only_option
def ratings(path: Path, as_json: bool, complete_only: bool) -> None:
    """Say where each standard and key question of the inspection PATH stands.

    Each key question comes with its percentage and the cases that it is made of, each standard with its
    provisional rating, the key question that decides it, and what the cases still open leave possible. Beside them
    stand the figures that the inspection is compared with, once there are any: see `fieldtool figures`.

    \b
    Examples:
      fieldtool ratings hiow.db
      fieldtool ratings hiow.db --complete-only
      fieldtool ratings hiow.db --json > ratings.json
    """
    from fieldtool.work.lead.setting_up import figures_of

    with looking_at(path) as inspection:
        standing = inspection.standing(complete_only=complete_only)
        figures = figures_of(inspection)
        if as_json:
            _say_json(standing, figures, inspection.unrated)
        else:
            say(_lines(inspection, standing, figures, complete_only))


def _lines(
    inspection: Inspection, standing: Standing, figures: Figures, complete_only: bool
) -> Iterator[str]:
    heading = inspection.file.heading
    yield f"{heading.title}, {heading.provider}"
    yield _basis(inspection, complete_only)
    yield from _comparisons(figures)
    unrated = inspection.unrated
    for standard in standing.standards:
        yield ""
        yield from _standard_lines(standard, unrated.get(standard.standard.id, ""), figures)
    yield ""
    overall = standing.overall
    yield overall.reason if overall.rating is None else f"Overall: {overall.rating}, {overall.reason}"


def _comparisons(figures: Figures) -> Iterator[str]:
    from fieldtool.domain.method.figures import TITLES

    for whose, imported in figures.items():
        if imported.title:
            yield f"{TITLES[whose]}: {imported.title}."
    if any(figure.n is not None for imported in figures.values() for figure in imported.figures.values()):
        yield "Significant: by a two-proportion Z test at 0.1; without n and N, nothing is tested."


def _basis(inspection: Inspection, complete_only: bool) -> str:
    from fieldtool.domain.method.case_line import CaseFilter, CaseState

    lines = inspection.file.all_lines(CaseFilter())
    complete = sum(line.state is CaseState.COMPLETE for line in lines)
    if complete_only:
        return (
            f"Provisional ratings over the complete cases alone: {number(complete)} of {number(len(lines))}."
        )
    return f"Provisional ratings over all {counted(len(lines), 'case')}, {number(complete)} of them complete."


def _standard_lines(standing: StandardStanding, why_unrated: str, figures: Figures) -> Iterator[str]:
    standard = standing.standard
    yield f"{standard.id} {standard.title}: {_rating(standing)}."
    if why_unrated:
        yield f"  Left unrated: {why_unrated.rstrip('.')}."
    for lowest in standing.deciding:
        yield f"  Lowest: {lowest.percent} per cent, {_named(lowest.key_question)}"
    if standing.discretion_possible:
        yield f"  Professional discretion is possible: {listed([*_discretion(standing)])}."
    for question in standing.key_questions:
        if question.rounding_decides:
            count = question.count
            yield (
                f"  Rounding decides the band of {question.key_question.id}: "
                f"{count.yes} of {count.judged} counts as {count.percent} per cent."
            )
    yield from columns([*_table(standing, figures)], right=(1, 2))
    for other in standard.key_questions:
        if other.qualitative:
            yield f"  {other.id}  judged in words for the inspection as a whole: {other.wording}"


def _rating(standing: StandardStanding) -> str:
    if standing.standard.judged_as_a_whole:
        return "judged as a whole, without percentages"
    if standing.provisional is None:
        return "no rating yet, no case is judged"
    if standing.settled:
        return f"{standing.provisional.title}, settled"
    possible = listed([band.title for band in standing.possible], "or")
    return f"{standing.provisional.title} so far, and still possible: {possible}"


def _named(question: KeyQuestion) -> str:
    return f"{question.id} {question.wording}"


def _discretion(standing: StandardStanding) -> Iterator[str]:
    points = standing.framework.discretion_points
    for question in standing.deciding:
        if question.near_boundary:
            yield f"{question.key_question.id} is within {counted(points, 'point')} of a boundary"
        if question.one_case_decides:
            yield f"one case judged the other way would change the band of {question.key_question.id}"


def _table(standing: StandardStanding, figures: Figures) -> Iterator[tuple[str, ...]]:
    for question in standing.key_questions:
        count, band = question.count, question.band
        yield (
            f"  {question.key_question.id}",
            "no per cent" if count.percent is None else f"{count.percent} per cent",
            f"{count.yes} of {count.judged}",
            band.title if band else "no band yet",
            f"{count.open} open",
            *(_compared(question, whose, imported) for whose, imported in figures.items()),
            question.key_question.wording,
        )


def _compared(question: KeyQuestionStanding, whose: Whose, imported: FiguresImported) -> str:
    from fieldtool.domain.method.comparison import difference, in_words

    figure = imported.figures.get(question.key_question.id)
    if figure is None:
        return f"no {whose} figure"
    differs = difference(question.count, figure)
    return f"{whose} {figure.percent} per cent{'' if differs is None else f': {in_words(differs)}'}"


def _say_json(standing: Standing, figures: Figures, unrated: Mapping[str, str]) -> None:
    from fieldtool.cli import json_of_views as shapes
    from fieldtool.domain.method.comparison import difference

    def compared(question: KeyQuestionStanding, imported: FiguresImported) -> shapes.Compared | None:
        figure = imported.figures.get(question.key_question.id)
        if figure is None:
            return None
        differs = difference(question.count, figure)
        told = differs._asdict() if differs else {"points": None, "significant": None}
        return shapes.Compared.made_of(figure, **told)

    def question(question: KeyQuestionStanding) -> shapes.KeyQuestion:
        beside = {whose: compared(question, imported) for whose, imported in figures.items()}
        return shapes.KeyQuestion.made_of(question, **beside)

    standards = [
        shapes.Standard.made_of(
            each,
            key_questions=[*map(question, each.key_questions)],
            left_unrated=unrated.get(each.standard.id),
        )
        for each in standing.standards
    ]
    names = {whose: imported.name for whose, imported in figures.items()}
    say_json(shapes.Ratings.made_of(standing, standards=standards, compared_with=names))
