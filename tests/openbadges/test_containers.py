"""What goes into a container comes out of it, nothing else in it changes, and nothing hostile runs away."""

from __future__ import annotations

import io
import json
import struct
import time
import zlib
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from backpack.openbadges.containers import CONTAINERS, Kind, archive, container_of, pdf, png, svg
from backpack.openbadges.containers.kinds import BADGES
from backpack.openbadges.errors import (
    AlreadyBaked,
    AmbiguousContainer,
    CannotBake,
    Encrypted,
    NoBadgeFound,
    NotJSON,
    OpenBadgesError,
    TooLarge,
    Truncated,
)
from tests.openbadges import make

# What XML cannot hold at all is refused when baking; everything else must survive.
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))
DOCUMENTS = st.dictionaries(
    WORDS, st.recursive(st.none() | st.booleans() | st.integers() | WORDS, st.lists, max_leaves=5)
)
INDENTS = st.sampled_from([None, 2, "\t"])
PAYLOADS = st.one_of(
    st.builds(lambda d, i: json.dumps(d, indent=i, ensure_ascii=False).encode(), DOCUMENTS, INDENTS),
    st.builds(make.token, DOCUMENTS),
    st.builds(lambda n: f"https://issuer.example.org/a?b=1&c='{n}'".encode(), st.integers(0)),
)
KINDS = st.sampled_from(BADGES)
PICTURES = st.builds(make.png, st.integers(1, 12), st.integers(1, 12), st.integers(1, 255))
BADGE = make.text(make.assertion())


@given(PICTURES, PAYLOADS, KINDS)
def test_a_png_gives_back_what_was_baked(picture: bytes, payload: bytes, kind: Kind) -> None:
    baked = png.embed(picture, payload, kind)
    assert png.extract(baked) == (payload,)
    assert Image.open(io.BytesIO(baked)).tobytes() == Image.open(io.BytesIO(picture)).tobytes()
    others = [item for item in make.chunks(baked) if item[0] != b"iTXt"]
    assert others == make.chunks(picture)


@given(PAYLOADS, PAYLOADS, KINDS)
def test_an_svg_gives_back_what_was_baked(payload: bytes, later: bytes, kind: Kind) -> None:
    baked = svg.embed(make.SVG, payload, kind)
    assert svg.extract(baked) == (payload,)
    start = make.SVG.index(b"<!--")
    assert baked.startswith(make.SVG[:start])
    assert baked.endswith(make.SVG[start:])
    again = svg.embed(baked, later, kind, replace=True)
    assert svg.extract(again) == (later,)
    assert again == svg.embed(make.SVG, later, kind)


@settings(max_examples=20, deadline=None)
@given(PAYLOADS, KINDS)
def test_a_pdf_gives_back_what_was_baked(payload: bytes, kind: Kind) -> None:
    plain = make.pdf()
    baked = pdf.embed(plain, payload, kind)
    assert set(pdf.extract(baked)) == {payload}
    assert baked.startswith(plain.rstrip(b"\n"))


def test_a_pdf_has_its_badge_replaced_only_when_told() -> None:
    baked = pdf.embed(make.pdf(notes=b"Bonjour"), make.token({}), Kind.OPEN_BADGE_CREDENTIAL, replace=True)
    with pytest.raises(AlreadyBaked):
        pdf.embed(baked, BADGE, Kind.OPEN_BADGE)
    assert set(pdf.extract(pdf.embed(baked, BADGE, Kind.OPEN_BADGE, replace=True))) == {BADGE, b"Bonjour"}
    with pytest.raises(CannotBake):
        pdf.embed(make.pdf_with_xmp(XMP.format(IN_XMP["a body"]).encode()), BADGE, Kind.OPEN_BADGE, replace=True)


def test_a_png_is_baked_before_its_picture_and_replaced_only_when_told() -> None:
    baked = png.embed(make.png(), BADGE, Kind.OPEN_BADGE)
    assert [name for name, _ in make.chunks(baked)] == [b"IHDR", b"iTXt", b"IDAT", b"IEND"]
    with pytest.raises(AlreadyBaked):
        png.embed(baked, BADGE, Kind.OPEN_BADGE)
    assert png.embed(baked, BADGE, Kind.OPEN_BADGE, replace=True) == baked
    twice = png.embed(make.with_chunk(baked, b"tEXt", b"openbadges\0x"), b"{}", Kind.OPEN_BADGE, replace=True)
    assert png.extract(twice) == (b"{}",)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        pytest.param(b"iTXt", b"openbadges\0\0\0\0\0" + BADGE, id="iTXt"),
        pytest.param(b"iTXt", b"openbadgecredential\0\0\0\0\0" + BADGE, id="iTXt of 3.0"),
        pytest.param(b"iTXt", b"openbadges\0\1\0\0\0" + zlib.compress(BADGE), id="compressed iTXt"),
        pytest.param(b"iTXt", b"openbadges\0\0\0fr\0insigne\0" + BADGE, id="iTXt with language and translation"),
        pytest.param(b"tEXt", b"openbadges\0" + BADGE, id="tEXt"),
        pytest.param(b"zTXt", b"openbadges\0\0" + zlib.compress(BADGE), id="zTXt"),
    ],
)
def test_a_png_is_read_in_every_spelling(kind: bytes, content: bytes) -> None:
    assert png.extract(make.with_chunk(make.png(), kind, content)) == (BADGE,)


def test_latin_1_is_read_where_png_says_so() -> None:
    picture = make.with_chunk(make.png(), b"tEXt", b"openbadges\0" + '{"name": "é"}'.encode("latin-1"))
    assert png.extract(picture) == ('{"name": "é"}'.encode(),)


GOOD = make.with_chunk(make.png(), b"iTXt", b"openbadges\0\0\0\0\0" + BADGE)
BOMB = zlib.compress(b" " * 200_000_000)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(make.png(), NoBadgeFound, id="only a picture"),
        pytest.param(
            make.with_chunk(make.png(), b"iTXt", b"openbadge\0\0\0\0\0{}"), NoBadgeFound, id="another keyword"
        ),
        pytest.param(make.with_chunk(make.png(), b"iTXt", b"openbadges\0\0\0\0\0 "), NoBadgeFound, id="an empty chunk"),
        pytest.param(make.with_chunk(GOOD, b"tEXt", b"openbadges\0x"), AmbiguousContainer, id="two badges"),
        pytest.param(GOOD[:-1], Truncated, id="cut in the last chunk"),
        pytest.param(GOOD[:-12], Truncated, id="no IEND"),
        pytest.param(GOOD[:60], Truncated, id="cut in the badge"),
        pytest.param(png.SIGNATURE, Truncated, id="nothing but a signature"),
        pytest.param(GOOD.replace(b"Assertion", b"Assertiox"), Truncated, id="a wrong checksum"),
        pytest.param(
            png.SIGNATURE + struct.pack(">I", 2**32 - 1) + b"IHDR" + bytes(99), Truncated, id="a claim of 4 GB"
        ),
        pytest.param(png.SIGNATURE + make.chunk(b"IEND", b""), Truncated, id="no IHDR"),
        pytest.param(png.SIGNATURE + GOOD[8:33] + GOOD[8:33], Truncated, id="IHDR twice"),
        pytest.param(
            png.SIGNATURE + GOOD[8:33] + make.chunk(b"tEXt", b"") * 300_000, TooLarge, id="chunks without end"
        ),
        pytest.param(make.with_chunk(make.png(), b"zTXt", b"openbadges\0\0" + BOMB), TooLarge, id="a zTXt bomb"),
        pytest.param(make.with_chunk(make.png(), b"iTXt", b"openbadges\0\1\0\0\0" + BOMB), TooLarge, id="an iTXt bomb"),
        pytest.param(make.with_chunk(make.png(), b"zTXt", b"openbadges\0\0" + BOMB[:50]), Truncated, id="a cut stream"),
        pytest.param(make.with_chunk(make.png(), b"zTXt", b"openbadges\0\0nonsense"), Truncated, id="no stream"),
        pytest.param(make.with_chunk(make.png(), b"iTXt", b"openbadges\0"), Truncated, id="an iTXt without fields"),
        pytest.param(make.with_chunk(make.png(), b"iTXt", b"openbadges\0\0\0x"), Truncated, id="an iTXt without ends"),
    ],
)
def test_a_png_that_gives_no_badge(data: bytes, error: type[OpenBadgesError]) -> None:
    bounded(png.extract, data, error)


V2, V3 = 'xmlns:openbadges="http://openbadges.org"', 'xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"'
BODY = BADGE.decode()
CREDENTIAL = make.credential()


@pytest.mark.parametrize(
    ("element", "payload"),
    [
        pytest.param(f"<openbadges:assertion {V2}><![CDATA[{BODY}]]></openbadges:assertion>", BADGE, id="CDATA"),
        pytest.param(f"<openbadges:credential {V3}><![CDATA[{BODY}]]></openbadges:credential>", BADGE, id="3.0"),
        pytest.param(f"<openbadges:assertion {V2}>{BODY}</openbadges:assertion>", BADGE, id="plain text"),
        pytest.param(
            f'<a:assertion xmlns:a="http://openbadges.org/">{BODY}</a:assertion>', BADGE, id="any prefix, a slash"
        ),
        pytest.param(f'<assertion xmlns="https://openbadges.org">{BODY}</assertion>', BADGE, id="no prefix, https"),
        pytest.param(
            f'<g><g><o:assertion xmlns:o="http://openbadges.org">{BODY}</o:assertion></g></g>', BADGE, id="deep"
        ),
        pytest.param(
            f'<openbadges:assertion {V2} verify="https://a.example/1"/>', b"https://a.example/1", id="address"
        ),
        pytest.param(f'<openbadges:credential {V3} verify="e.y.J"/>', b"e.y.J", id="JWS"),
        pytest.param(
            f'<openbadges:assertion {V2} verify="{make.ASSERTION_URL}">{BODY}</openbadges:assertion>',
            BADGE,
            id="address and body of one badge",
        ),
    ],
)
def test_an_svg_is_read_in_every_spelling(element: str, payload: bytes) -> None:
    assert svg.extract(make.svg(element)) == (payload,)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ENTITIES = f'<!DOCTYPE svg [<!ENTITY l0 "ha">{LAUGHS}]><svg xmlns="http://www.w3.org/2000/svg">&l9;</svg>'
EXTERNAL = (
    '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg" '
    f"{V2}><openbadges:assertion>&x;</openbadges:assertion></svg>"
)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(make.SVG, NoBadgeFound, id="only a picture"),
        pytest.param(make.svg(f"<openbadges:assertion {V2}/>"), NoBadgeFound, id="an empty element"),
        pytest.param(
            make.svg(f"<openbadges:credential {V2}>{{}}</openbadges:credential>"), NoBadgeFound, id="namespace"
        ),
        pytest.param(make.svg(f"<!-- <openbadges:assertion {V2}/> -->"), NoBadgeFound, id="in a comment only"),
        pytest.param(make.svg(f'<openbadges:assertion {V2} verify="u"/>' * 2), AmbiguousContainer, id="two elements"),
        pytest.param(
            make.svg(f'<openbadges:assertion {V2} verify="https://b.example">{BODY}</openbadges:assertion>'),
            AmbiguousContainer,
            id="an address and a body that disagree",
        ),
        pytest.param(
            make.svg(
                f'<openbadges:credential {V3} verify="{make.token(make.credential(name="x")).decode()}">'
                f"{json.dumps(CREDENTIAL | {'name': 'y'})}</openbadges:credential>"
            ),
            AmbiguousContainer,
            id="a signed text and a body that disagree",
        ),
        pytest.param(make.SVG[:-5], Truncated, id="cut"),
        pytest.param(ENTITIES.encode(), Truncated, id="billion laughs"),
        pytest.param(EXTERNAL.encode(), Truncated, id="an external entity"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<g>" * 1_000_000, Truncated, id="boxes left open"),
        pytest.param(b"<svg>" + b" " * 17_000_000 + b"</svg>", TooLarge, id="17 MB"),
        pytest.param(b'<?xml version="1.0" encoding="klingon"?><svg/>', Truncated, id="an unknown encoding"),
    ],
)
def test_an_svg_that_gives_no_badge(data: bytes, error: type[OpenBadgesError]) -> None:
    bounded(svg.extract, data, error)


def test_an_svg_may_name_a_document_type() -> None:
    head = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n<svg '
    picture = make.SVG.replace(b"<svg ", head)
    baked = svg.embed(picture, BADGE, Kind.OPEN_BADGE)
    assert svg.extract(baked) == (BADGE,)
    ET.fromstring(baked)


@pytest.mark.parametrize(
    ("picture", "payload", "error"),
    [
        pytest.param(svg.embed(make.SVG, BADGE, Kind.OPEN_BADGE), BADGE, AlreadyBaked, id="baked before"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"/>', BADGE, CannotBake, id="an empty picture"),
        pytest.param(make.SVG, b'{"a": "\x01"}', CannotBake, id="what XML cannot hold"),
        pytest.param(make.SVG, b"\xff", CannotBake, id="no text"),
        pytest.param(b"<html></html>", BADGE, CannotBake, id="another root"),
    ],
)
def test_an_svg_that_takes_no_badge(picture: bytes, payload: bytes, error: type[OpenBadgesError]) -> None:
    with pytest.raises(error):
        svg.embed(picture, payload, Kind.OPEN_BADGE)


XMP = (
    '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">{}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)
IN_XMP = {
    "an attribute verify": f'<rdf:Description {V2}><openbadges:assertion verify="https://a.example/1"/></rdf:Description>',
    "a body": f"<rdf:Description {V2}><openbadges:assertion>https://a.example/1</openbadges:assertion></rdf:Description>",
    "a property": f'<rdf:Description {V2} openbadges:assertion="https://a.example/1"/>',
}


@pytest.mark.parametrize("described", IN_XMP.values(), ids=IN_XMP.keys())
def test_a_pdf_says_it_in_its_metadata(described: str) -> None:
    from_plain = make.pdf_with_xmp(XMP.format(described).encode())
    assert pdf.extract(from_plain) == (b"https://a.example/1",)


def test_a_pdf_holds_attachments_and_information() -> None:
    document = make.pdf(BADGE, badge=GOOD, notes=b"Bonjour")
    assert pdf.extract(document) == (BADGE, GOOD, b"Bonjour")
    assert pdf.extract(make.pdf(BADGE, same=BADGE)) == (BADGE,)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(make.pdf(), NoBadgeFound, id="no badge"),
        pytest.param(make.pdf(BADGE, password="secret"), Encrypted, id="a password"),
        pytest.param(b"%PDF-1.7\n", Truncated, id="nothing but a head"),
        pytest.param(make.pdf(BADGE)[:300], Truncated, id="cut"),
        pytest.param(b"%PDF-1.7\n" + b"[" * 3_000_000, Truncated, id="brackets"),
    ],
)
def test_a_pdf_that_gives_no_badge(data: bytes, error: type[OpenBadgesError]) -> None:
    bounded(pdf.extract, data, error, seconds=10)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(make.box({}), NoBadgeFound, id="empty"),
        pytest.param(make.box({"a.json": b" " * 20_000_000}), TooLarge, id="a bomb"),
        pytest.param(make.box({f"{n}": b"" for n in range(2_001)}), TooLarge, id="2,001 entries"),
        pytest.param(make.box({"a.json": BADGE})[:-10], Truncated, id="cut"),
        pytest.param(b"PK\x03\x04" + bytes(100), Truncated, id="nothing but a head"),
    ],
)
def test_a_box_that_gives_nothing(data: bytes, error: type[OpenBadgesError]) -> None:
    bounded(lambda data: tuple(archive.extract(data)), data, error)


def test_a_box_with_a_password() -> None:
    box = make.box({"a.json": BADGE})
    # The flag stands in the entry's own header and in the directory at the end.
    locked = bytearray(box)
    locked[6] |= 1
    locked[box.index(b"PK\x01\x02") + 8] |= 1
    bounded(lambda data: tuple(archive.extract(data)), bytes(locked), Encrypted)


def test_an_entry_that_claims_less_than_it_holds_gives_no_more() -> None:
    honest = make.box({"a.json": b"x" * 5000})
    lying = honest.replace(struct.pack("<I", 5000), struct.pack("<I", 50))
    bounded(lambda data: tuple(archive.extract(data)), lying, Truncated)


@given(
    st.binary(max_size=300), st.sampled_from([b"", png.SIGNATURE, b"<svg ", b"%PDF-1.4\n", b"PK\x03\x04", b"eyJ", b"{"])
)
@settings(deadline=None)
def test_whatever_comes_ends_in_bytes_or_one_error(data: bytes, start: bytes) -> None:
    try:
        assert all(isinstance(item, bytes) for item in container_of(start + data).extract(start + data))
    except OpenBadgesError as error:
        assert error.code  # noqa: PT017 - the other way to end well


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_changed_byte_gives_the_badge_or_an_error(position: int, value: int) -> None:
    changed = GOOD[:position] + bytes([value]) + GOOD[position + 1 :]
    try:
        assert container_of(changed).extract(changed) == (BADGE,)
    except OpenBadgesError as error:
        assert error.code in {"truncated", "no-badge-found", "not-json"}  # noqa: PT017


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (GOOD, "png"),
        (make.SVG, "svg"),
        (b'\xef\xbb\xbf<svg xmlns="x">', "svg"),
        (make.pdf(), "pdf"),
        (make.box({"a": b""}), "zip"),
        (make.token({}), "jwt"),
        (b"\n" + make.token({}) + b"\n", "jwt"),
        (b" https://a.example\n", "url"),
        (b"\xef\xbb\xbf {}", "json"),
        (b"[]", "json"),
    ],
)
def test_a_container_is_told_by_its_content(data: bytes, name: str) -> None:
    assert name == container_of(data).NAME


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", NotJSON),
        (b"hello world", NotJSON),
        (b"<html><body>", NotJSON),
        (b"<!DOCTYPE html><html><svg ", NotJSON),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", NoBadgeFound),
        (b"GIF89a\x01\x00\x01\x00\x80\xff", NoBadgeFound),
    ],
)
def test_what_is_no_container(data: bytes, error: type[OpenBadgesError]) -> None:
    with pytest.raises(error):
        container_of(data)


def test_every_container_has_a_name_of_its_own() -> None:
    assert len({container.NAME for container in CONTAINERS}) == len(CONTAINERS)


def bounded(extract: object, data: bytes, error: type[OpenBadgesError], seconds: float = 3) -> None:
    """Raises this error, in bounded time."""
    assert callable(extract)
    started = time.process_time()
    with pytest.raises(error):
        extract(data)
    assert time.process_time() - started < seconds
