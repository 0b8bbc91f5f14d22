"""A parser for TwiML: from a document to a list of verbs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, NoReturn

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: The verbs that the fake carries out, by kind of contact.
SERVED = {
    "message": ("Message", "Redirect"),
    "voice": ("Say", "Play", "Pause", "Gather", "Dial", "Redirect", "Reject", "Hangup"),
}


#: The most levels of nested elements. Twilio's own verbs have four.
DEEPEST = 50


class Verb(NamedTuple):
    """A verb of TwiML. `text` is its text without blanks at the ends; `children` are its nouns and nested verbs."""

    name: str
    attributes: Mapping[str, str]
    text: str
    children: tuple[Verb, ...]

    def __str__(self) -> str:
        return f"{self.name}: {self.text}" if self.text else self.name


def parse(document: str) -> tuple[Verb, ...]:
    """Return the verbs of a document; none for an empty text.

    Raises ValueError for a text that is not TwiML, and for entities and document types.
    """
    if not document.strip():
        return ()
    root = _read(document.strip())
    if root.tag != "Response":
        raise ValueError(f"the root element is <{root.tag}>, not <Response>")
    return tuple(_verb(element, DEEPEST) for element in root)


def _read(document: str) -> Element:
    """Return the root element. Raises ValueError for a document type before any entity of it is expanded."""
    # Here for start-up time: most fakes parse no TwiML.
    from xml.etree.ElementTree import TreeBuilder
    from xml.parsers.expat import ExpatError, ParserCreate

    builder = TreeBuilder()
    parser = ParserCreate(namespace_separator="}")
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = lambda name, attributes: builder.start(
        _name(name), {_name(attribute): value for attribute, value in attributes.items()}
    )
    parser.EndElementHandler = lambda name: builder.end(_name(name))
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(document, True)
    except ExpatError as error:
        raise ValueError(f"it is no XML: {error}") from error
    return builder.close()


def _refuse_document_type(*declared: object) -> NoReturn:
    raise ValueError("TwiML has no document type, and no entities of its own")


def _name(name: str) -> str:
    """Return the name as ElementTree writes it: `{namespace}name`."""
    return f"{{{name}" if "}" in name else name


def _verb(element: Element, levels: int) -> Verb:
    if levels == 0:
        raise ValueError(f"elements are nested more than {DEEPEST} levels deep")
    children = tuple(_verb(child, levels - 1) for child in element)
    return Verb(element.tag, element.attrib, (element.text or "").strip(), children)
