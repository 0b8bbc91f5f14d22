"""TwiML as a list of verbs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: What is carried out, by kind of contact.
SERVED = {
    "message": ("Message", "Redirect"),
    "voice": ("Say", "Play", "Pause", "Gather", "Dial", "Redirect", "Reject", "Hangup"),
}


#: How deep elements may be nested in each other. Twilio's own verbs go four levels deep.
DEEPEST = 50


class Verb(NamedTuple):
    """`text` is what stands in it, stripped; `children` are the nouns and verbs nested in it."""

    name: str
    attributes: Mapping[str, str]
    text: str
    children: tuple[Verb, ...]

    def __str__(self) -> str:
        return f"{self.name}: {self.text}" if self.text else self.name


def parse(document: str) -> tuple[Verb, ...]:
    """The verbs of a document, none for an empty one.

    Raises ValueError for what is no TwiML, entities and document types included.
    """
    # Here for start-up time: most fakes parse no TwiML.
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    if not document.strip():
        return ()
    try:
        root = fromstring(document.strip(), forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error
    if root.tag != "Response":
        raise ValueError(f"the root element is <{root.tag}>, not <Response>")
    return tuple(_verb(element, DEEPEST) for element in root)


def _verb(element: Element, levels: int) -> Verb:
    if levels == 0:
        raise ValueError(f"elements are nested more than {DEEPEST} levels deep")
    children = tuple(_verb(child, levels - 1) for child in element)
    return Verb(element.tag, element.attrib, (element.text or "").strip(), children)
