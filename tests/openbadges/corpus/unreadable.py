"""What is no badge, or no badge any more: every code of an input that ends without a verdict."""

from __future__ import annotations

from backpack import openbadges
from tests.openbadges import make
from tests.openbadges.corpus.case import Case, case, table

ASSERTION = make.text(make.assertion())
BAKED = openbadges.bake(make.png(), ASSERTION)


def _no(name: str, data: bytes, code: str) -> Case:
    return case(name, data, ("unreadable", code), badges=0)


CASES = table(
    "no",
    [
        _no("only a picture", make.png(), "no-badge-found"),
        _no("only a drawing", make.SVG, "no-badge-found"),
        _no("only a page", make.pdf(), "no-badge-found"),
        _no("an empty box", make.box({}), "no-badge-found"),
        _no("a photograph", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "no-badge-found"),
        _no("two in one picture", make.with_chunk(BAKED, b"tEXt", b"openbadges\0x"), "ambiguous-container"),
        _no(
            "two in one drawing",
            make.svg('<a:assertion xmlns:a="http://openbadges.org" verify="https://a.example/"/>' * 2),
            "ambiguous-container",
        ),
        _no("words", b"Bonjour", "not-json"),
        _no("a page of the web", b"<!doctype html><p>Badge", "not-json"),
        _no("a member twice", b'{"badge": 1, "badge": 2}', "not-json"),
        _no("a number that is none", b'{"@context": NaN}', "not-json"),
        _no("half a character", b'{"name": "\\ud800"}', "not-json"),
        _no("seventy deep", b'{"a":' * 70 + b"1" + b"}" * 70, "not-json"),
        _no("another encoding", '{"name": "é"}'.encode("utf-16"), "no-badge-found"),
        _no("a badge class", make.text(make.badge_class()), "not-a-badge"),
        _no("an issuer", make.text(make.profile()), "not-a-badge"),
        _no("an empty presentation", make.text(make.presentation()), "not-a-badge"),
        _no("an ordinary token", make.token({"sub": "me"}), "not-a-badge"),
        _no("a box in a box", make.box({"a.zip": make.box({"b.json": ASSERTION})}), "not-a-badge"),
        _no("too many values", b"[" + b"1," * 200_000 + b"1]", "too-large"),
        _no("a box that inflates", make.box({"a.json": b" " * 20_000_000}), "too-large"),
        _no("a page with a password", make.pdf(ASSERTION, password="secret"), "encrypted"),
        _no("a cut picture", BAKED[:-20], "truncated"),
        _no("a picture with a wrong checksum", BAKED.replace(b"Assertion", b"Assertiox"), "truncated"),
        _no("a cut drawing", make.SVG[:-8], "truncated"),
        _no("a cut page", make.pdf(ASSERTION)[:300], "truncated"),
        _no("a cut box", make.box({"a.json": ASSERTION})[:-10], "truncated"),
    ],
)
