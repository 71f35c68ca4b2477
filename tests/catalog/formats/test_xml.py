"""XML: valid against its own schema, safe in its characters."""

from __future__ import annotations

import pandas
import pytest
from lxml import etree

from catalog.formats import xml
from catalog.problem import Level


def schema_of(table) -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(xml.xsd(table.about.schema)))


def test_the_file_is_valid_against_the_schema_made_for_it(everything) -> None:
    path, _ = everything.write(xml)
    schema = schema_of(everything)
    assert schema.validate(etree.parse(path)), schema.error_log


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b"<founded>2024-02-29<", b"<founded>29/02/2567<"),
        (b"<open>true<", b"<open>yes<"),
        (b"<people>0<", b"<people>0.5<"),
        (b"<code>4801</code>", b""),
    ],
)
def test_the_schema_refuses_what_the_columns_do_not_mean(everything, good, bad) -> None:
    path, _ = everything.write(xml)
    whole = path.read_bytes()
    assert good in whole
    assert not schema_of(everything).validate(
        etree.fromstring(whole.replace(good, bad, 1)).getroottree()
    )


def test_required_columns_and_enumerations_are_in_the_schema(made) -> None:
    fields = {
        "code": {"type": "string", "constraints": {"required": True}},
        "level": {"type": "string", "constraints": {"enum": ["จังหวัด", "อำเภอ"]}},
    }
    table = made(fields, [["1", "อำเภอ"], ["2", ""]])
    whole = table.write(xml)[0].read_text("utf-8")
    schema = schema_of(table)

    def valid(text: str) -> bool:
        return schema.validate(etree.fromstring(text.encode()).getroottree())

    assert valid(whole)
    assert not valid(whole.replace("อำเภอ", "ภาค"))
    assert not valid(whole.replace("<code>1</code>", '<code xsi:nil="true"/>'))


def test_null_is_nil_and_the_empty_text_an_empty_element(made) -> None:
    table = made({"code": "string", "name": "string"}, [["1", ""], ["2", "-"]], missingValues=["-"])
    whole = table.write(xml)[0].read_text("utf-8")
    assert "<row><code>1</code><name></name></row>" in whole
    assert '<row><code>2</code><name xsi:nil="true"/></row>' in whole


def test_what_the_file_says_of_itself_stands_in_front(everything) -> None:
    root = etree.parse(everything.write(xml)[0]).getroot()
    about = root[0]
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "th"
    assert about.findtext("title") == "สถานที่ & แหล่ง <ทดสอบ>"
    assert about.find("licence").get("href") == "https://creativecommons.org/licenses/by/4.0/"
    assert about.find("source").get("href").endswith("a=1&b=2")
    assert about.findtext("edition") == "3f2a9c41d0be"


def test_a_column_of_another_language_says_so(made) -> None:
    fields = {"name": "string", "name_en": {"type": "string", "lang": "en"}}
    whole = made(fields, [["นครพนม", "Nakhon Phanom"]]).write(xml)[0].read_text("utf-8")
    assert '<name_en xml:lang="en">Nakhon Phanom</name_en>' in whole


def test_control_characters_are_replaced_and_told_with_their_count(made) -> None:
    rows = [["1", "ก"], ["2", "ข\x00\x0bค"], ["3", "\x1f\ufffe"]]
    table = made({"code": "string", "name": "string"}, rows)
    path, (problem,) = table.write(xml)
    assert table.check(xml, path)["name"].to_pylist() == ["ก", "ข\ufffd\ufffdค", "\ufffd\ufffd"]
    assert (problem.code, problem.level) == ("format-characters-replaced", Level.WARNING)
    assert (problem.field, problem.params) == ("name", {"count": 2, "first": 2})


def test_line_ends_and_entities_come_back(made) -> None:
    text = "ก\r\nข\rค\nง &amp; <!-- ]]> \t "
    table = made({"code": "string", "name": "string"}, [["1", text]])
    assert table.round_trip(xml)["name"].to_pylist() == [text]


def test_pandas_reads_the_rows(made) -> None:
    path, _ = made({"code": "string", "people": "integer"}, [["ก", "1"], ["ข", "2"]]).write(xml)
    assert pandas.read_xml(path, xpath="row")["people"].tolist() == [1, 2]
