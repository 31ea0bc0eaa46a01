"""What every kind of event declares of itself: where it writes and what, and what may be done about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar, NamedTuple, Self

from fieldtool.domain.base import Model
from fieldtool.domain.method.case import Aspect, Slot

KINDS: dict[str, type[Body]] = {}
"""The model of each kind of event that this version knows; each puts itself in when it is defined."""


class Value(NamedTuple):
    """What an event gives its slot."""

    read: Callable[[Any], str | None]
    """The value, from the event's body; None clears the slot."""
    field: str = ""
    """The field that the value is, where it is one, so that the same can be said with another value."""
    text: bool = False
    """Whether it is written freely, so that two of them can be made one; then an empty text clears."""


def of_field(name: str) -> Value:
    """The value is one field."""

    def read(body: Body) -> str | None:
        value = getattr(body, name)
        return value.isoformat() if isinstance(value, date) else None if value is None else str(value)

    return Value(read, name)


def of_text(name: str) -> Value:
    """The value is one field that is written freely."""
    return Value(lambda body: getattr(body, name) or None, name, text=True)


def of_parts(*names: str) -> Value:
    """The value is some fields, as JSON."""
    return Value(lambda body: body.model_dump_json(include=set(names)))


def always(value: str | None) -> Value:
    """The value is the same for each event of the kind."""
    return Value(lambda _: value)


# Without defaults, so that a later version with more of them makes the same of the same event.
WHOLE = Value(lambda body: body.model_dump_json(exclude_defaults=True))
"""The value is the whole body, as JSON."""


class Says(NamedTuple):
    """What a kind of event says of itself; nothing else in the program lists kinds."""

    aspect: Aspect
    value: Value
    item: tuple[str, ...] = ()
    """The fields that together name the item of the slot."""
    joint: str = "/"
    """What stands between them."""
    title: str = ""
    """What the slot is called, as "Answer to {item}"."""
    deed: str = ""
    """What was done, where that says more than the value, as "completed"."""
    reason: str = ""
    """The field in which a reason is given with it."""
    by_laptop: bool = False
    """Whether laptops put it on record of themselves; else people say it."""
    contested: bool = True
    """Whether people settle it where two said otherwise; else it is read by rules of its own."""
    chosen: bool = False
    """Whether whoever settles it may say something of their own, in this kind."""
    undoable: bool = False
    """Whether undo takes it back."""
    work: bool = False
    """Whether it counts as work on a case, as against what was known of it beforehand."""
    admits: bool = False
    """Whether it says which laptops belong to the inspection."""


class Body(Model):
    """What an event says: the base of every kind."""

    says: ClassVar[Says]
    kind: str

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        """Put a kind in among those that are known."""
        kind = cls.model_fields["kind"].default
        if isinstance(kind, str):
            KINDS[kind] = cls

    @property
    def slot(self) -> Slot:
        """The slot that the event writes."""
        fields = [getattr(self, name) for name in self.says.item]
        return Slot(self.says.aspect, self.says.joint.join(map(str, fields)))

    @property
    def value(self) -> str | None:
        """What the event gives its slot; None clears it."""
        return self.says.value.read(self)

    @property
    def reason(self) -> str:
        """The reason that is given with it; empty where kinds of its sort give none."""
        return getattr(self, self.says.reason) if self.says.reason else ""

    @classmethod
    def setting(cls, slot: Slot, value: str | None) -> Self:
        """The event of this kind that gives a slot a value; None clears it.

        Raises:
            ValueError: the slot cannot have this value.
        """
        names = (
            slot.item.split(cls.says.joint, len(cls.says.item) - 1) if len(cls.says.item) > 1 else [slot.item]
        )
        said = "" if value is None and cls.says.value.text else value
        return cls.model_validate(
            {**dict(zip(cls.says.item, names, strict=False)), cls.says.value.field: said}
        )


class UnknownHappened(Body):
    """An event of a kind that this version does not know: kept and passed on, without effect here."""

    says = Says(Aspect.UNKNOWN, always(None), ("kind",), contested=False)
    text: str


def aspects(which: Callable[[Says], bool]) -> frozenset[Aspect]:
    """The aspects that kinds of some sort write."""
    return frozenset(model.says.aspect for model in KINDS.values() if which(model.says))


def kinds(which: Callable[[Says], bool]) -> frozenset[str]:
    """The names of the kinds of some sort."""
    return frozenset(name for name, model in KINDS.items() if which(model.says))


def parse_body(kind: str, text: str) -> Body:
    """Read the body of an event from its JSON text.

    Raises:
        ValueError: the kind is known, but the text does not fit it.
    """
    model = KINDS.get(kind)
    return UnknownHappened(kind=kind, text=text) if model is None else model.model_validate_json(text)


def body_text(body: Body) -> str:
    """The JSON text of a body, as it is stored, hashed and sent."""
    if isinstance(body, UnknownHappened):
        return body.text
    return body.model_dump_json(exclude={"kind"}, by_alias=True)


def setting(slot: Slot, value: str | None) -> Body | None:
    """What sets a slot to a value of somebody's own choice; None if nobody may choose one there.

    Raises:
        ValueError: the slot cannot have this value.
    """
    chosen = (model for model in KINDS.values() if model.says.chosen and model.says.aspect is slot.aspect)
    kind = next(chosen, None)
    return None if kind is None else kind.setting(slot, value)
