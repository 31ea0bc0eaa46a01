"""The lot: numbers that are expected on average become whole numbers, by chance and so that all sums still hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from random import Random
from typing import TypeVar

from fieldtool.domain.method.chances import ONE

Key = TypeVar("Key", bound=Hashable)

_OUTSIDE = 0
"""The node where what flows in comes from, and to which it returns."""


def rounded_by_lot(
    expected: Mapping[Key, int], groups: Mapping[Key, Sequence[Hashable]], ends: Mapping[Key, Hashable], dice: Random
) -> dict[Key, int]:  # fmt: skip
    """Round each number up or down by chance, so that on average it is as expected.

    The sum over any group, and over all that end alike, is rounded up or down too: it never is further from what is
    expected than rounding makes it. This is dependent rounding (Gandhi, Khuller, Parthasarathy and Srinivasan, 2006):
    as long as numbers are no whole ones, a cycle of them is changed by turns up and down, in one or the other
    direction with the chances that keep every average.

    Args:
        expected: numbers in parts of `ONE`; over each outermost group they make a whole number.
        groups: for each number, the groups that it is in, each within the one before it.
        ends: for some numbers, what else they are summed over, as their officer.
    """
    flows = _Flows(expected, groups, ends)
    flows.settle(dice)
    return {key: amount // ONE for key, amount in flows.of_keys(expected)}


class _Flows:
    """Amounts that flow from outside through groups and ends to the outside again; what goes in must come out."""

    def __init__(
        self, expected: Mapping[Key, int], groups: Mapping[Key, Sequence[Hashable]], ends: Mapping[Key, Hashable]
    ) -> None:  # fmt: skip
        self._edges: list[tuple[int, int]] = []
        self._amounts: list[int] = []
        self._at: dict[int, list[int]] = defaultdict(list)
        self._nodes: dict[Hashable, int] = {}
        between: dict[tuple[int, int], int] = defaultdict(int)
        self._edge_of: dict[Hashable, int] = {}
        for key, amount in expected.items():
            node = _OUTSIDE
            for depth in range(1, len(groups[key]) + 1):
                within = self._node(("group", *groups[key][:depth]))
                between[node, within] += amount
                node = within
            end = self._node(("end", ends[key])) if key in ends else _OUTSIDE
            if end:
                between[end, _OUTSIDE] += amount
            self._edge_of[key] = self._add(node, end, amount)
        for (start, stop), amount in between.items():
            self._add(start, stop, amount)

    def of_keys(self, keys: Iterable[Key]) -> Iterable[tuple[Key, int]]:
        """How much flows by each of them now."""
        return ((key, self._amounts[self._edge_of[key]]) for key in keys)

    def _node(self, name: Hashable) -> int:
        return self._nodes.setdefault(name, len(self._nodes) + 1)

    def _add(self, start: int, stop: int, amount: int) -> int:
        edge = len(self._edges)
        self._edges.append((start, stop))
        self._amounts.append(amount)
        if amount % ONE:
            self._at[start].append(edge)
            self._at[stop].append(edge)
        return edge

    def settle(self, dice: Random) -> None:
        """Go along amounts that are no whole numbers until a way closes, and change those on it, until all are."""
        for edges in self._at.values():
            dice.shuffle(edges)
        for start in list(self._at):
            way: list[int] = []
            nodes, place = [start], {start: 0}
            while (edge := self._next(nodes[-1], way[-1] if way else None)) is not None:
                node = self._other_end(edge, nodes[-1])
                way.append(edge)
                if node not in place:
                    place[node] = len(nodes)
                    nodes.append(node)
                    continue
                first = place[node]
                self._change(way[first:], nodes[first:], dice)
                for left in nodes[first + 1 :]:
                    del place[left]
                del way[first:], nodes[first + 1 :]

    def _next(self, node: int, came_by: int | None) -> int | None:
        """An amount at a node that is no whole number, and not the one by which it was reached."""
        edges = self._at[node]
        self._without_whole(edges)
        if not edges or edges[-1] != came_by:
            return edges[-1] if edges else None
        edges.pop()
        self._without_whole(edges)
        other = edges[-1] if edges else None
        edges.append(came_by)
        return other

    def _without_whole(self, edges: list[int]) -> None:
        while edges and not self._amounts[edges[-1]] % ONE:
            edges.pop()

    def _other_end(self, edge: int, node: int) -> int:
        start, stop = self._edges[edge]
        return stop if node == start else start

    def _change(self, way: Sequence[int], nodes: Sequence[int], dice: Random) -> None:
        """Change the amounts on a closed way by turns, so that one at least becomes a whole number."""
        signs = [1 if self._edges[edge][0] == node else -1 for edge, node in zip(way, nodes, strict=True)]
        parts = [self._amounts[edge] % ONE for edge in way]
        up = min(ONE - part if sign > 0 else part for sign, part in zip(signs, parts, strict=True))
        down = min(part if sign > 0 else ONE - part for sign, part in zip(signs, parts, strict=True))
        step = up if dice.randrange(up + down) < down else -down
        for edge, sign in zip(way, signs, strict=True):
            self._amounts[edge] += sign * step
