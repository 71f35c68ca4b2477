"""Which cells of a table must be hidden so that none can be recalculated from its totals.

Hidden cells and the totals that are known form a graph: a total is a node, a hidden cell an edge
between the two totals that it is part of (its row's and its column's; one of them may be unknown).
A cell is given away exactly if no other set of values gives the same totals, that is if its edge
lies on no directed cycle of the graph in which a cell may grow in one direction and shrink in the
other, never below 1 (that it is not 0 is seen: zeros are not hidden). That covers both ways of
recalculating: by subtraction, and by small sums (two cells that make 2 are 1 and 1).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass

#: No total: cells that are part of none that is known.
FREE = -1


def free(line: int) -> int:
    """What stands for the second total of cells that are part of one only."""
    return -2 - line


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a statistic.

    Attributes:
        value: what it counts.
        row, column: numbers of the totals that it is part of, from one sequence, from 0; ``FREE``
            twice where it is part of none, ``free(row)`` where it is part of one.
        total: it is itself a total of its row: it grows as they grow.
    """

    value: int
    row: int
    column: int
    total: bool = False


def hidden(cells: Sequence[Cell], k: int) -> set[int]:
    """Indices of the cells to hide: the small ones, and those that protect them.

    Args:
        cells: every cell, in the order of the table.
        k: counts from 1 to k - 1 are small.

    Of the cells that can protect one, the smallest is taken. Where none can (a district with a
    single value and a known total) the cell stays alone, and ``given_away`` tells it.
    """
    out = {index for index, cell in enumerate(cells) if 0 < cell.value < k}
    lines = _by_line(cells)
    more: set[int] = out
    while more:
        more = _protectors(cells, lines, out)
        out |= more
    return out


def _protectors(cells: Sequence[Cell], lines: dict[int, list[int]], out: set[int]) -> set[int]:
    """One more cell for each hidden one that is given away; none twice for the same total."""
    found: set[int] = set()
    helped: set[int] = set()
    for index in sorted(given_away(cells, out)):
        mine = _lines(cells[index])
        more = None if mine & helped else _protector(cells, lines, out, index)
        if more is not None:
            found.add(more)
            helped |= mine | _lines(cells[more])
    return found


def _lines(cell: Cell) -> set[int]:
    """The totals that a cell is part of and that are known."""
    return {line for line in (cell.row, cell.column) if line >= 0}


def _by_line(cells: Sequence[Cell]) -> dict[int, list[int]]:
    lines: dict[int, list[int]] = defaultdict(list)
    for index, cell in enumerate(cells):
        for line in _lines(cell):
            lines[line].append(index)
    return lines


def _protector(
    cells: Sequence[Cell], lines: dict[int, list[int]], out: set[int], index: int
) -> int | None:
    """The smallest cell that is not hidden, in the nearest total through hidden cells."""
    seen, ahead = {index}, deque([index])
    while ahead:
        near = _lines(cells[ahead.popleft()])
        beside = {other for line in near for other in lines[line]}
        open_ = [other for other in beside - out if cells[other].value > 0]
        if open_:
            return min(open_, key=lambda other: (cells[other].value, other))
        ahead.extend(sorted(other for other in beside & out if other not in seen))
        seen |= beside
    return None


def given_away(cells: Sequence[Cell], out: set[int]) -> set[int]:
    """Hidden cells whose value follows from the totals."""
    graph: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for index in out:
        cell = cells[index]
        a, b = (cell.column, cell.row) if cell.total else (cell.row, cell.column)
        graph[a].append((b, index))
        if cell.value > 1:
            graph[b].append((a, index))
    return {index for index in out if not _moves(graph, cells[index], index)}


def _moves(graph: dict[int, list[tuple[int, int]]], cell: Cell, index: int) -> bool:
    """Whether the cell can have another value: one of its two directions closes a cycle."""
    if cell.row == cell.column:
        return True  # part of no total that is known
    a, b = (cell.column, cell.row) if cell.total else (cell.row, cell.column)
    return _reaches(graph, b, a, index) or (cell.value > 1 and _reaches(graph, a, b, index))


def _reaches(graph: dict[int, list[tuple[int, int]]], start: int, end: int, without: int) -> bool:
    seen, ahead = {start}, deque([start])
    while ahead:
        for node, edge in graph[ahead.popleft()]:
            if edge != without and node not in seen:
                if node == end:
                    return True
                seen.add(node)
                ahead.append(node)
    return False
