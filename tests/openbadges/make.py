"""Badges, pictures and boxes made by code, for every test that needs one."""

from __future__ import annotations

import base64
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP

from PIL import Image
from pypdf import PdfWriter

from backpack.openbadges.strict_json import JSON

ASSERTION_URL = "https://issuer.example.org/assertions/1"
CREDENTIAL_URL = "https://issuer.example.org/credentials/1"
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="9"><!-- a > b --><g id="x"/></svg>\n'


def assertion(**changes: JSON) -> dict[str, JSON]:
    """A good 2.0 Assertion; a change to None takes the member out."""
    return _changed(
        {
            "@context": "https://w3id.org/openbadges/v2",
            "type": "Assertion",
            "id": ASSERTION_URL,
            "recipient": {"type": "email", "hashed": False, "identity": "lea@example.org"},
            "badge": "https://issuer.example.org/classes/1",
            "verification": {"type": "HostedBadge"},
            "issuedOn": "2024-05-06T07:08:09Z",
        },
        changes,
    )


def badge_class(**changes: JSON) -> dict[str, JSON]:
    return _changed(
        {
            "@context": "https://w3id.org/openbadges/v2",
            "type": "BadgeClass",
            "id": "https://issuer.example.org/classes/1",
            "name": "Soudure",
            "description": "Savoir souder.",
            "image": "https://issuer.example.org/badge.png",
            "criteria": {"narrative": "Souder deux plaques."},
            "issuer": "https://issuer.example.org/profile",
        },
        changes,
    )


def profile(**changes: JSON) -> dict[str, JSON]:
    return _changed(
        {
            "@context": "https://w3id.org/openbadges/v2",
            "type": "Profile",
            "id": "https://issuer.example.org/profile",
            "name": "Lycée de l’Exemple",
            "url": "https://issuer.example.org/",
            "email": "badges@issuer.example.org",
        },
        changes,
    )


def credential(**changes: JSON) -> dict[str, JSON]:
    """A good 3.0 OpenBadgeCredential, unsigned."""
    return _changed(
        {
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            ],
            "id": CREDENTIAL_URL,
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "issuer": {"id": "https://issuer.example.org/profile", "type": ["Profile"], "name": "Exemple"},
            "validFrom": "2024-05-06T07:08:09Z",
            "credentialSubject": {
                "id": "mailto:lea@example.org",
                "type": ["AchievementSubject"],
                "achievement": {
                    "id": "https://issuer.example.org/achievements/1",
                    "type": ["Achievement"],
                    "name": "Soudure",
                    "description": "Savoir souder.",
                    "criteria": {"narrative": "Souder deux plaques."},
                },
            },
        },
        changes,
    )


def learner_record(*members: JSON) -> dict[str, JSON]:
    """A good CLR 2.0 with these credentials in it, unsigned."""
    changes: dict[str, JSON] = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "type": ["VerifiableCredential", "ClrCredential"],
        "credentialSubject": {
            "id": "mailto:lea@example.org",
            "type": ["ClrSubject"],
            "verifiableCredential": list(members),
        },
    }
    return _changed(credential(), changes)


def presentation(*members: JSON) -> dict[str, JSON]:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": list(members),
    }


def text(document: JSON) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def token(claims: JSON, header: Mapping[str, JSON] | None = None) -> bytes:
    """A compact JWS whose signature is nobody's: for what is read before anything is verified."""
    stated: dict[str, JSON] = {"alg": "ES256", "typ": "JWT"} if header is None else dict(header)
    return b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in (text(stated), text(claims), b"none"))


def png(width: int = 4, height: int = 4, seed: int = 7, **info: str) -> bytes:
    """A small picture that is not all of one colour."""
    picture = Image.frombytes("RGB", (width, height), bytes((seed * n * n) % 256 for n in range(width * height * 3)))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """Type and bytes of every chunk, written apart from the code it tests."""
    found, position = [], 8
    while position < len(data):
        end = position + 12 + int.from_bytes(data[position : position + 4], "big")
        found.append((data[position + 4 : position + 8], data[position:end]))
        position = end
    return found


def with_chunk(picture: bytes, kind: bytes, content: bytes) -> bytes:
    """The picture with one more chunk, right after its header."""
    return picture[:33] + chunk(kind, content) + picture[33:]


def svg(element: str) -> bytes:
    return SVG.replace(b"<!--", element.encode() + b"<!--")


def pdf(payload: bytes | None = None, *, password: str | None = None, **attached: bytes) -> bytes:
    """A page, with a badge in its information and files attached."""
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    if payload is not None:
        writer.add_metadata({"/openbadges": payload.decode()})
    for name, content in attached.items():
        writer.add_attachment(name, content)
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def box(entries: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def mail(attached: Mapping[str, bytes]) -> bytes:
    """A mail with these files attached."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = "badges@issuer.example.org", "alice@example.org", "Your badge"
    made.set_content("It is attached.")
    for name, content in attached.items():
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


def _changed(document: dict[str, JSON], changes: Mapping[str, JSON]) -> dict[str, JSON]:
    return {name: value for name, value in {**document, **changes}.items() if value is not None}


def pdf_with_xmp(packet: bytes) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer.xmp_metadata = packet
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()
