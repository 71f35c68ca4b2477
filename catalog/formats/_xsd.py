"""An XML Schema (1.0) for the XML of a table, from its Table Schema."""

from __future__ import annotations

from typing import Any

from catalog.schema import SchemaField, TableSchema

_XS = "http://www.w3.org/2001/XMLSchema"
_XML = "http://www.w3.org/XML/1998/namespace"
#: XML Schema has no type for the others: points, shapes, JSON, durations in weeks.
_TYPES = {
    "integer": "xs:long",
    "number": "xs:double",
    "boolean": "xs:boolean",
    "date": "xs:date",
    "time": "xs:time",
    "datetime": "xs:dateTime",
    "year": "xs:gYear",
    "yearmonth": "xs:gYearMonth",
}
_TEXTS = frozenset({"string", "any"})


def xsd(schema: TableSchema) -> bytes:
    """The XML Schema that a table's XML file is valid against.

    Types, required columns, enumerations and lengths are held; patterns are not, because the
    dialects of regular expressions differ.

    Args:
        schema: the table's.

    Returns:
        A document in UTF-8; needs no other schema, so that it validates without a network.
    """
    from lxml import etree

    root = etree.Element(f"{{{_XS}}}schema", nsmap={"xs": _XS})
    table = _add(root, "element", name="table")
    body = _add(table, "complexType")
    inside = _add(body, "sequence")
    _about(_add(inside, "element", name="about"))
    row = _add(inside, "element", name="row", minOccurs="0", maxOccurs="unbounded")
    columns = _add(_add(row, "complexType"), "sequence")
    for field in schema.fields:
        _column(columns, field)
    _add(body, "attribute", name="name", type="xs:NCName", use="required")
    _add(body, "anyAttribute", namespace=_XML, processContents="skip")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _add(parent: Any, tag: str, **attributes: str) -> Any:
    from lxml import etree

    return etree.SubElement(parent, f"{{{_XS}}}{tag}", attributes)


def _about(element: Any) -> None:
    """Whatever the file says of itself: not checked, but for being XML."""
    sequence = _add(_add(element, "complexType"), "sequence")
    _add(sequence, "any", processContents="skip", minOccurs="0", maxOccurs="unbounded")


def _column(columns: Any, field: SchemaField) -> None:
    required = field.constraints.required
    element = _add(columns, "element", name=field.name, nillable=str(not required).lower())
    words = [("th", field.title), ("en", field.title_en)]
    if any(text for _, text in words):
        note = _add(element, "annotation")
        for lang, text in words:
            if text:
                _add(note, "documentation", **{f"{{{_XML}}}lang": lang}).text = text
    content = _add(_add(element, "complexType"), "simpleContent")
    extension = _add(content, "extension", base=_base(columns, field))
    _add(extension, "anyAttribute", namespace=_XML, processContents="skip")


def _base(columns: Any, field: SchemaField) -> str:
    """The type of a column: a built-in one, or an own one with the column's restrictions."""
    if field.type == "number" and field.decimal_places is not None:
        base = "xs:decimal"
    else:
        base = _TYPES.get(field.type, "xs:string")
    facets = _facets(field)
    if not facets:
        return base
    own = _add(columns.getroottree().getroot(), "simpleType", name=f"{field.name}_type")
    restriction = _add(own, "restriction", base=base)
    for name, value in facets:
        _add(restriction, name, value=value)
    return f"{field.name}_type"


def _facets(field: SchemaField) -> list[tuple[str, str]]:
    limits = field.constraints
    if field.type not in _TEXTS:
        return []
    found = [("enumeration", str(value)) for value in limits.enum or ()]
    if limits.min_length is not None:
        found.append(("minLength", str(limits.min_length)))
    if limits.max_length is not None:
        found.append(("maxLength", str(limits.max_length)))
    return found
