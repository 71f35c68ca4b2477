"""A small language over a row's fields: ``total = male + female``; read into a tree, never run.

Rules of a schema are written in it, and filters of data queries. What it has, and nothing else:

    values        12  3.5  'text' ('' inside is one quote)  true  false  field names
    arithmetic    + - * /  and  -x
    comparison    = <> < <= > >=   x between a and b   x in (1, 2)   x is null   (also: is not,
                  not in, not between; != is <>)
    logic         and  or  not
    functions     abs(x)  round(x, n)  length(text)  coalesce(x, y)
                  contains(text, part)  starts_with(text, part)  year(date)  month(date)

Words may be in capitals. A field whose name is a word of the language stands in double quotes.
``parse(written(tree)) == tree`` for every tree that ``parse`` gives (property test). SQL is made of
trees by ``catalog.expression.sql``; no text of a user ever becomes part of it.
"""

from __future__ import annotations

from catalog.expression.parser import parse
from catalog.expression.sql import Compiled, Kind, Variable, compiled, held
from catalog.expression.tree import Expression, ExpressionError, handled, names, walk
from catalog.expression.writer import written

__all__ = [
    "Compiled", "Expression", "ExpressionError", "Kind", "Variable",
    "compiled", "handled", "held", "names",
    "parse", "walk", "written",
]  # fmt: skip
