"""Each performance claim as a command that prints its figure beside its peer's.

``python -m benchmarks`` runs all of them, ``python -m benchmarks NAME`` one. A module of this
package is a benchmark: its docstring says what it measures and against what, ``arguments`` gives
its options to the command, ``main`` runs it and prints.
"""
