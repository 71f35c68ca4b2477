"""Mailboxes of persons.

The rule. A mailbox that names a function at an office's domain (``saraban@…go.th``, or any
``info@`` at a domain of its own) is nobody's: it is not told. Every other one stops the release: a
person's at a public office too, for which ``public_officer`` answers. Lists of functions, offices
and free mailboxes: ``flows/data/privacy/mail.yaml``.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Level
from flows.privacy import Company, Found, Heading, Tally
from flows.privacy.cover import examples
from flows.privacy.words import Marks, either, load, marks, matched

CODES = ("privacy-email", "privacy-email-office")
PUBLIC_DUTY = True
COMPANY = False
PERSON, OFFICER = 1, 2

_LOCAL = r"[A-Za-z0-9][A-Za-z0-9._%+\-]*"
_DOMAIN = r"(?:[A-Za-z0-9\-]+\.)+[A-Za-z]{2,}"
COVER = ((rf"([A-Za-z0-9])[A-Za-z0-9._%+\-]*\s?@\s?({_DOMAIN})", r"\1****@\2"),)


def screen(heading: Heading) -> str | None:
    """An at sign between a mailbox and a domain."""
    return None if heading.geometry else r"[A-Za-z0-9]\s?@\s?[A-Za-z0-9\-]+\.[A-Za-z]"


def look(values: pa.Array, heading: Heading) -> Marks:
    """Marks by mailbox and domain; a person's mailbox weighs more than an office's beside it."""
    functions = either(load("mail")["functions"])
    offices = either(load("mail")["offices"])
    generic = rf"(?i)(^|[^A-Za-z0-9._%+\-]){functions}(?:[._\-]?[A-Za-z0-9]{{0,12}})\s?@\s?"
    rest = _without(values, rf"{generic}(?:[A-Za-z0-9\-]+\.)+{offices}")
    rest = _without(rest, rf"(?i)(^|[^A-Za-z0-9._%+\-]){functions}\s?@\s?{_corporate()}")
    office = rf"(?i){_LOCAL}\s?@\s?(?:[A-Za-z0-9\-]+\.)*{offices}"
    person = _without(rest, office)
    found = marks(rest, (OFFICER, office))
    found[matched(person, rf"{_LOCAL}\s?@\s?{_DOMAIN}")] = PERSON
    found[matched(values, rf"(?i){_LOCAL}\s?@\s?{either(load('mail')['free'])}")] = PERSON
    return found


def _corporate() -> str:
    """Domains of companies and other bodies."""
    return r"(?:[A-Za-z0-9\-]+\.)+(?:co\.th|in\.th|net|org|com)"


def _without(values: pa.Array, pattern: str) -> pa.Array:
    return pc.replace_substring_regex(values, pattern, " ")


def judge(tally: Tally, company: Company) -> Found | None:
    """Any person's mailbox stops; an officer's too, in milder words."""
    if tally.rows(PERSON):
        return _found(tally, CODES[0], PERSON, OFFICER)
    return _found(tally, CODES[1], OFFICER) if tally.rows(OFFICER) else None


def _found(tally: Tally, code: str, *which: int) -> Found:
    shown = examples(tally.values(*which), COVER)
    count, row = tally.rows(*which), tally.row(*which)
    return Found("email", tally.heading.name, code, Level.ERROR, count, row, shown)
