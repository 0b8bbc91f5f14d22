"""Reading TwiML: the elements of the standard library's parser, and no document type, so that no entity expands."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fakeproxy.network.twiml import DEEPEST, Verb, parse


def twiml(inner: str, document_type: str = "") -> str:
    return f'<?xml version="1.0"?>{document_type}<Response>{inner}</Response>'


#: Ten entities, each ten times the one before: 10^9 times three letters.
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "lol"}">' for n in range(10))


@pytest.mark.parametrize(
    ("document_type", "inner"),
    [
        (f"<!DOCTYPE x [{LAUGHS}]>", "<Message>&a9;</Message>"),
        (f"<!DOCTYPE x [{LAUGHS}]>", '<Message to="&a9;"/>'),
        (f'<!DOCTYPE x [<!ENTITY a "{"a" * 100_000}">]>', f"<Message>{'&a;' * 20_000}</Message>"),
        (f'<!DOCTYPE x [{LAUGHS}<!ATTLIST Message to CDATA "&a9;">]>', "<Message/>"),
        ('<!DOCTYPE x [<!ENTITY a "&b;"><!ENTITY b "&a;">]>', "<Message>&a;</Message>"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "<Message>&e;</Message>"),
        ('<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x">%p;]>', ""),
        ('<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">', ""),
        ('<!DOCTYPE x PUBLIC "-//x//y" "x.dtd">', ""),
        ("<!-- [ --><!DOCTYPE x>", ""),
    ],
    ids=[
        *("laughs", "laughs in an attribute", "quadratic", "laughs in a default", "recursion"),
        *("external entity", "parameter entity", "external DTD", "public DTD", "after a comment"),
    ],
)
def test_a_document_type_is_refused_whatever_stands_in_it(document_type: str, inner: str) -> None:
    with pytest.raises(ValueError, match=r"^TwiML has no document type"):
        parse(twiml(inner, document_type))


def test_what_only_looks_like_a_document_type_is_text() -> None:
    (verb,) = parse(twiml("<Message><![CDATA[<!DOCTYPE x [&a;]>]]><!-- <!DOCTYPE x> --></Message>"))
    assert verb.text == "<!DOCTYPE x [&a;]>"


@pytest.mark.parametrize(
    "document",
    [
        *("<Response>", "hello", "<Response/>\0", "<Response/>\ud800", "<Response>&nbsp;</Response>"),
        *("<Response a=''  a=''/>", "<Response/><!DOCTYPE x []>", "<a:Response/>", "<Response>&#0;</Response>"),
    ],
)
def test_what_is_no_xml(document: str) -> None:
    with pytest.raises(ValueError, match=r"it is no XML|surrogates not allowed"):
        parse(document)


def test_the_root_is_a_response_without_a_namespace() -> None:
    assert parse("  ") == parse("<Response/>") == ()
    with pytest.raises(ValueError, match=r"the root element is <\{urn:x\}Response>"):
        parse('<Response xmlns="urn:x"/>')


def test_elements_are_nested_as_deep_as_is_said() -> None:
    def nested(levels: int) -> str:
        return twiml("<a>" * levels + "</a>" * levels)

    assert parse(nested(DEEPEST))
    for levels in (DEEPEST + 1, 100_000):
        with pytest.raises(ValueError, match="levels deep"):
            parse(nested(levels))


NAMES = st.sampled_from(["Message", "Body", "Say", "{urn:x}Dial", "é"])
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"))


@st.composite
def elements(draw: st.DrawFn, name: str = "Response", levels: int = 3) -> Element:
    element = Element(name, draw(st.dictionaries(NAMES, TEXTS, max_size=2)))
    element.text, element.tail = draw(TEXTS), draw(TEXTS) if levels < 3 else None
    if levels:
        element.extend(draw(st.lists(NAMES.flatmap(lambda name: elements(name, levels - 1)), max_size=2)))
    return element


def verbs(children: Iterable[Element]) -> tuple[Verb, ...]:
    return tuple(Verb(one.tag, one.attrib, (one.text or "").strip(), verbs(one)) for one in children)


def long() -> Element:
    """A text that the parser gives in more than one piece."""
    root = Element("Response")
    SubElement(root, "Message").text = "a&\n" * 100_000
    return root


@given(elements())
@example(long())
def test_verbs_are_the_elements_that_the_standard_library_reads(root: Element) -> None:
    document = tostring(root, encoding="unicode")
    assert parse(document) == verbs(fromstring(document))
