"""What a badge travels in: every container, with a hosted badge, a signed one and a token, in every spelling."""

from __future__ import annotations

import json
import zlib

from backpack import openbadges
from tests.openbadges import make
from tests.openbadges.corpus.case import VALID, Case, case, table
from tests.openbadges.issuing import KEY, credential, hosted, signed
from tests.openbadges.test_containers import IN_XMP, XMP

ASSERTION = make.text(make.assertion())
ADDRESS = make.ASSERTION_URL.encode()
SIGNED = make.text(signed())
TOKEN = openbadges.sign(credential(), KEY, suite="vc-jwt")
RECORD = make.text(
    signed({**make.learner_record(signed()), "issuer": KEY.did(), "name": "Record", "id": "urn:uuid:0b"})
)
ALTERED = make.text({**signed(), "name": "Doctor"})
V2, V3 = 'xmlns:openbadges="http://openbadges.org"', 'xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"'
V2_O = 'xmlns:o="http://openbadges.org"'
BODY = ASSERTION.decode()
PAGES = hosted()
BROKEN = ("invalid", "signature-wrong")


def _baked() -> list[Case]:
    """Each payload in each picture and document it can be baked into."""
    payloads = {"hosted": ASSERTION, "address": ADDRESS, "signed": SIGNED, "token": TOKEN, "record": RECORD}
    files = {"png": make.png(), "svg": make.SVG, "pdf": make.pdf()}
    return [
        case(f"{name} in {container}", openbadges.bake(file, payload), pages=PAGES, container=container)
        for name, payload in payloads.items()
        for container, file in files.items()
    ]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return make.with_chunk(make.png(), kind, content)


PNG = [
    case("png tEXt", _chunk(b"tEXt", b"openbadges\0" + ASSERTION), pages=PAGES, container="png"),
    case("png tEXt, an address", _chunk(b"tEXt", b"openbadges\0" + ADDRESS), pages=PAGES, container="png"),
    case("png zTXt", _chunk(b"zTXt", b"openbadges\0\0" + zlib.compress(ASSERTION)), pages=PAGES, container="png"),
    case("png iTXt, compressed", _chunk(b"iTXt", b"openbadges\0\1\0\0\0" + zlib.compress(ASSERTION)), pages=PAGES),
    case("png iTXt, in French", _chunk(b"iTXt", b"openbadges\0\0\0fr\0insigne\0" + ASSERTION), pages=PAGES),
    case("png, a token under the old keyword", _chunk(b"tEXt", b"openbadges\0" + TOKEN), container="png"),
    case("png, altered", openbadges.bake(make.png(), ALTERED), BROKEN, container="png"),
]
SVG = [
    case(name, make.svg(element), pages=PAGES, container="svg")
    for name, element in {
        "svg CDATA": f"<openbadges:assertion {V2}><![CDATA[{BODY}]]></openbadges:assertion>",
        "svg text": f"<openbadges:assertion {V2}>{BODY}</openbadges:assertion>",
        "svg another prefix": f'<a:assertion xmlns:a="http://openbadges.org/">{BODY}</a:assertion>',
        "svg no prefix": f'<assertion xmlns="https://openbadges.org">{BODY}</assertion>',
        "svg deep": f'<g><g><o:assertion xmlns:o="http://openbadges.org">{BODY}</o:assertion></g></g>',
        "svg address": f'<openbadges:assertion {V2} verify="{make.ASSERTION_URL}"/>',
        "svg address and body": f'<o:assertion {V2_O} verify="{make.ASSERTION_URL}">{BODY}</o:assertion>',
        "svg token": f'<openbadges:credential {V3} verify="{TOKEN.decode()}"/>',
        "svg signed": f"<openbadges:credential {V3}><![CDATA[{SIGNED.decode()}]]></openbadges:credential>",
    }.items()
]
ON_PAPER = {name: words.replace("https://a.example/1", make.ASSERTION_URL) for name, words in IN_XMP.items()}
PDF = [
    case("pdf information", make.pdf(ASSERTION), pages=PAGES, container="pdf"),
    case("pdf attachment", make.pdf(badge=openbadges.bake(make.png(), SIGNED)), container="pdf"),
    case("pdf, a token attached", make.pdf(badge=TOKEN, notes=b"Bonjour"), container="pdf"),
    case("pdf, two attached, one altered", make.pdf(a=SIGNED, b=ALTERED), BROKEN, badges=2),
    *(
        case(f"pdf xmp, {name}", make.pdf_with_xmp(XMP.format(words).encode()), pages=PAGES, container="pdf")
        for name, words in ON_PAPER.items()
    ),
]
TEXTS = [
    case("json", ASSERTION, pages=PAGES, container="json", established=True),
    case("json with a byte order mark", b"\xef\xbb\xbf" + ASSERTION, pages=PAGES),
    case("json, indented", json.dumps(signed(), indent=4).encode(), container="json"),
    case("jwt", TOKEN, container="jwt"),
    case("jwt between lines", b"\n" + TOKEN + b"\n", container="jwt"),
    case("url", ADDRESS + b"\n", pages=PAGES, container="url", established=True),
    case(
        "url of a picture",
        b"https://issuer.example.org/baked.png",
        VALID,
        {**PAGES, "https://issuer.example.org/baked.png": openbadges.bake(make.png(), ASSERTION)},
        container="url",
    ),
    case(
        "url of a page of Badgr",
        b"https://badgr.com/public/assertions/Ab-1?identity__email=lea%40example.org",
        ("unknown", "document-missing"),
        {"https://api.badgr.io/public/assertions/Ab-1": 404},
    ),
    case(
        "url of a page of Open Badge Factory",
        b"https://openbadgefactory.com/obv3/credentials/0a1b.html",
        VALID,
        {
            "https://openbadgefactory.com/obv3/credentials/0a1b": signed(
                credential(id="https://openbadgefactory.com/obv3/credentials/0a1b")
            )
        },
        established=True,
    ),
    case("array", [make.assertion(), signed()], pages=PAGES, badges=2),
    case("export", {"badges": [{"assertion": make.assertion()}]}, pages=PAGES),
    case("badge connect", {"assertion": make.assertion()}, pages=PAGES),
    case("presentation", make.presentation(signed(), TOKEN.decode()), badges=2),
    case("presentation in presentations", make.presentation(make.presentation(make.presentation(signed())))),
    case("presentation, one altered", make.presentation(signed(), json.loads(ALTERED)), BROKEN, badges=2),
    case("presentation in a token", make.token(make.presentation(TOKEN.decode()))),
    case(
        "enveloped",
        {"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt," + TOKEN.decode()},
        container="jwt",
    ),
]
BOXES = [
    case("zip", make.box({"any name": openbadges.bake(make.png(), ASSERTION)}), pages=PAGES, container="png"),
    case(
        "zip of several",
        make.box({"a.json": SIGNED, "b.txt": TOKEN, "c.pdf": make.pdf(ASSERTION)}),
        pages=PAGES,
        badges=3,
    ),
    case("zip, one altered", make.box({"a.json": SIGNED, "b.json": ALTERED}), BROKEN, badges=2),
    case("zip, one no badge", make.box({"a.json": SIGNED, "b.txt": b"Bonjour"})),
    case("mail", make.mail({"badge.png": openbadges.bake(make.png(), SIGNED)}), container="png"),
    case("mail, one altered", make.mail({"a.json": SIGNED, "b.json": ALTERED}), BROKEN, badges=2),
]
CASES = table("in", [*_baked(), *PNG, *SVG, *PDF, *TEXTS, *BOXES])
