"""A file, whole: its tables, what each column holds, and what ails them.

Each table is read once with its reader and laid aside as Parquet of texts; everything after works
on distinct values and on that Parquet, so that a whole file costs little more than a sample.
Nothing is raised for bad data: what cannot be read is a finding. ``flows.doctor.declared`` does the
same for the sources of a declared dataset.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import SecretStr

from catalog.problem import DeclarationError, Level, Problem, Rejected, SamdaoError
from catalog.registry import variant
from flows import processes
from flows.doctor import Column, Diagnosis, Finding, Layout, bounded
from flows.given import plain_file
from flows.sources import BATCH_ROWS, POSITION, RawTable, Shelf
from flows.sources._evidence import too_large

if TYPE_CHECKING:
    from flows.rehearse import Rehearsal

#: What codes are made with while looking: nothing of it stays.
SALT = SecretStr("a trial")


@dataclass(frozen=True, slots=True)
class TableExam:
    """What was found about one table.

    Attributes:
        layout: where it stands and how it is read.
        labels: header labels in order, as the reader gives them.
        staged: Parquet of the table as read (``Column.staged``).
        rows: their number.
        diagnoses: one for each column, in order.
        findings: about the table as a whole: of its layout, of the reader, of rows.
        keys: labels of columns that tell rows apart, the best candidate first.
        geometry, crs: label of the geometry column and its reference system.
        mended: findings that the declared repairs already mend, as (code, label).
        name: of the declared table.
    """

    layout: Layout
    labels: tuple[str, ...]
    staged: Path
    rows: int
    diagnoses: tuple[Diagnosis, ...]
    findings: tuple[Finding, ...] = ()
    keys: tuple[tuple[str, ...], ...] = ()
    geometry: str | None = None
    crs: str | None = None
    mended: frozenset[tuple[str, str | None]] = frozenset()
    name: str | None = None

    @property
    def all_findings(self) -> Iterator[Finding]:
        """Those of the table, then those of its columns."""
        yield from self.findings
        for diagnosis in self.diagnoses:
            yield from diagnosis.findings

    def raw(self) -> RawTable:
        """The table once more, as its reader gave it."""
        return RawTable(
            self.labels, partial(_reopened, self.staged, self.labels), self.geometry, self.crs
        )


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found about a file, or about the sources of a declared dataset.

    Attributes:
        file: name of the file, or the dataset's id.
        path: where it lies; ``None`` for a declared dataset.
        size: bytes.
        sha256: of its bytes.
        tables: in the order of the file.
        findings: about the file as a whole, what could not be read among them.
        rehearsal: what a run of the declared dataset comes to.
    """

    file: str
    path: Path | None
    size: int
    sha256: str
    tables: tuple[TableExam, ...] = ()
    findings: tuple[Finding, ...] = ()
    rehearsal: Rehearsal | None = None

    @property
    def all_findings(self) -> Iterator[Finding]:
        """Every finding: of the file, of its tables, of their columns."""
        yield from self.findings
        for table in self.tables:
            yield from table.all_findings

    @property
    def stopping(self) -> tuple[Finding, ...]:
        """Findings that stop publication, and that no declared repair mends."""
        mended = {item for table in self.tables for item in table.mended}
        return tuple(
            found for found in self.all_findings
            if found.problem.level is Level.ERROR
            and (found.problem.code, found.problem.field) not in mended
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Desk:
    """What an examination works with.

    Attributes:
        scratch: folder for what is laid aside; it has to stay as long as the examination is used.
        now: the clock (UTC).
        max_bytes: bound on the size of a source.
        tell: called with the name of what is being looked at.
    """

    scratch: Path
    now: Callable[[], datetime]
    max_bytes: int
    tell: Callable[[str], None] = field(default=lambda step: None)

    def folder(self, name: str) -> Path:
        """A folder of the desk."""
        found = self.scratch / name
        found.mkdir(parents=True, exist_ok=True)
        return found


def examine(path: Path, desk: Desk, sheet: str | None = None) -> Examination:
    """Examine a file.

    Args:
        path: the file.
        desk: what to work with.
        sheet: name or number of the only sheet to look at.

    Raises:
        DeclarationError: no such file, a link or a device, no such sheet.
        OutsideError: the file may not be read.
    """
    from flows.doctor.layout import layouts

    plain_file(path, folder=path.is_dir() and any(path.glob("*.[sS][hH][pP]")))
    size, sha256 = _measured(path, desk.max_bytes)
    if size > desk.max_bytes:
        told = refused(Rejected(too_large(path.name, desk.max_bytes)))
        return Examination(path.name, path, size, sha256, findings=told)
    try:
        found = layouts(path)
    except SamdaoError as error:
        return Examination(path.name, path, size, sha256, findings=refused(error))
    chosen = found if sheet is None else _of_sheet(found, sheet)
    tables, findings = [], []
    for number, layout in enumerate(chosen):
        desk.tell(str(layout.options.get("sheet", path.name)))
        try:
            raw = _read(path, layout, desk)
            tables.append(examine_table(layout, raw, desk, f"t{number}"))
        except SamdaoError as error:
            findings += [*layout.findings, *refused(error)]
    return Examination(path.name, path, size, sha256, tuple(tables), tuple(findings))


def again(path: Path, layout: Layout, desk: Desk, name: str) -> TableExam:
    """Examine one table once more, after its layout was changed by an answer.

    Args:
        path: the file.
        layout: as answered.
        desk: what to work with.
        name: under which it is laid aside.

    Raises:
        SamdaoError: it cannot be read like this.
    """
    return examine_table(layout, _read(path, layout, desk), desk, name)


def _measured(path: Path, most: int) -> tuple[int, str]:
    """Size, and SHA-256 of a file that is not larger than what is read."""
    if path.is_dir():  # a folder of a Shapefile's parts
        return sum(item.stat().st_size for item in path.iterdir()), ""
    size = path.stat().st_size
    if size > most:
        return size, ""
    with path.open("rb") as file:
        return size, hashlib.file_digest(file, "sha256").hexdigest()


def _of_sheet(found: tuple[Layout, ...], sheet: str) -> tuple[Layout, ...]:
    """The tables of one sheet, by its name or by its number among the sheets that have tables.

    Raises:
        DeclarationError: no table stands in a sheet of that name.
    """
    names = list(dict.fromkeys(str(layout.options.get("sheet", "1")) for layout in found))
    wanted = names[int(sheet) - 1] if sheet.isdigit() and 0 < int(sheet) <= len(names) else sheet
    wanted = sheet if sheet in names else wanted
    if wanted not in names:
        params = {"nearest": ", ".join(names) or "—", "known": ", ".join(names) or "—"}
        raise DeclarationError(Problem("name-unknown", place="--sheet", value=sheet, params=params))
    return tuple(layout for layout in found if str(layout.options.get("sheet", "1")) == wanted)


def refused(error: SamdaoError) -> tuple[Finding, ...]:
    """What stops reading, as findings."""
    return tuple(Finding(problem) for problem in error.problems)


def _read(path: Path, layout: Layout, desk: Desk) -> RawTable:
    if layout.raw is not None:
        return layout.raw
    source = variant("flows.sources", layout.kind)
    options = source.Options.model_validate({"path": path.name, **layout.options})
    shelf = Shelf(path.resolve().parent, desk.folder("evidence"), None, desk.now, desk.max_bytes)
    raw: RawTable = source.read(source.pull(options, shelf), options)
    return raw


def examine_table(layout: Layout, raw: RawTable, desk: Desk, name: str) -> TableExam:
    """Lay a table aside, then look at its columns, then at its rows.

    Raises:
        Rejected: more columns than a table may have.
    """
    from flows.doctor import columns as columns_room
    from flows.doctor import table as table_room

    bounded(len(raw.columns))
    staged = desk.folder("staged") / f"{name}.parquet"
    rows = stage(raw, staged)
    found: tuple[Column, ...] = columns_room.columns(staged, raw.columns, raw.geometry)
    # Columns do not know each other, and Arrow's kernels let other threads run.
    with ThreadPoolExecutor(processes.cores()) as pool:
        diagnoses = tuple(pool.map(columns_room.diagnose, found))
    of_rows = table_room.examine(found, diagnoses, staged)
    keys = table_room.keys(found, diagnoses, staged)
    told = {item.problem.code for item in layout.findings}
    of_reader = (Finding(item) for item in raw.findings if item.code not in told)
    return TableExam(
        layout, raw.columns, staged, rows, diagnoses,
        (*layout.findings, *of_reader, *of_rows), keys, raw.geometry, raw.crs,
    )  # fmt: skip


def stage(raw: RawTable, target: Path) -> int:
    """Lay a table aside as Parquet under the names ``c0``, ``c1``…; gives the number of rows."""
    names = [POSITION, *(f"c{at}" for at in range(len(raw.columns)))]
    types = [pa.int64()]
    types += [pa.binary() if label == raw.geometry else pa.string() for label in raw.columns]
    schema = pa.schema(list(zip(names, types, strict=True)))
    rows = 0
    with pq.ParquetWriter(target, schema, compression="lz4") as writer:
        for batch in raw.open():
            arrays = [
                column if column.type == wanted else column.cast(wanted)
                for column, wanted in zip(batch.columns, types, strict=True)
            ]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
            rows += batch.num_rows
    return rows


def _reopened(staged: Path, labels: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(staged) as file:
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            yield batch.rename_columns([POSITION, *labels])
