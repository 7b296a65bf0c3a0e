"""Who we are to a person's device (WebAuthn), and the question it answers: one at a time, answered once."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import session

from backpack.accounts.passkeys import Site
from backpack.wiring import wired

CHALLENGE = "passkey_challenge"


def site() -> Site:
    """As PUBLIC_URL says, whatever name the request came in under."""
    origin = wired().settings.public_url
    return Site(name=urlsplit(origin).hostname or "localhost", origin=origin)


def challenge() -> bytes:
    """The question for this browser's next answer; the same on all its open pages until one of them is answered."""
    if CHALLENGE not in session:
        session[CHALLENGE] = secrets.token_hex(32)
    return bytes.fromhex(session[CHALLENGE])


def spent_challenge() -> bytes:
    """The question an answer is about; asked nobody again. Empty when nothing was asked: then no answer fits."""
    return bytes.fromhex(session.pop(CHALLENGE, ""))
