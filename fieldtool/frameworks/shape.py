"""Whether each table of a framework file has the keys and types of its model, said in plain sentences."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from fieldtool.domain.method.framework import Framework
from fieldtool.domain.method.strata import DrawFacts
from fieldtool.domain.words.nearest import QUOTED, did_you_mean
from fieldtool.frameworks.entries import Entry, listed

Finding = tuple[str, str]
"""The place in the file, and the sentence about it."""

_TYPES = {
    "string_type": "a text in quotation marks",
    "int_type": "a whole number without quotation marks",
    "int_parsing_size": "a whole number of ordinary size",
    "bool_type": "true or false, without quotation marks",
    "tuple_type": "a list in square brackets",
    "mapping_type": "a table of case facts, each with its list of values",
    "dict_type": "a table of case facts, each with its list of values",
    "model_type": "a table of its own",
    "model_attributes_type": "a table of its own",
}


def read(table: Mapping[str, object]) -> tuple[Framework | None, tuple[Finding, ...]]:
    """Build the framework; where that cannot be done, give every reason."""
    try:
        # JSON, because strictness there takes lists for tuples and still refuses "50" for 50.
        return Framework.model_validate_json(json.dumps(table, default=_not_json), strict=True), ()
    except ValidationError as error:
        return None, tuple(_findings(Entry(table), error.errors(include_url=False)))


def _not_json(value: object) -> object:
    """Dates and times: never wanted, so they become something that fits no field."""
    return {"date or time": str(value)}


def _findings(root: Entry, errors: list[ErrorDetails]) -> Iterator[Finding]:
    for error in errors:
        entry, rest = _locate(root, error["loc"])
        yield entry.place, _sentence(entry, rest, error)


def _locate(root: Entry, loc: tuple[int | str, ...]) -> tuple[Entry, tuple[int | str, ...]]:
    """The innermost table that a location leads to, and the rest of the way from there."""
    entry = root
    while len(loc) >= 2:
        key, index = loc[:2]
        if key == "draw_facts":
            return Entry({}, str(key), DrawFacts), loc[1:]
        inner = entry.child(key, index) if isinstance(key, str) and isinstance(index, int) else None
        if inner is None:
            break
        entry, loc = inner, loc[2:]
    return entry, loc


def _sentence(entry: Entry, rest: tuple[int | str, ...], error: ErrorDetails) -> str:
    """Say in words what pydantic found."""
    kind, where, context = error["type"], _where(rest), error.get("ctx", {})
    if kind == "extra_forbidden":
        known = [field.alias or name for name, field in entry.model.model_fields.items()]
        advice = did_you_mean(
            str(rest[-1]), known, f"the keys that fit here are {listed(known)}.", mark=QUOTED
        )
        return f"{where} is not a key that fits here; {advice}"
    if kind == "missing":
        return f"{where} is missing; add it."
    if kind in _TYPES:
        return f"{where} is of the wrong type; write {_TYPES[kind]}."
    if kind == "string_pattern_mismatch":
        return f"{where} {_pattern(str(error['input']), str(context['pattern']))}"
    if kind == "string_too_short":
        return f"{where} is empty; give it some wording."
    if kind == "string_too_long":
        return f"{where} is too long; keep it to {context['max_length']} characters."
    if kind in {"literal_error", "enum"}:
        expected = str(context["expected"]).replace("'", '"')
        return f'{where} is "{error["input"]}", which it cannot be; choose {expected}.'
    if kind == "greater_than_equal":
        return f"{where} is {error['input']}, which is too low; it has to be {context['ge']} or more."
    if kind == "less_than_equal":
        return f"{where} is {error['input']}, which is too high; it has to be {context['le']} or less."
    return f"{where} does not fit ({error['msg'][:1].lower()}{error['msg'][1:]}); mend it."


def _where(rest: tuple[int | str, ...]) -> str:
    """Name a field, and the place within it where it is a list or a mapping."""
    parts = [
        f"entry {part + 1}" if isinstance(part, int) else f'"{part}"' for part in rest if part != "[key]"
    ]
    return ", ".join(parts)


def _pattern(given: str, pattern: str) -> str:
    """Say what an id or a number may be made of."""
    if "_" in pattern:
        return (
            f'is "{given}", which cannot be an id; use small letters, digits and underscores, '
            "beginning with a letter or a digit."
        )
    return (
        f'is "{given}", which cannot be a number; use letters, digits and full stops, '
        "beginning with a letter or a digit."
    )
