"""An issuer for the tests of badges: what its addresses answer inside the outbound door, and badges made for it."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import UTC, datetime
from typing import Any

from PIL import Image

from backpack.openbadges import SigningKey, bake, new_key, sign
from backpack.outbound import RecordedAnswer
from tests.openbadges import make
from tests.people import ADDRESS

HOST = "https://issuer.example.org"
SALT = "sel"


def picture(colour: str = "teal") -> bytes:
    """A small picture, as issuers draw them."""
    made = io.BytesIO()
    Image.new("RGB", (40, 40), colour).save(made, "PNG")
    return made.getvalue()


def hashed(address: str) -> dict[str, Any]:
    """A recipient hidden behind a salted hash."""
    digest = hashlib.sha256((address + SALT).encode()).hexdigest()
    return {"type": "email", "hashed": True, "salt": SALT, "identity": f"sha256${digest}"}


def plain(address: str) -> dict[str, Any]:
    """A recipient in clear."""
    return {"type": "email", "hashed": False, "identity": address}


class Issuer:
    """Answers what it is told to, counts who was asked, and is silent when it is told to be."""

    def __init__(self) -> None:
        self.answers: dict[str, RecordedAnswer] = {}
        self.asked: list[str] = []
        self.is_silent = False
        self.say(make.badge_class()["id"], make.badge_class())
        self.say(make.profile()["id"], make.profile())
        self.say_bytes(f"{HOST}/badge.png", picture(), "image/png")

    def say(self, url: Any, content: object, status: int = 200) -> None:
        self.say_bytes(str(url), json.dumps(content).encode(), "application/ld+json", status)

    def say_bytes(self, url: str, body: bytes, media_type: str, status: int = 200) -> None:
        self.answers[url] = RecordedAnswer(status=status, headers={"Content-Type": media_type}, body=body)

    def answer(self, url: str) -> RecordedAnswer | None:
        """None for other hosts: then the door itself answers, by its own rules."""
        self.asked.append(url)
        if not url.startswith(HOST):
            return None
        if self.is_silent:
            return RecordedAnswer(why="timeout")
        return self.answers.get(url, RecordedAnswer(status=404))

    def hosted(self, number: int = 1, recipient: dict[str, Any] | None = None, **changes: Any) -> bytes:
        """A hosted badge of 2.0 that this issuer answers for; the file that its holder gets."""
        url = f"{HOST}/assertions/{number}"
        assertion = make.assertion(id=url, recipient=recipient or hashed(ADDRESS), **changes)
        self.say(url, assertion)
        return json.dumps(assertion).encode()


KEY: SigningKey = new_key("Ed25519")
SIGNED_ON = datetime(2024, 5, 6, 8, tzinfo=UTC)


def signed(address: str = ADDRESS, *, name: str = "Soudure", number: int = 1, **changes: Any) -> bytes:
    """A signed badge of 3.0, with the recipient hidden behind a hash."""
    digest = hashlib.sha256((address + SALT).encode()).hexdigest()
    credential = make.credential(
        id=f"{HOST}/credentials/{number}",
        credentialSubject={
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "identityType": "emailAddress",
                    "hashed": True,
                    "salt": SALT,
                    "identityHash": f"sha256${digest}",
                }
            ],
            "achievement": {
                "id": f"{HOST}/achievements/1",
                "type": ["Achievement"],
                "name": name,
                "description": "Savoir souder.",
                "criteria": {"narrative": "Souder deux plaques."},
                "image": {"id": f"{HOST}/badge.png", "type": "Image"},
            },
        },
        **changes,
    )
    return sign_it(credential)


def sign_it(credential: dict[str, Any]) -> bytes:
    """Signed by a key that is its own issuer id: intact, and nobody's name is established."""
    credential["issuer"] = {"id": KEY.did(), "type": ["Profile"], "name": "Exemple"}
    return sign(credential, KEY, created=SIGNED_ON)


def png(payload: bytes, colour: str = "teal") -> bytes:
    """The badge baked into a picture."""
    return bake(picture(colour), payload)


def svg(payload: bytes) -> bytes:
    return bake(make.SVG, payload)
