"""The command: one benchmark by name, or all of them."""

from __future__ import annotations

import argparse

from benchmarks._measure import machine
from catalog.registry import names, variant


def command() -> argparse.ArgumentParser:
    """Verbs are the modules of the package; options are their own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    verbs = parser.add_subparsers(dest="name")
    for name in names("benchmarks"):
        module = variant("benchmarks", name)
        first = (module.__doc__ or "").splitlines()[0]
        module.arguments(verbs.add_parser(name, help=first, description=module.__doc__))
    return parser


def main() -> None:
    """Run what was asked for; every benchmark as it stands where nothing was."""
    parser = command()
    given = parser.parse_args()
    print(machine())
    for name in [given.name] if given.name else names("benchmarks"):
        module = variant("benchmarks", name)
        print(f"\n== {name}: {(module.__doc__ or '').splitlines()[0]}")
        module.main(given if given.name else parser.parse_args([name]))


if __name__ == "__main__":
    main()
