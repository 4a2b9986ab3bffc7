"""WeChat's XML: one flat set of fields. DTDs and entities, which WeChat never sends, are refused before they expand."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element, ParseError  # only the names: defusedxml does the parsing

from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # it has no types

from app.channels.base import UnreadableBody


def fields(body: bytes) -> Mapping[str, str]:
    """The text of every field by its name. Raises UnreadableBody."""
    try:
        root: Element = fromstring(body, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except (ParseError, ValueError, LookupError) as error:  # LookupError: an encoding that nobody knows
        raise UnreadableBody("the body is not the XML that WeChat sends") from error
    if root.tag != "xml":
        raise UnreadableBody("the body is XML, but none of WeChat's")
    return {field.tag: field.text or "" for field in root}
