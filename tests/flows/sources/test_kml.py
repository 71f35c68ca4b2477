"""KML and KMZ as sources; GDAL and our own writer are the judges."""

from __future__ import annotations

import io
import zipfile

import geopandas
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.sources import _kml_parse
from flows.sources import kml as source

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = "http://www.opengis.net/kml/2.2"


def document(*inside, namespace=NAMESPACE, head=HEAD):
    said = f' xmlns="{namespace}"' if namespace else ""
    return f"{head}<kml{said}><Document>{''.join(inside)}</Document></kml>"


def placemark(*inside):
    return f"<Placemark>{''.join(inside)}</Placemark>"


def point(lon=104.78, lat=17.41, more=""):
    return f"<Point><coordinates>{lon},{lat}{more}</coordinates></Point>"


def data(**values):
    inside = "".join(f'<Data name="{k}"><value>{v}</value></Data>' for k, v in values.items())
    return f"<ExtendedData>{inside}</ExtendedData>"


def ring(*positions):
    text = " ".join(f"{x},{y}" for x, y in positions)
    return f"<LinearRing><coordinates>{text}</coordinates></LinearRing>"


SQUARE = [(104, 17), (105, 17), (105, 18), (104, 18), (104, 17)]
HOLE = [(104.2, 17.2), (104.4, 17.2), (104.4, 17.4), (104.2, 17.2)]


def polygon(*rings):
    sides = ["outer", *["inner"] * len(rings)]
    inside = "".join(
        f"<{side}BoundaryIs>{ring(*one)}</{side}BoundaryIs>"
        for side, one in zip(sides, rings, strict=False)
    )
    return f"<Polygon>{inside}</Polygon>"


@pytest.fixture
def read(pulled):
    return lambda content, **said: source.read(
        pulled(content), source.Options(path="แผนที่.kml", **said)
    )


@pytest.fixture
def shape(read, rows):
    """The geometry of a document's only placemark."""

    def take(*inside):
        (row,) = rows(read(document(placemark(*inside))))
        return shapely.from_wkb(row["geometry"])

    return take


def test_what_a_placemark_says_is_columns_of_text(read, rows):
    table = read(
        document(
            "<name>เอกสาร</name><Style id='s'><IconStyle/></Style>",
            "<Folder><name>ตลาด</name><Folder><name>นัดเช้า</name>",
            placemark(
                "<name>ตลาดสด </name><description><![CDATA[<b>เปิด</b> & ปิด]]></description>",
                "<styleUrl>#s</styleUrl><TimeSpan><begin>2567</begin></TimeSpan>",
                data(รหัส="007", ขนาด="1.50", ว่าง=""), point(),
            ),
            "</Folder>", placemark("<name>ตลาดเย็น</name>", point(1, 2)), "</Folder>",
            placemark(point(3, 4)),
        )
    )  # fmt: skip

    assert table.columns == (
        "name", "description", "folder", "begin", "รหัส", "ขนาด", "ว่าง", "geometry",
    )  # fmt: skip
    assert (table.geometry, table.crs, table.findings) == ("geometry", "EPSG:4326", ())
    first, second, third = rows(table)
    place = shapely.from_wkb(first.pop("geometry"))
    assert (place.x, place.y) == (104.78, 17.41)
    assert first == {
        "_row": 1, "name": "ตลาดสด ", "description": "<b>เปิด</b> & ปิด",
        "folder": "ตลาด / นัดเช้า", "begin": "2567", "รหัส": "007", "ขนาด": "1.50", "ว่าง": "",
    }  # fmt: skip
    assert (second["folder"], second["รหัส"], second["description"]) == ("ตลาด", None, None)
    assert (third["_row"], third["name"], third["folder"]) == (3, None, None)


def test_schema_data_and_a_value_that_is_not_given(read, rows):
    table = read(
        document(
            '<Schema id="s" name="ตลาด"><SimpleField type="string" name="code"/></Schema>',
            placemark(
                '<ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="code">ก1</SimpleData>'
                '<SimpleData name="ว่าง"/></SchemaData><Data name="x"><displayName>เอกซ์'
                "</displayName></Data></ExtendedData>",
                point(),
            ),
        )
    )

    (row,) = rows(table)
    assert (row["code"], row["ว่าง"], row["x"]) == ("ก1", "", "")


def test_data_called_like_a_fact_has_a_name_of_its_own(read, rows):
    table = read(document(placemark("<name>ก</name>", data(name="ข", geometry="ค"), point())))

    assert table.columns == ("name", "name2", "geometry2", "geometry")
    row = rows(table)[0]
    assert (row["name"], row["name2"], row["geometry2"]) == ("ก", "ข", "ค")


def test_documents_own_data_is_no_rows(read, rows):
    table = read(document(data(licence="cc-by"), placemark(data(ก="1"), point())))

    assert table.columns == ("ก", "geometry")


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.opengis.net/kml/2.2", "http://www.opengis.net/kml/2.3",
        "http://earth.google.com/kml/2.0", "http://earth.google.com/kml/2.1",
        "http://earth.google.com/kml/2.2", "",
    ],
)  # fmt: skip
def test_every_version_of_kml_is_read(read, rows, namespace):
    table = read(document(placemark("<name>ก</name>", point()), namespace=namespace))

    assert rows(table)[0]["name"] == "ก"


def test_prefixed_names_and_undeclared_gx_are_read(read, rows):
    text = (
        f'<k:kml xmlns:k="{NAMESPACE}"><k:Placemark><k:name>ก</k:name><gx:balloonVisibility>1'
        "</gx:balloonVisibility><k:Point><gx:drawOrder>1</gx:drawOrder><k:coordinates>1,2"
        "</k:coordinates></k:Point></k:Placemark></k:kml>"
    )

    (row,) = rows(read(text))
    assert (row["name"], shapely.from_wkb(row["geometry"]).x) == ("ก", 1)


LINE = "<LineString><coordinates>1,2 3,4</coordinates></LineString>"
MULTI = f"<MultiGeometry>{point(1, 2)}</MultiGeometry>"


@pytest.mark.parametrize(
    ("inside", "wkt"),
    [
        (point(104.123456789012345, -0.1), "POINT (104.12345678901235 -0.1)"),
        ("<LineString><coordinates>1,2 3,4\n5,6</coordinates></LineString>",
         "LINESTRING (1 2, 3 4, 5 6)"),
        ("<LineString><coordinates> 1, 2 \n 3 ,4 </coordinates></LineString>",
         "LINESTRING (1 2, 3 4)"),
        (ring(*HOLE), "LINESTRING (104.2 17.2, 104.4 17.2, 104.4 17.4, 104.2 17.2)"),
        (polygon(SQUARE, HOLE), shapely.Polygon(SQUARE, [HOLE]).wkt),
        (f"<MultiGeometry>{point(1, 2)}{point(3, 4)}</MultiGeometry>",
         "MULTIPOINT ((1 2), (3 4))"),
        (f"<MultiGeometry>{polygon(SQUARE)}</MultiGeometry>",
         "MULTIPOLYGON (((104 17, 105 17, 105 18, 104 18, 104 17)))"),
        (f"<MultiGeometry>{ring(*HOLE)}{LINE}</MultiGeometry>",
         "MULTILINESTRING ((104.2 17.2, 104.4 17.2, 104.4 17.4, 104.2 17.2), (1 2, 3 4))"),
        (f"<MultiGeometry>{polygon(SQUARE)}{MULTI}</MultiGeometry>",
         "GEOMETRYCOLLECTION (POLYGON ((104 17, 105 17, 105 18, 104 18, 104 17)), POINT (1 2))"),
    ],
)  # fmt: skip
def test_every_kind_of_geometry_comes_as_written(shape, inside, wkt):
    found = shape(inside)

    if "LINESTRING" in wkt and "MULTI" in wkt:  # kinds apart, in the order of the file in each
        assert shapely.equals(shapely.from_wkt(wkt), found)
    assert shapely.get_type_id(found) == shapely.get_type_id(shapely.from_wkt(wkt))
    assert shapely.equals_identical(
        shapely.normalize(found), shapely.normalize(shapely.from_wkt(wkt))
    )


def test_parts_of_many_placemarks_are_not_mixed_up(read, rows):
    marks = []
    wanted = []
    for n in range(60):
        parts = [(n + k / 10, k) for k in range(n % 4)]
        inside = "".join(point(x, y) for x, y in parts)
        lone = n % 5 == 0
        marks.append(
            placemark(point(n, -1) if lone else f"<MultiGeometry>{inside}</MultiGeometry>")
        )
        many = shapely.MultiPoint(parts) if parts else None
        wanted.append(shapely.Point(n, -1) if lone else many)

    found = [
        row["geometry"] and shapely.from_wkb(row["geometry"])
        for row in rows(read(document(*marks)))
    ]

    assert found == wanted


@pytest.mark.parametrize("inside", ["", "<Point/>", "<Point><coordinates> </coordinates></Point>"])
def test_placemark_without_a_place_has_no_geometry(read, rows, inside):
    table = read(document(placemark("<name>ก</name>", inside), placemark(point())))

    assert rows(table)[0]["geometry"] is None


def test_heights_are_left_out_and_told_unless_they_are_nothing(read, rows):
    flat = read(document(placemark(point(more=",0"))))
    tall = read(document(placemark(point(more=",152.25"))))

    assert flat.findings == ()
    assert [(f.code, f.params["count"]) for f in tall.findings] == [("kml-heights", "1")]
    assert rows(flat)[0]["geometry"] == rows(tall)[0]["geometry"]
    assert not shapely.has_z(shapely.from_wkb(rows(tall)[0]["geometry"]))


def test_what_no_table_holds_is_left_out_and_told(read):
    table = read(
        document(
            "<GroundOverlay><name>ภาพ</name><Icon><href>a.png</href></Icon></GroundOverlay>",
            placemark("<gx:Track><when>2020</when><gx:coord>1 2 3</gx:coord></gx:Track>"),
        )
    )  # fmt: skip

    (finding,) = table.findings
    assert finding.code == "kml-left-out"
    assert "GroundOverlay (1)" in finding.params["elements"]
    assert "gx:Track (1)" in finding.params["elements"]


@pytest.mark.parametrize("window", [1, 7, 1 << 20])
def test_chunks_cut_anywhere(read, rows, monkeypatch, window):
    monkeypatch.setattr(source, "CHUNK", window)
    text = document(placemark("<name>ตลาด &amp; วัด</name>", data(ก="ข"), polygon(SQUARE, HOLE)))

    (row,) = rows(read(text))

    assert (row["name"], row["ก"]) == ("ตลาด & วัด", "ข")
    assert shapely.from_wkb(row["geometry"]).area == pytest.approx(0.98)


@pytest.mark.parametrize("declared", [True, False])
def test_thai_encodings_are_read_by_what_the_file_or_the_declaration_says(read, rows, declared):
    head = "" if declared else '<?xml version="1.0" encoding="TIS-620"?>'
    content = document(placemark("<name>นครพนม</name>", point()), head=head).encode("cp874")

    table = read(content, encoding="tis-620") if declared else read(content)

    assert rows(table)[0]["name"] == "นครพนม"


def test_utf_16_is_read(read, rows):
    text = document(placemark("<name>นครพนม</name>", point()), head="")

    assert rows(read(text.encode("utf-16")))[0]["name"] == "นครพนม"


# ---- KMZ


def kmz(**members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in members.items():
            container.writestr(name.replace("__", "."), content)
    return packed.getvalue()


def test_kmz_is_read_by_its_first_document(read, rows):
    content = kmz(
        doc__kml=document(placemark("<name>ก</name>", point())), ภาพ__png=b"x", other__kml="<kml/>"
    )

    assert rows(read(content))[0]["name"] == "ก"


def test_kmz_with_several_documents_asks_which(read, rows, refused):
    content = kmz(
        a__kml=document(placemark("<name>ก</name>")), b__kml=document(placemark("<name>ข</name>"))
    )

    (problem,) = refused(lambda: read(content))

    assert (problem.code, problem.params["files"]) == ("kmz-which", "a.kml, b.kml")
    assert rows(read(content, member="b.kml"))[0]["name"] == "ข"
    assert refused(lambda: read(kmz(a__txt="x")))[0].code == "kmz-which"


def test_kmz_that_unpacks_to_too_much_is_refused(read, refused):
    content = kmz(doc__kml=document(placemark("<name>" + " " * 2_000_000 + "</name>")))

    assert len(content) < 10_000
    assert refused(lambda: read(content, max_unpacked=1_000_000))[0].code == "source-unpacks"


def test_damaged_kmz_is_refused(read, refused):
    content = kmz(doc__kml=document(*[placemark(point(n)) for n in range(500)]))

    assert refused(lambda: read(content[: len(content) // 2]))[0].code == "source-packed-badly"


# ---- what is refused


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "source-empty"),
        ("<!doctype html><p>", "source-html"),
        ("จังหวัด,ประชากร\nนครพนม,1\n", "kml-invalid"),
        ("<gpx xmlns='http://www.topografix.com/GPX/1/1'><wpt/></gpx>", "source-wrong-kind"),
        ("<kml xmlns='http://example.org/kml'><Placemark/></kml>", "source-wrong-kind"),
        (document(), "kml-no-placemarks"),
        (document(placemark(point()))[:-20], "kml-invalid"),
        (document("<Placemark><name>ก</Placemark>"), "kml-invalid"),
        (document("<Placemark><name>ก &nbsp; ข</name></Placemark>"), "kml-invalid"),
        (document("<name>\0</name>"), "kml-invalid"),
        (document(head='<?xml version="1.0" encoding="x-klingon"?>'), "kml-invalid"),
        ("<kml><Document>" + "<Folder>" * 5000, "kml-invalid"),
        (document(placemark("<name>ก</name><name>ข</name>")), "kml-twice"),
        (document(placemark("<ExtendedData><Data><value>1</value></Data></ExtendedData>")),
         "kml-twice"),
        (document('<Schema name="ตลาด" parent="Placemark"/>'), "kml-invalid"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(read, refused, text, code):
    assert refused(lambda: read(text))[0].code == code


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE kml [<!ENTITY a "ก"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE kml SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_document_types_and_their_entities_are_refused(read, refused, declaration):
    (problem,) = refused(lambda: read(document(placemark(point()), head=HEAD + declaration)))

    assert (problem.code, problem.params["reason"]) == ("kml-invalid", "<!DOCTYPE>")


@pytest.mark.parametrize("link", ["<Link><href>http://example.org/a.kml</href></Link>", ""])
def test_link_to_another_file_is_refused_with_its_address(read, refused, link):
    text = document(placemark(point()), f"<NetworkLink><name>ก</name>{link}</NetworkLink>")

    (problem,) = refused(lambda: read(text))

    assert problem.code == "kml-network-link"
    assert problem.params["target"] == ("http://example.org/a.kml" if link else "—")


@pytest.mark.parametrize(
    "inside",
    [
        point("104.x", 17), "<Point><coordinates>104</coordinates></Point>",
        "<Point><coordinates>1,2,3,4</coordinates></Point>",
        "<Point><coordinates>1,2 3,4</coordinates></Point>", point("nan", 1), point("inf", 1),
        point("1_0", 1), point("๑๐๔", 17),
        "<LineString><coordinates>1,2</coordinates></LineString>",
        polygon(SQUARE[:-1]), polygon(SQUARE[:2]), "<Polygon></Polygon>",
        f"<Polygon><outerBoundaryIs>{ring(*SQUARE)}{ring(*SQUARE)}</outerBoundaryIs></Polygon>",
        point() + point(),
    ],
)  # fmt: skip
def test_geometry_that_is_none_is_refused_with_its_row(read, refused, inside):
    text = document(placemark(point()), placemark(point(), "<name>ก</name>"), placemark(inside))

    (problem,) = refused(lambda: read(text))

    assert (problem.code, problem.row, problem.field) == ("geometry-invalid", 3, "geometry")


def test_text_without_an_end_is_bounded(read, refused, monkeypatch):
    monkeypatch.setattr(_kml_parse, "_LONGEST", 1000)
    monkeypatch.setattr(source, "CHUNK", 100)

    text = document(placemark("<name>" + "&#3585;" * 5000 + "</name>"))
    assert refused(lambda: read(text))[0].code == "kml-invalid"


# ---- judges

POSITION = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
SHAPES = st.one_of(
    POSITION.map(shapely.Point),
    st.lists(POSITION, min_size=2, max_size=5, unique=True).map(shapely.LineString),
    st.lists(POSITION, min_size=1, max_size=4).map(shapely.MultiPoint),
    st.tuples(st.integers(-170, 160), st.integers(-80, 70)).map(
        lambda at: shapely.Polygon(
            shapely.box(*at, at[0] + 9, at[1] + 9).exterior,
            [shapely.box(at[0] + 1, at[1] + 1, at[0] + 2, at[1] + 2).exterior],
        )
    ),
)


@given(
    st.lists(
        st.tuples(SHAPES, st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1)),
        min_size=1, max_size=5,
    )
)  # fmt: skip
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None
)
def test_what_gdal_writes_is_read_as_gdal_reads_it(pulled, rows, tmp_path, marks):
    path = tmp_path / "a.kml"
    path.unlink(missing_ok=True)
    frame = geopandas.GeoDataFrame(
        {"Name": [name for _, name in marks]}, geometry=[shape for shape, _ in marks], crs=4326
    )
    pyogrio.write_dataframe(frame, path, driver="KML")

    found = rows(source.read(pulled(path), source.Options(path="a.kml")))

    judge = pyogrio.read_dataframe(path, force_2d=True)
    assert [row["name"] for row in found] == [
        None if name is None else name for name in judge["Name"]
    ]
    shapes = [shapely.from_wkb(row["geometry"]) for row in found]
    assert all(map(shapely.equals_identical, shapes, judge.geometry))
