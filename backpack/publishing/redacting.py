"""A credential to be read by anybody: as its issuer wrote it, without what says whose it is.

What an issuer may write about a recipient has no end, so of the subject only what is known to be about the achievement
is shown. The bytes are the issuer's still, and are given only where their owner shares them.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any, Final

HIDDEN: Final = "•••"
ABOUT_THE_ACHIEVEMENT: Final = frozenset(
    {"type", "achievement", "result", "creditsEarned", "activityStartDate", "activityEndDate", "role", "term"}
)
IDENTIFYING: Final = frozenset({"identity", "identityhash", "salt", "sub", "email", "hashed", "uid"})
ADDRESS: Final = re.compile(r"[^\s\"'<>:@]+@[^\s\"'<>@]+\.[^\s\"'<>@]+|\b(?:sha256|md5)\$[0-9A-Fa-f]+")
LONGEST_STRING: Final = 2_000
LONGEST: Final = 60_000


def without_recipient(payload: bytes) -> str | None:
    """The credential as indented JSON, for reading; None where there is nothing that can be shown."""
    document = _document(payload)
    if document is None:
        return None
    text = json.dumps(_shown(document), ensure_ascii=False, indent=2)
    return text if len(text) <= LONGEST else None


def _document(payload: bytes) -> Any:
    """The JSON of a credential, or the claims of a signed one (compact JWS); None for anything else."""
    try:
        text = payload.decode().strip()
        if not text.startswith("{"):
            claims = text.split("~")[0].split(".")[1]
            text = base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)).decode()
        return json.loads(text)
    except (UnicodeError, ValueError, IndexError, binascii.Error, RecursionError):
        return None


def _shown(value: Any, *, of_issuer: bool = False) -> Any:
    if isinstance(value, dict):
        return {name: _member(name, one, of_issuer) for name, one in value.items()}
    if isinstance(value, list):
        return [_shown(one, of_issuer=of_issuer) for one in value]
    if isinstance(value, str):
        return _string(value, of_issuer)
    return value


def _member(name: str, value: Any, of_issuer: bool) -> Any:
    if name.lower() in IDENTIFYING or "recipient" in name.lower():
        return HIDDEN if not (of_issuer and name == "email") else value
    if name == "credentialSubject":
        return [_subject(one) for one in value] if isinstance(value, list) else _subject(value)
    return _shown(value, of_issuer=of_issuer or name == "issuer")


def _subject(value: Any) -> Any:
    if not isinstance(value, dict):
        return HIDDEN
    return {name: _shown(one) if name in ABOUT_THE_ACHIEVEMENT else HIDDEN for name, one in value.items()}


def _string(value: str, of_issuer: bool) -> str:
    if len(value) > LONGEST_STRING or value.startswith("data:"):
        return f"{value[:40]}…"
    return value if of_issuer else ADDRESS.sub(HIDDEN, value)
