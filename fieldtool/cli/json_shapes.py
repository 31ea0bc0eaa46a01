"""What JSON of commands is made of: models that read their values from the attributes of what they tell."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from fieldtool.domain.base import Model


def at(path: str | None = None, says: str | None = None, *, key: str | None = None) -> Any:  # noqa: ANN401  # as Field
    """Where a value is read, as "count.yes", if not from the attribute of its name; and what it says.

    Args:
        path: attributes one after the other; None on the way is None, and a "*" stands for each of several things.
        key: in JSON, where Python needs the word itself.
    """
    return Field(validation_alias=path, serialization_alias=key, description=says)


_ABSENT = object()


def _read(source: object, path: str) -> object:
    name, _, rest = path.partition(".")
    if name == "*" and isinstance(source, tuple):
        return [_read(each, rest) for each in source]
    value = getattr(source, name, _ABSENT)
    return _read(value, rest) if rest and value is not None else value


class Shape(Model):
    """An object, read from the attributes of something; a key with a default is left out where it was not said."""

    model_config = ConfigDict(validate_by_name=True)

    @classmethod
    def made_of(cls, source: object = None, /, **also: object) -> Self:
        """What there is of something, and what else is to be said."""
        return cls.model_validate(({} if source is None else cls._values(source)) | also)

    @model_validator(mode="before")
    @classmethod
    def _from_attributes(cls, source: object) -> object:
        return source if isinstance(source, dict | cls) else cls._values(source)

    @classmethod
    def _values(cls, source: object) -> dict[str, object]:
        paths = {name: str(field.validation_alias or name) for name, field in cls.model_fields.items()}
        read = {name: _read(source, path) for name, path in paths.items()}
        return {name: value for name, value in read.items() if value is not _ABSENT}


Maybe = Annotated[str | None, BeforeValidator(lambda value: value or None)]
Words = Annotated[str, BeforeValidator(str)]
PerDay = Annotated[
    float | None, BeforeValidator(lambda value: value if value is None else round(float(value), 2))
]
Clock = Annotated[str | None, BeforeValidator(lambda value: value if value is None else f"{value:%H:%M}")]

AS_OBJECT = PlainSerializer(lambda row: row._asdict())
"""Lets a named tuple be an object with a key for each of its fields."""

WHEN = "when, by the clock on the wall there, ISO 8601 with its offset"
WHO = "the id of a person"
