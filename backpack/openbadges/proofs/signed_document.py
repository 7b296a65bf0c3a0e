"""A credential that another one leans on (a status list): whether it is signed by whom it names, and nothing more."""

from __future__ import annotations

from backpack.openbadges.asking import Inquiry
from backpack.openbadges.contexts import UnknownContext
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.proofs import compact, data_integrity, vc_jwt
from backpack.openbadges.strict_json import JSON, loads_object
from backpack.openbadges.versions.shapes import identifier
from backpack.openbadges.versions.v3 import from_claims


def proven(body: bytes, inquiry: Inquiry) -> dict[str, JSON] | None:
    """The credential in these bytes, or None when its proof does not hold or its key is not its issuer's."""
    text = body.strip()
    if text.startswith(b"eyJ"):
        return _enveloped(text, inquiry)
    try:
        document = loads_object(text)
    except OpenBadgesError:
        return None
    issuer = identifier(document.get("issuer"))
    if issuer is None:
        return None
    try:
        judged, _ = data_integrity.judge(document, inquiry, issuer, text)
    except UnknownContext:
        return None
    return document if any(one.good for one in judged) else None


def _enveloped(text: bytes, inquiry: Inquiry) -> dict[str, JSON] | None:
    try:
        token = compact.parse(text)
    except OpenBadgesError:
        return None
    document = from_claims(token.claims)
    issuer = identifier(document.get("issuer"))
    if issuer is None or vc_jwt.disagreement(token, document):
        return None
    owner = vc_jwt.owner(token, issuer, inquiry)
    held = owner.key is not None and owner.code is None and vc_jwt.check(token, owner) is None
    return document if held else None
