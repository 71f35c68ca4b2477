"""Personal data (PDPA): nothing of it is published that the declaration does not answer for.

What was found when the table was made fit to be shown (``flows.privacy.protect``) becomes problems
here; a table that did not come that way is examined now. Treated columns were examined after their
treatment, so that what a treatment left is found as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog.problem import Problem
from flows.checks import Checked
from flows.privacy.declared import basis, public_columns
from flows.privacy.examine import examine, headings

STAGE = "text"


def check(table: Checked) -> Iterator[Problem]:
    """One problem for each kind in each column; no value in full."""
    if table.personal is not None:
        yield from (found.problem() for found in table.personal)
        return
    headed = headings(table.columns, table.schema, table.spec)
    public = public_columns(table.schema, table.spec)
    for found in examine(table.open(), headed, public=public):
        if basis(found, table.schema, table.spec) is None:
            yield found.problem()
