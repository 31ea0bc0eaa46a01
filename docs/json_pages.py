"""Write docs/json.md from the models of what commands say as JSON.

Run it as `python docs/json_pages.py` after a change to them.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, RootModel

from fieldtool.cli import json_of_tasks, json_of_views

PAGE = Path(__file__).with_name("json.md")
PLAIN = {
    str: "text",
    int: "number",
    float: "number",
    bool: "true or false",
    date: "day, as 2020-03-16",
    NoneType: "null",
}
HEAD = """# What commands say as JSON

With `--json`, a command says what it has to say as one object or list of JSON, in ASCII, for other programs. The keys
stay as they are from version to version; new ones may come in. A moment is by the clock on the wall of whoever
recorded it, in ISO 8601 with its offset from UTC. This page is made from the models of the code by
`docs/json_pages.py`.
"""


class Key(NamedTuple):
    """A key of an object."""

    name: str
    type: object
    says: str


def commands() -> dict[str, type[BaseModel]]:
    """What each command says, by the words that its model begins with."""
    models = [*vars(json_of_views).values(), *vars(json_of_tasks).values()]
    told = {
        model: model.__doc__ or ""
        for model in models
        if isinstance(model, type) and issubclass(model, BaseModel)
    }
    return {said.partition(": ")[0]: model for model, said in told.items() if said.startswith("`fieldtool ")}


def keys(shape: type) -> Iterator[Key]:
    """The keys of an object, in their order."""
    if issubclass(shape, BaseModel):
        for name, field in shape.model_fields.items():
            optional = "" if field.is_required() else "may be missing"
            said = "; ".join(filter(None, (field.description, optional)))
            yield Key(field.serialization_alias or name, field.annotation, said)
        return
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(shape))).body
    if not isinstance(body, ast.ClassDef):
        raise TypeError(shape)
    says = {}
    for node, after in zip(body.body, [*body.body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            told = after.value if isinstance(after, ast.Expr) else None
            says[node.target.id] = str(told.value) if isinstance(told, ast.Constant) else ""
    types = get_type_hints(shape)
    yield from (
        Key(name, types[name], said[:1].lower() + said[1:].rstrip(".")) for name, said in says.items()
    )


def told(type_: object, inner: list[type]) -> str:
    """A type in words; the objects in it are put down as well."""
    origin, args = get_origin(type_), get_args(type_)
    if origin is Annotated:
        return told(args[0], inner)
    if origin is Literal:
        return "text"
    if origin in (Union, UnionType):
        return " or ".join(told(each, inner) for each in args)
    if origin is tuple:
        return f"list of {told(args[0], inner)}"
    if origin is dict:
        return f"object with {told(args[1], inner)} under each key"
    if type_ in PLAIN:
        return PLAIN[type_]  # type: ignore[index]  # it is one of its keys
    if not isinstance(type_, type):
        raise TypeError(type_)
    if type_ not in inner:
        inner.append(type_)
    return f"*{type_.__name__}*"


def page() -> str:
    """The page as it should be."""
    sections = (section(command, model) for command, model in sorted(commands().items()))
    return "\n".join([HEAD, *chain.from_iterable(sections)])


def section(command: str, model: type[BaseModel]) -> Iterator[str]:
    """What one command says."""
    said, inner = (model.__doc__ or "").partition(": ")[2], list[type]()
    yield f"## {command}\n"
    yield f"{said[0].upper()}{said[1:]}\n"
    if issubclass(model, RootModel):
        words = told(model.model_fields["root"].annotation, inner)
        yield f"{words[0].upper()}{words[1:]}.\n"
    else:
        yield from listed(model, inner)
    for each in inner:  # grows while it is read
        yield f"*{each.__name__}*: {(each.__doc__ or '').splitlines()[0]}\n"
        yield from listed(each, inner)


def listed(shape: type, inner: list[type]) -> Iterator[str]:
    """The keys of an object as a list."""
    for key in keys(shape):
        yield f"- `{key.name}`, {told(key.type, inner)}{f': {key.says}' if key.says else ''}"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
