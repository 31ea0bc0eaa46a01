"""`fieldtool history`: who set what in a case, when, from what, to what and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool.cli.dispatch import Refused
from fieldtool.cli.output import columns, say, say_json
from fieldtool.cli.session import json_option, looking_at, path_argument
from fieldtool.domain.words.days import moment_in_full
from fieldtool.domain.words.nearest import did_you_mean
from fieldtool.domain.words.numbers import listed

if TYPE_CHECKING:
    from fieldtool.domain.log.history import Change
    from fieldtool.domain.method.case import Case, Slot
    from fieldtool.domain.method.framework import Framework
    from fieldtool.work.inspection import Inspection

NOTE = "note"
"""The item that means the note on the case itself."""


@click.command(short_help="Who set what in a case, when and why.")
@path_argument
@click.argument("ref")
@click.argument("item", required=False)
@json_option
def history(path: Path, ref: str, item: str | None, as_json: bool) -> None:
    """Say who set what in the case REF of the inspection PATH, when, from what, to what and why.

    The oldest comes first. ITEM is a prompt, a key question, the id of a case fact, or "note" for the note on
    the case; without it, everything is told. Where two people answered without knowing of each other, that is
    said at the end.

    \b
    Examples:
      fieldtool history hiow.db CS-014
      fieldtool history hiow.db CS-014 2.1.3
      fieldtool history hiow.db CS-014 note --json
    """
    from fieldtool.domain.log.history import conflicts

    with looking_at(path) as inspection:
        case = _case(inspection, ref)
        slots = None if item is None else _slots(inspection.framework, case, item)
        told = [each for each in inspection.whole_history(case) if slots is None or each.slot in slots]
        contested = conflicts(told)
        if as_json:
            from fieldtool.cli.json_of_views import History

            sides = [{"slot": each[0].slot, "sides": each} for each in contested]
            say_json(History.made_of(case=case.ref, item=item, changes=told, conflicts=sides))
        else:
            say(_lines(inspection.framework, case, item, told, contested))


def _case(inspection: Inspection, ref: str) -> Case:
    """The case of this reference.

    Raises:
        Refused: there is none; the words name the nearest.
    """
    from fieldtool.work.inspection import InspectionError

    try:
        return inspection.case(ref)
    except InspectionError:
        advice = did_you_mean(ref, [case.ref for case in inspection.cases()], "see `fieldtool progress`.")
        raise Refused(f"There is no case {ref} in this inspection: {advice}") from None


def _slots(framework: Framework, case: Case, item: str) -> Sequence[Slot]:
    """Where an item and what goes with it is kept.

    Raises:
        Refused: there is no such item; the words name the nearest.
    """
    from fieldtool.domain.method.case import Aspect, Slot

    if item in framework.prompts_by_id:
        return Slot(Aspect.ANSWER, item), Slot(Aspect.NOTE, item)
    if item in framework.key_questions_by_id:
        return Slot(Aspect.JUDGEMENT, item), Slot(Aspect.REASON, item), Slot(Aspect.NOTE, item)
    if item in framework.facts_by_id:
        return (Slot(Aspect.FACT, item),)
    if item == NOTE:
        return (Slot(Aspect.NOTE),)
    names = [*framework.items_for(case.sample), *framework.facts_by_id, NOTE]
    advice = did_you_mean(item, names, "see `fieldtool case`, or leave it out.")
    raise Refused(f"{item} is no prompt, key question or case fact: {advice}")


# ---------------------------------------------------------------------- plain lines


def _lines(
    framework: Framework,
    case: Case,
    item: str | None,
    told: Sequence[Change],
    contested: Iterable[Sequence[Change]],
) -> Iterator[str]:
    from fieldtool.domain.words.slots import change_in_words, name_of

    yield f"Case {case.ref}{'' if item is None else f', {_wording(framework, item)}'}"
    yield ""
    if not told:
        yield "Nothing was recorded here yet."
        return
    rows = [
        (
            moment_in_full(each.wall),
            each.actor,
            name_of(framework, each.slot),
            change_in_words(framework, each),
        )
        for each in told
    ]
    yield from columns(rows)
    for sides in contested:
        yield ""
        yield _conflict(framework, sides)


def _wording(framework: Framework, item: str) -> str:
    if item in framework.facts_by_id:
        return framework.facts_by_id[item].title
    known = framework.prompts_by_id.get(item) or framework.key_questions_by_id.get(item)
    return f"{item} {known.wording}" if known else "the note on the case"


def _conflict(framework: Framework, sides: Sequence[Change]) -> str:
    from fieldtool.domain.method.progress import lowered
    from fieldtool.domain.words.slots import name_of, quoted_value

    slot = sides[0].slot
    said = [
        f"{each.actor} said {quoted_value(framework, slot, each.value)} at {moment_in_full(each.wall)}"
        for each in sides
    ]
    shown = next(quoted_value(framework, slot, each.value) for each in sides if each.shown)
    return (
        f"Conflict about {lowered(name_of(framework, slot))}: {listed(said)}, without knowing of each other. "
        f"Shown is {shown}, until somebody settles it."
    )
