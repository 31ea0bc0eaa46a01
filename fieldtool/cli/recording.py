"""`fieldtool answer`, `judge`, `note`, `reason`, `fact`, `complete` and `reopen`: one thing recorded, for scripts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool.cli.dispatch import Refused
from fieldtool.cli.output import say
from fieldtool.cli.session import as_option, path_argument, working_in
from fieldtool.domain.words.nearest import QUOTED, did_you_mean

if TYPE_CHECKING:
    from fieldtool.domain.method.case import Slot
    from fieldtool.work.case_session import CaseSession

_VALUES = {
    "yes": "yes",
    "y": "yes",
    "no": "no",
    "n": "no",
    "x": "not_relevant",
    "not_relevant": "not_relevant",
    "none": "",
}

ref_argument = click.argument("ref")


@contextmanager
def _at(path: Path, ref: str, person: str | None) -> Iterator[CaseSession]:
    from fieldtool.work.case_session import CaseSession

    with working_in(path, person) as inspection:
        yield CaseSession(inspection, ref)


@click.command(short_help="Answer a prompt of a case.")
@path_argument
@ref_argument
@click.argument("prompt")
@click.argument("value", type=click.Choice([*_VALUES]))
@as_option
def answer(path: Path, ref: str, prompt: str, value: str, person: str | None) -> None:
    """Answer the PROMPT of the case REF of the inspection PATH: yes, no, x for not relevant, none to take it back.

    \b
    Example:
      fieldtool answer hiow.db CS-014 2.1.1.a yes
    """
    from fieldtool.domain.method.case import Answer, Aspect, Slot

    with _at(path, ref, person) as session:
        _known(prompt, session.framework.prompts_by_id, "prompt")
        given = _VALUES[value]
        session.answer(prompt, Answer(given) if given else None)
        say(_saved(session, Slot(Aspect.ANSWER, prompt)))


@click.command(short_help="Judge a key question of a case.")
@path_argument
@ref_argument
@click.argument("key_question")
@click.argument("value", type=click.Choice(["yes", "y", "no", "n", "none"]))
@click.option("--because", metavar="WORDS", help="The reason, which a no needs.")
@as_option
def judge(
    path: Path, ref: str, key_question: str, value: str, because: str | None, person: str | None
) -> None:
    """Judge the KEY_QUESTION of the case REF of the inspection PATH: yes, no, or none to take it back.

    \b
    Example:
      fieldtool judge hiow.db CS-014 2.1.1 no --because "Nobody asked"
    """
    from fieldtool.domain.method.case import Aspect, Judgement, Slot

    with _at(path, ref, person) as session:
        _known(key_question, session.framework.key_questions_by_id, "key question")
        given = _VALUES[value]
        session.judge(key_question, Judgement(given) if given else None)
        if because:
            session.write_text(Slot(Aspect.REASON, key_question), because)
        say(_saved(session, Slot(Aspect.JUDGEMENT, key_question)))
        why = session.why_ask(session.framework.key_questions_by_id[key_question])
        if why:
            say([f'A reason is due: {why}. `fieldtool reason {ref} {key_question} "…"` writes it.'])


@click.command(short_help="Record a fact of a case.")
@path_argument
@ref_argument
@click.argument("fact")
@click.argument("value")
@as_option
def fact(path: Path, ref: str, fact: str, value: str, person: str | None) -> None:
    """Record the FACT of the case REF of the inspection PATH: a choice by id or title, or words; none takes it back.

    \b
    Example:
      fieldtool fact hiow.db CS-014 gender female
    """
    from fieldtool.domain.method.case import Aspect, Slot

    with _at(path, ref, person) as session:
        _known(fact, session.framework.facts_by_id, "case fact")
        known = session.framework.facts_by_id[fact]
        choices = {
            name.casefold(): choice.id for choice in known.choices for name in (choice.title, choice.id)
        }
        if value != "none" and known.kind == "choice":
            _known(value.casefold(), choices, f"choice of {known.title}")
        session.set_fact(fact, None if value == "none" else choices.get(value.casefold(), value))
        say(_saved(session, Slot(Aspect.FACT, fact)))


@click.command(short_help="Write a note on a case, a key question or a prompt.")
@path_argument
@ref_argument
@click.argument("words")
@click.option("--on", "item", metavar="ITEM", default="", help="The key question or prompt; else the case.")
@as_option
def note(path: Path, ref: str, words: str, item: str, person: str | None) -> None:
    """Write a note on the case REF of the inspection PATH; it takes the place of the one before.

    \b
    Example:
      fieldtool note hiow.db CS-014 "See the letter of May" --on 2.1.1.a
    """
    from fieldtool.domain.method.case import Aspect, Slot

    with _at(path, ref, person) as session:
        if item:
            framework = session.framework
            _known(
                item, {**framework.prompts_by_id, **framework.key_questions_by_id}, "prompt or key question"
            )
        _write(session, Slot(Aspect.NOTE, item), words)


@click.command(short_help="Write the reason for a judgement.")
@path_argument
@ref_argument
@click.argument("key_question")
@click.argument("words")
@as_option
def reason(path: Path, ref: str, key_question: str, words: str, person: str | None) -> None:
    """Write why the KEY_QUESTION of the case REF of the inspection PATH was judged as it was.

    \b
    Example:
      fieldtool reason hiow.db CS-014 2.1.1 "Nobody asked"
    """
    from fieldtool.domain.method.case import Aspect, Slot

    with _at(path, ref, person) as session:
        _known(key_question, session.framework.key_questions_by_id, "key question")
        _write(session, Slot(Aspect.REASON, key_question), words)


def _write(session: CaseSession, slot: Slot, words: str) -> None:
    from fieldtool.domain.words.slots import name_of

    session.write_text(slot, words)
    say([f"Saved: {name_of(session.framework, slot)}."])


@click.command(short_help="Say that a case is done.")
@path_argument
@ref_argument
@as_option
def complete(path: Path, ref: str, person: str | None) -> None:
    """Say that the case REF of the inspection PATH is complete; what it lacks is said, if it lacks anything.

    \b
    Example:
      fieldtool complete hiow.db CS-014
    """
    from fieldtool.domain.method.walk import missing

    with _at(path, ref, person) as session:
        lacking = missing(session.framework, session.case)
        if lacking:
            raise Refused(
                f"{session.case.ref} is not complete: {'; '.join(each.what for each in lacking[:9])}."
            )
        session.complete()
        say([f"Saved: {session.case.ref} is complete."])


@click.command(short_help="Open a complete case again.")
@path_argument
@ref_argument
@click.argument("why")
@as_option
def reopen(path: Path, ref: str, why: str, person: str | None) -> None:
    """Open the complete case REF of the inspection PATH again, and say WHY.

    \b
    Example:
      fieldtool reopen hiow.db CS-014 "A letter came"
    """
    with _at(path, ref, person) as session:
        session.reopen(why)
        say([f"Saved: {session.case.ref} is open again."])


def _saved(session: CaseSession, slot: Slot) -> Iterator[str]:
    from fieldtool.work.slot_words import saved_in_words

    return saved_in_words(session, slot)


def _known(name: str, known: Collection[str], what: str) -> None:
    """See to it that something is there.

    Raises:
        Refused: it is not, with what was meant perhaps.
    """
    if name not in known:
        raise Refused(f'There is no {what} "{name}": {did_you_mean(name, known, mark=QUOTED)}')


RECORDING: tuple[click.Command, ...] = (answer, judge, fact, note, reason, complete, reopen)
"""The commands that record one thing."""
