"""What is said of an inspection itself: what it is, by which instrument, who is on its team."""

from __future__ import annotations

from datetime import date
from typing import Literal

from fieldtool.domain.kinds.kind import WHOLE, Body, Says, Value, always, of_field
from fieldtool.domain.method.case import Aspect
from fieldtool.domain.method.framework import Framework


class InspectionOpened(Body):
    """An inspection was set up: of which provider, and when its fieldwork takes place."""

    says = Says(Aspect.INSPECTION, WHOLE, title="Name and dates of the inspection")
    kind: Literal["inspection.opened"] = "inspection.opened"
    provider: str
    title: str
    fieldwork_from: date | None = None
    fieldwork_to: date | None = None


class FrameworkChosen(Body):
    """The instrument of the inspection, whole: an inspection carries its own and needs no file beside it."""

    says = Says(
        Aspect.FRAMEWORK,
        Value(lambda body: body.framework.model_dump_json(by_alias=True, exclude_defaults=True)),
        title="Framework of the inspection",
    )
    kind: Literal["framework.chosen"] = "framework.chosen"
    framework: Framework


_ON_THE_TEAM = Says(Aspect.PERSON, WHOLE, ("person",), title="Name and role of {item}")


class PersonJoined(Body):
    """Somebody joined the team, or their role changed."""

    says = _ON_THE_TEAM
    kind: Literal["person.joined"] = "person.joined"
    person: str
    name: str
    role: Literal["lead_inspector", "inspector", "local_assessor"]


class PersonRemoved(Body):
    """Somebody left the team, and why; what they did stays."""

    says = _ON_THE_TEAM._replace(value=always(None))
    kind: Literal["person.removed"] = "person.removed"
    person: str
    why: str


class PersonBased(Body):
    """Somebody of the team works in an office of the inspected service, whose cases they do not assess."""

    says = Says(Aspect.OFFICE, of_field("office"), ("person",), title="Office of {item}")
    kind: Literal["person.based"] = "person.based"
    person: str
    office: str | None


class StandardLeftUnrated(Body):
    """A standard gets no rating in this inspection, and why."""

    says = Says(Aspect.UNRATED, of_field("why"), ("standard",), title="Why {item} gets no rating")
    kind: Literal["standard.left_unrated"] = "standard.left_unrated"
    standard: str
    why: str
