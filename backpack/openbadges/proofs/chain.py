"""The documents behind a 1.x or 2.x assertion: its badge class and its issuer, as their addresses answer them.

VERIFICATION 4.3 and 4.5: what an address answers counts, not the copy embedded in the assertion; an answer that names
another address is asked there once; an object without an address is part of the assertion itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from backpack.openbadges.asking import GONE, JSON_LD, Inquiry, is_missing
from backpack.openbadges.documents import Document, Missing
from backpack.openbadges.errors import N_
from backpack.openbadges.findings import Findings
from backpack.openbadges.identity import addresses
from backpack.openbadges.opened import answered, plain_document
from backpack.openbadges.strict_json import JSON
from backpack.openbadges.versions.shapes import first, identifier

Kind = Literal["assertion", "achievement", "profile"]


@dataclass(frozen=True, slots=True)
class Node:
    """One document of the chain. `url` is the address that stands for it, None when it is only embedded."""

    document: dict[str, JSON]
    url: str | None = None
    answers: tuple[Document, ...] = ()

    @property
    def host(self) -> str | None:
        return addresses.host(self.url)

    @property
    def redirected_away(self) -> bool:
        """Whether an answer came over a hop to another origin."""
        return any(
            addresses.origin(hop) != addresses.origin(answer.url)
            for answer in self.answers
            if not is_direct(answer)
            for hop in hops(answer)
        )

    @property
    def on_https(self) -> bool:
        if not addresses.is_https(self.url):
            return False
        return all(addresses.is_https(hop) for answer in self.answers for hop in hops(answer))


def hops(answer: Document) -> tuple[str, ...]:
    """The addresses on the way to an answer, each once: mostly the one that was asked, and no other."""
    url = answer.url
    return (url,) if is_direct(answer) else tuple(dict.fromkeys((url, *answer.chain, answer.final_url)))


def is_direct(answer: Document) -> bool:
    """Whether the address asked answered itself, without sending us anywhere."""
    return answer.final_url == answer.url and answer.chain in ((), (answer.url,))


@dataclass(slots=True)
class Fetched:
    """What came of asking: a node, or the reason why there is none."""

    node: Node | None = None
    code: str | None = None
    url: str | None = None
    gone: bool = False
    moved: bool = False
    what: str = ""
    answer: Document | Missing | None = field(default=None, repr=False)


def fetch(inquiry: Inquiry, url: str, kind: Kind) -> Fetched:
    """The document of an address, followed once to the address it names itself (VERIFICATION 4.3)."""
    first_answer = _ask(inquiry, url, kind)
    if first_answer.node is None:
        return first_answer
    stated = identifier(first_answer.node.document)
    if stated is None or _is_about(first_answer.node, stated):
        return first_answer
    if not addresses.is_web(stated):
        if kind == "assertion":
            return Fetched(code="id-mismatch", url=url)
        # It names itself by something that is no address: nobody can be asked whether that is its name.
        return Fetched(node=Node(first_answer.node.document), url=url, moved=True)
    second = _ask(inquiry, stated, kind)
    if second.node is None:
        return second
    again = identifier(second.node.document)
    if again is None or not _is_about(second.node, again):
        return Fetched(code="id-mismatch", url=stated)
    second.moved = True
    return second


def resolve(inquiry: Inquiry, value: JSON, kind: Kind, findings: Findings) -> Fetched:
    """A badge class or an issuer, given by its address or as an object."""
    value = first(value)
    if isinstance(value, dict):
        value = plain_document(value)
    address = identifier(value)
    if not addresses.is_web(address):
        if isinstance(value, dict):
            return Fetched(node=Node(value))
        return Fetched(code="malformed", what="badge" if kind == "achievement" else "issuer")
    assert address is not None  # noqa: S101 - is_web() says so
    fetched = fetch(inquiry, address, kind)
    if fetched.moved:
        findings.warning("source", N_("The address {url} has moved to another one."), "id-mismatch", url=address)
    if fetched.node is not None and isinstance(value, dict) and _differs(value, fetched.node.document):
        findings.warning(
            "copy", N_("The badge carries an older description than the issuer’s."), "embedded-differs", fetched.url
        )
    return fetched


def _ask(inquiry: Inquiry, url: str, kind: Kind) -> Fetched:
    answer = inquiry.ask(url, kind, JSON_LD)
    if isinstance(answer, Missing):
        code = "document-missing" if is_missing(answer) else "document-unreachable"
        return Fetched(code=code, url=url, answer=answer)
    if answer.status == GONE:
        return Fetched(code="document-missing", url=url, gone=True, answer=answer)
    document = answered(answer.body)
    if document is None:
        return Fetched(code="document-not-json", url=url, answer=answer)
    return Fetched(node=Node(document, url, (answer,)), url=url, answer=answer)


def _is_about(node: Node, stated: str) -> bool:
    """Whether the id it states is the address asked, or one on the way of its redirects."""
    way = hops(node.answers[-1])
    return stated in way or addresses.normal(stated) in {addresses.normal(hop) for hop in way}


def _differs(copy: dict[str, JSON], document: dict[str, JSON]) -> bool:
    """Whether the copy says something else about what it says at all."""
    return any(
        name in document and document[name] != value
        for name, value in copy.items()
        if name not in ("@context", "issuer", "badge")
    )
