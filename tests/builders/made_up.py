"""Events that nobody's fieldtool has written: true ones in which somebody has put something else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from fieldtool.domain.kinds.kind import KINDS, parse_body
from fieldtool.domain.log.events import GENESIS, Event, EventId

DEEP = "[" * 5_000 + "]" * 5_000
HUGE = "9" * 5_000

TEXTS = (
    *(
        "",
        " ",
        "some day",
        "\0",
        "\x1b[2Jgone\x07",
        "two\nlines",
        "\u202etxet",
        "x" * 3_000,
        "-1",
        "1.5",
        "9" * 40,
    ),
    *(
        "[red]",
        "=1+1",
        "0001-01-01",
        "9999-12-31",
        "2020-13-45",
        "2020-03-02T09:00",
        "a.b.c",
        "../..",
        "%s{}",
    ),
)
VALUES: tuple[Any, ...] = (
    *TEXTS,
    *(None, True, 0, -1, 2**31, 2**63 - 1, 2**63, 2**70, -(2**70), 1e300, [], {}, ["x"], {"x": "y"}, [[]]),
)
BODIES = (
    *(
        "",
        "{",
        "null",
        "[]",
        '"x"',
        "{}",
        DEEP,
        '{"prompt":' + DEEP + "}",
        HUGE,
        f'{{"prompt":{HUGE}}}',
        "\0",
    ),
    *('{"prompt":"Qax","answer":NaN}', '{"prompt":"\\ud800","answer":"yes"}', '{"a":1,"a":2}'),
)
WALLS = (
    *(
        "some day",
        "",
        "2020-03-02",
        "2020-03-02T09:00:00",
        "0001-01-01T00:00:00+00:00",
        "9999-12-31T23:59:59-14:00",
    ),
    *(
        "2020-W10-1T09:00:00+00:00",
        "2020-03-02T09:00:00.000+00:00",
        "2020-03-02T09:00:00+23:59",
        "1583139600",
        "\0",
    ),
)
TIMES = (0, 1, 2**31, 2**47, 2**53, 2**60, 2**62, 2**63 - 2, 2**63 - 1)


def chained(events: Sequence[Event], device: str = "stranger") -> list[Event]:
    """The events as the rightly chained ones of one laptop."""
    made: list[Event] = []
    for event in events:
        before = made[-1].hash if made else GENESIS
        each = event._replace(id=EventId(device, 1, len(made) + 1))
        made.append(each._replace(hash=each.chained(before)))
    return made


def later(event: Event) -> Event:
    """The event as one of the next day, so that it is shown before the true one."""
    return event._replace(at=event.at + (86_400_000 << 16))


@st.composite
def made_up(draw: st.DrawFn, true: Sequence[Event]) -> Event:
    """A true event, said again a day later, in which a field or two, or something within its body, are others."""
    event: Event = later(draw(st.sampled_from(true)))
    for _ in range(draw(st.integers(1, 2))):
        match draw(st.sampled_from(("wall", "at", "name", "parents", "text", "within", "within", "within"))):
            case "wall":
                event = event._replace(wall=draw(st.sampled_from(WALLS) | st.text(_KEEPABLE)))
            case "at":
                event = event._replace(at=draw(st.sampled_from(TIMES)))
            case "name":
                field = draw(st.sampled_from(("actor", "kind", "subject", "slot")))
                kinds = [*KINDS, "of.tomorrow"] if field == "kind" else TEXTS
                changed: dict[str, Any] = {field: draw(st.sampled_from(kinds))}
                event = event._replace(**changed)
            case "parents":
                numbers = st.integers(1, 2**63 - 1)
                ids = st.builds(EventId, st.sampled_from(("lead", "stranger", "a.b")), numbers, numbers)
                event = event._replace(parents=tuple(draw(st.lists(ids, max_size=5))))
            case "text":
                event = event._replace(text=draw(st.sampled_from(BODIES)))
            case _:
                event = _other_within(draw, event)
    return event


def _other_within(draw: st.DrawFn, event: Event) -> Event:
    """Something else within the body; the slot is the one that it then writes, if it can be read."""
    try:
        body = json.loads(event.text)
    except (ValueError, RecursionError):
        return event
    if not isinstance(body, dict) or not body:
        return event
    body[draw(st.sampled_from(sorted(body)))] = draw(st.sampled_from(VALUES))
    text = json.dumps(body)
    try:
        return event._replace(text=text, slot=str(parse_body(event.kind, text).slot))
    except (ValueError, RecursionError):
        return event._replace(text=text)


_KEEPABLE = st.characters(exclude_categories=["Cs"])
