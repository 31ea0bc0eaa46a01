"""What a case list comes to, in words: which column is what, how many cases, and what else to know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from fieldtool.caselist.checking import Checked
from fieldtool.caselist.columns import BIRTH, CRN, NAMES, PNC
from fieldtool.domain.method.case_list import ListedCase
from fieldtool.domain.method.framework import Fact, Framework
from fieldtool.domain.words.numbers import counted, number

_NAMED = 5
"""So many texts of a fact are named."""

_PERSONAL = frozenset([*NAMES, BIRTH, PNC])


def what_becomes_of(framework: Framework, field: str) -> str:
    """What a column is used for, and whether it is kept; an empty field is a column that nobody needs."""
    if not field:
        return "not used, not kept"
    if field == CRN or field in framework.facts_by_id:
        return "kept"
    return "finds duplicates, not kept" if field in _PERSONAL else "looked at, not kept"


def summary(checked: Checked) -> str:
    """How many rows there are, and how many of them are taken."""
    left_out = number(len(checked.left_out))
    return f"{counted(checked.rows, 'row')}: {number(len(checked.taken))} taken, {left_out} left out."


def values(framework: Framework, checked: Checked, fields: Mapping[str, object]) -> Iterator[str]:
    """How many of the cases taken have which value, for each fact with choices that the list has."""
    for fact in framework.facts:
        if fact.id not in fields:
            continue
        if fact.kind == "text":
            yield _texts(fact, checked)
        else:
            numbers = Counter(case.facts.get(fact.id) for case in checked.taken)
            parts = [
                f"{number(numbers[choice.id])} {choice.title.lower()}"
                for choice in fact.choices
                if numbers[choice.id]
            ]
            unknown = [f"{number(numbers[None])} not recorded"] if numbers[None] else []
            yield f"{fact.title}: {', '.join([*parts, *unknown]) or 'none'}"


def _texts(fact: Fact, checked: Checked) -> str:
    """How many texts a fact has, the most usual by name, and how many cases have none."""
    numbers = Counter(case.facts.get(fact.id, "") for case in checked.taken)
    blank = numbers.pop("", 0)
    named = ", ".join(f"{text} {number(cases)}" for text, cases in numbers.most_common(_NAMED))
    more = f", {number(len(numbers) - _NAMED)} more" if len(numbers) > _NAMED else ""
    none = f"; {number(blank)} blank" if blank else ""
    return f"{fact.title}: {named or 'none'}{more}{none}"


def words(framework: Framework, checked: Checked) -> Iterator[str]:
    """Every word of a column with choices, and what it is taken for."""
    for each in checked.values:
        fact = framework.facts_by_id[each.fact]
        as_what = fact.label(each.value) if each.value else "not recorded"
        text = f'"{each.text}"' if each.text else "blank"
        yield f"{fact.title}: {text} = {as_what} ({counted(each.rows, 'row')})"


def terminated(checked: Checked) -> str:
    """Which of the cases taken have ended; empty if none has."""
    if not checked.terminated:
        return ""
    first = ", ".join(str(row) for row in checked.terminated[:10])
    more = " and more" if len(checked.terminated) > 10 else ""
    return f"Terminated, and taken: {counted(len(checked.terminated), 'case')} (rows {first}{more})"


def case_in_words(framework: Framework, case: ListedCase) -> str:
    """A case as it will be kept: its reference, and the facts that the list has of it."""
    facts = [framework.facts_by_id[fact].label(value) for fact, value in case.facts.items()]
    return "  ".join([case.ref, ", ".join(facts)])
