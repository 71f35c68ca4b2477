"""A labelled set: columns of fictional persons' data, and of real-looking numbers that are none.

Made anew each time from a fixed seed. Ids have right checksums and registers that exist, and belong
to nobody on purpose: their running numbers are drawn. Each column has a header as offices write
them, or one that says nothing, and tells how many of its values are personal, and of which kind.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from catalog.places import places
from catalog.problem import Level
from flows.privacy import Heading
from flows.privacy.examine import examine
from flows.privacy.words import squeezed
from flows.sources import POSITION

_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_GIVEN = ("สมชาย", "สมหญิง", "อนันต์", "มาลี", "ประสิทธิ์", "วิไล", "ณัฐพล", "จันทร์เพ็ญ", "สุรชัย", "พรทิพย์")
_FAMILY = ("ใจดี", "รักไทย", "แสงทอง", "ศรีสุข", "บุญมา", "วงศ์ใหญ่", "ทองคำ", "พูนผล", "แก้วมณี", "ชัยวงษ์")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A column and the truth about it.

    Attributes:
        header: as the office writes it.
        values: its cells.
        kind: of personal data, if there is any.
        personal: how many cells have it.
        named: they have a name beside it.
        beside: other columns of the table, header to values.
    """

    header: str
    values: tuple[str, ...]
    kind: str | None = None
    personal: int = 0
    named: bool = False
    beside: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def truth(self) -> dict[str, int]:
        """Cells by kind."""
        found = {self.kind: self.personal} if self.kind else {}
        return found | ({"name": self.personal} if self.named else {})


@dataclass(frozen=True, slots=True)
class Score:
    """Cells found rightly, found wrongly, missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of what was found that is personal."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of what is personal that was found."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def check_digit(twelve: str) -> str:
    """The last digit of a 13-digit number."""
    total = sum(int(digit) * weight for digit, weight in zip(twelve, range(13, 1, -1), strict=True))
    return str((11 - total % 11) % 10)


def citizen_id(draw: random.Random) -> str:
    """A fictional id of a person."""
    register = draw.choice(sorted(places(4)))
    twelve = f"{draw.choice('12345678')}{register}{draw.randrange(10**7):07d}"
    return twelve + check_digit(twelve)


def dashed(number: str, sep: str = "-") -> str:
    """``1-2345-67890-12-3``."""
    cuts = (number[0], number[1:5], number[5:10], number[10:12], number[12])
    return sep.join(cuts)


def juristic(draw: random.Random) -> str:
    """A number of a company: 0, province, type, year of registration."""
    province, year = draw.choice(sorted(places(2))), draw.randrange(530, 569)
    twelve = f"0{province}5{year}{draw.randrange(10**5):05d}"
    return twelve + check_digit(twelve)


def mobile(draw: random.Random) -> str:
    """Ten digits of a mobile number."""
    return f"0{draw.choice('689')}{draw.randrange(10**8):08d}"


def name(draw: random.Random) -> str:
    """A title, a given name, a surname."""
    title = draw.choice(("นาย", "นาง", "นางสาว", "น.ส. ", "ด.ช.", "ด.ญ.", "นาย "))
    return f"{title}{draw.choice(_GIVEN)} {draw.choice(_FAMILY)}"


def _many(draw: random.Random, make: Callable[[random.Random], str], count: int) -> tuple[str, ...]:
    return tuple(make(draw) for _ in range(count))


def labelled(seed: int = 2562, count: int = 60) -> Iterator[Labelled]:
    """Every labelled column.

    Args:
        seed: of the generator.
        count: cells of each column.
    """
    draw = random.Random(seed)
    for part in (_ids, _no_ids, _phones, _no_phones, _mail, _accounts, _others):
        yield from part(draw, count)


def _ids(draw: random.Random, n: int) -> Iterator[Labelled]:
    plain = _many(draw, citizen_id, n)
    for header in ("เลขประจำตัวประชาชน", "col1", "เลขที่", "หมายเหตุ", "เลขประจำตัวผู้เสียภาษี", "id"):
        yield Labelled(header, _many(draw, citizen_id, n), "citizen_id", n)
    yield Labelled("x", tuple(map(dashed, plain)), "citizen_id", n)
    yield Labelled("x", tuple(dashed(v, " ") for v in plain), "citizen_id", n)
    yield Labelled("เลข", tuple(v.translate(_THAI) for v in plain), "citizen_id", n)
    yield Labelled("เลข", tuple(dashed(v).translate(_THAI) for v in plain), "citizen_id", n)
    mixed = tuple(v[:6] + v[6:].translate(_THAI) for v in plain)
    yield Labelled("เลข", mixed, "citizen_id", n)
    yield Labelled("รหัส", tuple(f"{v}.0" for v in plain), "citizen_id", n)
    told = tuple(f"ผู้ร้อง {name(draw)} เลขประจำตัวประชาชน {dashed(v)} ขอรับเงิน" for v in plain)
    yield Labelled("รายละเอียด", told, "citizen_id", n, named=True)
    bare = tuple(f"{name(draw)} บัตร ปชช. {v}" for v in plain)
    yield Labelled("รายละเอียด", bare, "citizen_id", n, named=True)
    lone = ("ส่งเอกสารแล้ว",) * (n - 1) + (f"ดู {dashed(plain[0])} ประกอบ",)
    yield Labelled("หมายเหตุ", lone, "citizen_id", 1)
    few = tuple(plain[i] if i % 6 == 0 else "-" for i in range(n))
    yield Labelled("หมายเหตุ", few, "citizen_id", len(range(0, n, 6)))
    noughts = tuple(f"0{v[1:12]}" + check_digit(f"0{v[1:12]}") for v in plain if v[5:7] < "40")
    yield Labelled("เลขประจำตัวประชาชน", noughts, "citizen_id", len(noughts))
    nines = tuple(f"9{v[1:12]}" + check_digit(f"9{v[1:12]}") for v in plain)
    yield Labelled("เลขบัตรประชาชน", nines, "citizen_id", n)


def _no_ids(draw: random.Random, n: int) -> Iterator[Labelled]:
    for header in ("เลขที่อ้างอิง", "รหัส", "col1", "เลขที่ใบสั่งซื้อ", "reference_no", "เลขทะเบียน"):
        yield Labelled(header, _many(draw, lambda d: f"{d.randrange(10**12, 10**13)}", n))
    start = 1500700000000 + draw.randrange(10**6)
    yield Labelled("รหัสงบประมาณ", tuple(str(start + 7 * i) for i in range(n)))
    yield Labelled("รหัสรายการ", tuple(str(start + 111 * i) for i in range(n)))
    yield Labelled("เลขทะเบียนนิติบุคคล", _many(draw, juristic, n))
    yield Labelled("เลข", _many(draw, juristic, n))
    yield Labelled("ผู้เสียภาษี", tuple(dashed(juristic(draw)) for _ in range(n)))
    yield Labelled("barcode", _many(draw, _ean, n))
    yield Labelled("เลขที่โครงการ", _many(draw, lambda d: f"6{d.randrange(10**10):010d}", n))
    yield Labelled("timestamp", tuple(str(1700000000000 + 86_400_123 * i) for i in range(n)))
    bad = (_wrong(citizen_id(draw)) for _ in range(n))
    yield Labelled("เลขอ้างอิง", tuple(bad))


def _ean(draw: random.Random) -> str:
    twelve = f"885{draw.randrange(10**9):09d}"
    odd, even = (sum(int(d) for d in twelve[i::2]) for i in (0, 1))
    return twelve + str((10 - (odd + 3 * even) % 10) % 10)


def _wrong(number: str) -> str:
    return number[:12] + str((int(number[12]) + 3) % 10)


def _phones(draw: random.Random, n: int) -> Iterator[Labelled]:
    plain = _many(draw, mobile, n)
    for header in ("โทรศัพท์", "เบอร์มือถือ", "phone", "ช่องทางติดต่อ (โทร)", "c7"):
        yield Labelled(header, _many(draw, mobile, n), "phone", n)
    forms: Sequence[Callable[[str], str]] = (
        lambda v: f"{v[:3]}-{v[3:6]}-{v[6:]}", lambda v: f"{v[:3]} {v[3:6]} {v[6:]}",
        lambda v: f"{v[:2]}-{v[2:6]}-{v[6:]}", lambda v: f"{v[:3]}-{v[3:]}",
        lambda v: f"+66{v[1:]}", lambda v: f"+66 {v[1:3]} {v[3:6]} {v[6:]}",
        lambda v: f"โทร. {v}", lambda v: f"ติดต่อคุณสมชาย มือถือ {v[:3]}-{v[3:]} ในเวลาราชการ",
        lambda v: f"{v[:3]}-{v[3:6]}-{v[6:]}".translate(_THAI),
        lambda v: f"{v[:3]}.{v[3:6]}.{v[6:]}",
    )  # fmt: skip
    for form in forms:
        yield Labelled("ข้อมูล", tuple(map(form, plain)), "phone", n)
    yield Labelled("โทรศัพท์", tuple(v[1:] for v in plain), "phone", n)
    yield Labelled("โทรศัพท์", tuple(f"{v[1:]}.0" for v in plain), "phone", n)


def _no_phones(draw: random.Random, n: int) -> Iterator[Labelled]:
    yield Labelled("รหัสสินค้า", tuple(f"08{i:08d}" for i in range(n)))
    yield Labelled("col2", tuple(f"0812{i:06d}" for i in range(n)))
    yield Labelled("รหัสงบประมาณ", _many(draw, mobile, n))
    yield Labelled("code", _many(draw, lambda d: f"{d.randrange(10**9, 10**10)}", n))
    yield Labelled("รหัสสถานศึกษา", _many(draw, lambda d: f"10{d.randrange(10**8):08d}", n))
    yield Labelled("วันที่", tuple(f"2567-0{1 + i % 9}-1{i % 9}" for i in range(n)))
    yield Labelled("จำนวนเงิน", _many(draw, lambda d: f"{d.randrange(10**9):,}.50", n))
    yield Labelled("latitude", _many(draw, lambda d: f"{d.uniform(6, 20):.8f}", n))
    yield Labelled("สัดส่วน", _many(draw, lambda d: f"0.{d.randrange(10**9):09d}", n))
    yield Labelled("อ้างอิง", tuple(f"เลขที่ {mobile(draw)}/2567" for _ in range(n)))
    yield Labelled("โทรศัพท์สำนักงาน", _many(draw, lambda d: f"0-4251-{d.randrange(10**4):04d}", n))
    yield Labelled(
        "โทรศัพท์", _many(draw, lambda d: f"02-{d.randrange(100, 999)}-{d.randrange(10**4):04d}", n)
    )


def _mail(draw: random.Random, n: int) -> Iterator[Labelled]:
    def local(d: random.Random) -> str:
        return f"{d.choice(('somchai', 'malee', 'nattapol'))}.{d.choice('abcdef')}{d.randrange(99)}"

    for domain in ("gmail.com", "hotmail.com", "nakhonphanom.go.th", "company.co.th"):
        values = tuple(f"{local(draw)}@{domain}" for _ in range(n))
        yield Labelled("อีเมล", values, "email", n)
    told = tuple(f"ส่งที่ {local(draw)}@yahoo.com ภายในวันศุกร์" for _ in range(n))
    yield Labelled("หมายเหตุ", told, "email", n)
    for box in ("saraban@{}.go.th", "info@{}.or.th", "saraban_{}@dla.go.th", "admin@{}.ac.th"):
        yield Labelled("อีเมล", tuple(box.format(f"office{i}") for i in range(n)))
    yield Labelled("ข้อความ", ("ราคา 5 @ 20 บาท", "ดู @province", "a@b") * (n // 3))


def _accounts(draw: random.Random, n: int) -> Iterator[Labelled]:
    ten = _many(draw, lambda d: f"{d.randrange(10**9, 10**10)}", n)
    parted = tuple(f"{v[:3]}-{v[3]}-{v[4:9]}-{v[9]}" for v in ten)
    banks = (("ธนาคาร", tuple(draw.choice(("กรุงไทย", "ออมสิน", "ธ.ก.ส.")) for _ in range(n))),)
    yield Labelled("เลขที่บัญชี", ten, "bank_account", n)
    yield Labelled("เลขบัญชีธนาคาร", parted, "bank_account", n)
    yield Labelled("เลข", ten, "bank_account", n, beside=banks)
    yield Labelled("x", parted, "bank_account", n)
    yield Labelled(
        "หมายเหตุ", tuple(f"โอนเข้าบัญชี ธ.กรุงไทย เลขที่ {v}" for v in parted), "bank_account", n
    )
    yield Labelled("เลขที่เอกสาร", ten)
    yield Labelled("รหัสบัญชี", _many(draw, lambda d: f"5{d.randrange(10**9):09d}", n))


def _others(draw: random.Random, n: int) -> Iterator[Labelled]:
    letter = "กขคงจฉชฌญฎฐฒณตถธนบผพภมยรลวศษสหอฮ"
    pair = lambda d: d.choice(letter) + d.choice(letter)  # noqa: E731
    provinces = ("กรุงเทพมหานคร", "นครพนม", "เชียงใหม่")
    plates = _many(draw, lambda d: f"{d.randrange(1, 9)}{pair(d)} {d.randrange(1, 9999)}", n)
    yield Labelled("เลขทะเบียนรถ", plates, "plate", n)
    yield Labelled("x", tuple(f"{v} {draw.choice(provinces)}" for v in plates), "plate", n)
    yield Labelled("หมายเหตุ", tuple(f"รถยนต์ทะเบียน {v} ขับผ่าน" for v in plates), "plate", n)
    yield Labelled("ที่ตั้ง", tuple(f"ซอย {i} {draw.choice(provinces)}" for i in range(n)))
    yield Labelled("ห้อง", tuple(f"ม {i % 6}" for i in range(n)))
    passports = _many(draw, lambda d: f"{d.choice(('AA', 'AB', 'C'))}{d.randrange(10**7):07d}", n)
    yield Labelled("เลขหนังสือเดินทาง", passports, "passport", n)
    yield Labelled("note", tuple(f"passport no. {v} valid" for v in passports), "passport", n)
    yield Labelled("รหัสครุภัณฑ์", passports)
    names = _many(draw, name, n)
    ids = (("เลขประจำตัวประชาชน", _many(draw, citizen_id, n)),)
    yield Labelled("ผู้รับเงิน", names, "name", n, beside=ids)
    bare = _many(draw, lambda d: f"{d.choice(_GIVEN)} {d.choice(_FAMILY)}", n)
    yield Labelled("ชื่อ-สกุล", bare, "name", n, beside=ids)
    yield Labelled("อำเภอ", ("นางรอง", "นายายอาม", "นายูง") * (n // 3), beside=ids)
    yield Labelled(
        "ตำแหน่ง", ("นายอำเภอเมือง นครพนม", "นายกองค์การบริหารส่วน ตำบล") * (n // 2), beside=ids
    )
    born = _many(
        draw, lambda d: f"{d.randrange(1, 28)}/{d.randrange(1, 12)}/{d.randrange(2480, 2560)}", n
    )
    yield Labelled("วันเกิด", born, "birth_date", n)
    yield Labelled("วันเดือนปีเกิด", tuple("12 มีนาคม 2530" for _ in range(n)), "birth_date", n)
    yield Labelled("วันที่เกิดเหตุ", born)
    yield Labelled("วันที่ลงทะเบียน", born)
    homes = tuple(
        f"{i}/{i % 9 + 1} หมู่ {i % 12 + 1} ต.บ้านกลาง อ.เมือง จ.นครพนม" for i in range(1, n + 1)
    )
    yield Labelled("ที่อยู่", homes, "address", n, beside=(("ชื่อ-สกุล", names),))
    yield Labelled("ที่อยู่ตามทะเบียนบ้าน", homes, "address", n)
    yield Labelled("ที่อยู่สำนักงาน", homes, beside=(("หน่วยงาน", ("ที่ทำการอำเภอ",) * n),))
    faith = tuple(draw.choice(("พุทธ", "อิสลาม", "คริสต์")) for _ in range(n))
    yield Labelled("ศาสนา", faith, "sensitive", n, beside=(("ชื่อ-สกุล", names),))
    yield Labelled(
        "โรคประจำตัว", ("เบาหวาน", "ความดัน", "มะเร็ง") * (n // 3), "sensitive", n, beside=ids
    )
    yield Labelled("ศาสนา", faith, beside=(("จำนวน", tuple(str(100 + i) for i in range(n))),))
    yield Labelled(
        "ละติจูด",
        tuple(f"17.{i:06d}" for i in range(100001, 100001 + n)),
        "home_point",
        n,
        beside=ids,
    )
    yield Labelled("ละติจูด", tuple(f"17.{i:06d}" for i in range(100001, 100001 + n)))
    cells = tuple(str(draw.choice((1, 2, 3, 4))) if i % 3 == 0 else str(10 + i) for i in range(n))
    yield Labelled("จำนวนผู้ป่วย (คน)", cells, "small_cell", len(range(0, n, 3)))
    yield Labelled("จำนวนอาคาร (หลัง)", cells)
    yield Labelled("ลำดับ", cells)


def scores(columns: Iterator[Labelled]) -> dict[str, Score]:
    """Precision and recall of what stops a release, by kind; cells of a column are counted."""
    found: dict[str, Score] = {}
    for column in columns:
        told = _found(column)
        for kind in {*told, *column.truth}:
            truth = column.truth.get(kind, 0)
            count, before = told.get(kind, 0), found.get(kind, Score())
            right = min(count, truth)
            found[kind] = Score(
                before.right + right, before.wrong + count - right, before.missed + truth - right
            )
    return dict(sorted(found.items()))


def _found(column: Labelled) -> dict[str, int]:
    """Cells found in the column, by kind, of what stops a release."""
    heads = (column.header, *(header for header, _ in column.beside))
    cells = (column.values, *(values for _, values in column.beside))
    headed = [Heading(f"c{i}", squeezed(header)) for i, header in enumerate(heads)]
    rows = len(column.values)
    arrays = [pa.array(range(2, rows + 2), pa.int64()), *(pa.array(each[:rows]) for each in cells)]
    batch = pa.RecordBatch.from_arrays(arrays, names=[POSITION, *(each.name for each in headed)])
    return {
        one.kind: one.count
        for one in examine([batch], headed)
        if one.column == "c0" and one.level is Level.ERROR
    }


def mistakes(columns: Iterator[Labelled]) -> Iterator[str]:
    """Columns whose findings are not the truth, for whoever mends a rule."""
    for column in columns:
        told = _found(column)
        if told != column.truth:
            yield f"{column.header}: {column.values[:2]} is {column.truth}, found {told}"
