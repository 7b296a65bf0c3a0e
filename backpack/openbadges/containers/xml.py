"""Badge elements in XML, for SVG and for the XMP of a PDF. No DTD is read, no entity exists, nothing is fetched.

Positions are those of bytes in the input, so that a badge can be put in or taken out without writing anything anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from backpack.openbadges.containers.kinds import BADGES, Kind
from backpack.openbadges.errors import TooLarge, Truncated

MAX_XML = 16 * 1024 * 1024
_SPELLINGS = {
    (kind.element, scheme + kind.namespace.partition("://")[2] + slash): kind
    for kind in BADGES
    for scheme in ("http://", "https://")
    for slash in ("", "/")
} | {(Kind.STATEMENT.element, Kind.STATEMENT.namespace): Kind.STATEMENT}
_TAG_END = re.compile(rb"""(?:[^>"']++|"[^"]*+"|'[^']*+')*+>""")
_RDF_DESCRIPTION = "http://www.w3.org/1999/02/22-rdf-syntax-ns# Description"


@dataclass(slots=True)
class Element:
    """A badge element: the bytes from `start` to `end`, its attribute `verify` and its text."""

    kind: Kind
    start: int
    end: int = 0
    verify: str = ""
    pieces: list[str] = field(default_factory=list)

    @property
    def body(self) -> str:
        return "".join(self.pieces)


@dataclass(slots=True)
class Tree:
    """What was found: the name and start tag of the root element, and the badge elements in order."""

    root: str = ""
    root_start: int = 0
    elements: list[Element] = field(default_factory=list)
    statements: list[Element] = field(default_factory=list)
    """What the holder says beside the badge: never taken for one."""
    encoding: str = "utf-8"


def read(data: bytes) -> Tree:
    """Walks the whole document. Raises Truncated for what is no well-formed XML or declares entities, and TooLarge."""
    if len(data) > MAX_XML:
        raise TooLarge
    walk = _Walk(data)
    try:
        walk.parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError):
        raise Truncated from None
    return walk.tree


def tag_end(data: bytes, start: int) -> int:
    """Where the tag that begins at `start` is over. Raises Truncated if it is not."""
    tag = _TAG_END.match(data, start)
    if tag is None:
        raise Truncated
    return tag.end()


class _Walk:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.tree = Tree()
        self.depth = 0
        self.open: Element | None = None
        self.open_depth = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.XmlDeclHandler = self.declaration
        self.parser.EntityDeclHandler = self.entity
        self.parser.SkippedEntityHandler = self.skipped
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text

    def declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.tree.encoding = (encoding or "utf-8").lower()

    def entity(self, *_declaration: object) -> None:
        raise Truncated

    def skipped(self, *_entity: object) -> None:
        raise Truncated

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if self.depth == 0:
            self.tree.root, self.tree.root_start = local, self.parser.CurrentByteIndex
        self.depth += 1
        kind = _SPELLINGS.get((local, namespace))
        if kind is not None and self.open is None:
            self.open, self.open_depth = Element(kind, self.parser.CurrentByteIndex), self.depth
            self.open.verify = attributes.get("verify", "").strip()
            (self.tree.statements if kind is Kind.STATEMENT else self.tree.elements).append(self.open)
        elif kind is not None and kind is not Kind.STATEMENT:
            # A badge within a badge: its parent counts, and it counts beside it.
            self.tree.elements.append(Element(kind, self.parser.CurrentByteIndex))
        elif name == _RDF_DESCRIPTION:
            self.properties(attributes)

    def properties(self, attributes: dict[str, str]) -> None:
        """RDF may write an element of plain text as an attribute of its Description."""
        for name, value in attributes.items():
            namespace, _, local = name.rpartition(" ")
            kind = _SPELLINGS.get((local, namespace))
            if kind is not None and kind is not Kind.STATEMENT:
                self.tree.elements.append(Element(kind, self.parser.CurrentByteIndex, pieces=[value]))

    def end(self, _name: str) -> None:
        if self.open is not None and self.depth == self.open_depth:
            self.open.end = self.end_of(self.open)
            self.open = None
        self.depth -= 1

    def end_of(self, element: Element) -> int:
        """An empty element is over with its only tag."""
        first = tag_end(self.data, element.start)
        return first if self.data[first - 2 : first] == b"/>" else tag_end(self.data, self.parser.CurrentByteIndex)

    def text(self, words: str) -> None:
        if self.open is not None and self.depth == self.open_depth:
            self.open.pieces.append(words)
