"""A badge on paper. It never says how the badge stands: that is what the code on it is for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from backpack.openbadges import OpenBadgesError, bake
from backpack.publishing.proofs import Proofs
from backpack.rendering import document
from backpack.rendering.glyphs import drawable

TEMPLATE: Final = Path(__file__).with_name("certificate.typ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The words of a certificate, already in its language."""

    holder: str
    said: str
    title: str
    description: str
    criteria_title: str
    criteria: str
    issuer: str
    how_known: str
    dates: str
    code: str
    address: str
    note: str
    language: str
    evidence_title: str
    evidence: tuple[Proofs, ...] = ()
    """The issuer's and the holder's, apart. Where there is any it stands on pages of its own, after the badge."""


def certificate_pdf(
    certificate: Certificate, qr: bytes, picture: bytes | None, now: datetime, payload: bytes | None = None
) -> bytes:
    """An A4 page and its evidence after it, tagged (PDF/UA-1), its address as text and as a QR code (`qr`, SVG).

    With `payload` the badge is in it too, so that software can verify the paper's file by itself: in the document's
    information and attached, as other issuers' certificates have it. Raises CannotRender.
    """
    files = {"qr.svg": qr, **({"badge.png": picture} if picture else {})}
    data = {**_drawable(asdict(certificate)), "picture": "badge.png" if picture else None}
    made = document(TEMPLATE, data, files=files, standards=("ua-1",), now=now).parts[0]
    if payload is None:
        return made
    try:
        return bake(made, payload)
    except OpenBadgesError:  # a badge that can be read no longer is no reason to give no certificate
        return made


def _drawable(value: Any) -> Any:
    """The same words, none of which keeps the page from being made."""
    if isinstance(value, str):
        return drawable(value)
    if isinstance(value, dict):
        return {name: _drawable(one) for name, one in value.items()}
    return [_drawable(one) for one in value] if isinstance(value, list | tuple) else value
