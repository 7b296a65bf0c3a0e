"""Makes the living example real: keys, signed and baked badges, and everything their issuers' addresses answer."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from backpack import rendering
from backpack.demo import credentials as say
from backpack.demo.issuers import MOODS, NORMAL, SILENT, answers_file, set_mood, write
from backpack.demo.story import ADDRESSES, BADGES, FORMER_ADDRESS, IDRISS_ADDRESS, ISSUERS, BadgeStory, IssuerStory
from backpack.openbadges import SigningKey, bake, new_key, sign
from backpack.openbadges.identity.signers import key_from_pem

ART = Path(__file__).resolve().parent / "art"
PICTURE_SIDE = 480
"""Pixels; large enough for a page on a fine screen, small enough to mail."""
LIST_LENGTH = 131_072
"""Bits: the least that the standard asks for, so that an index says little about its holder."""
DOUBLE = "doublon"
LD = "application/ld+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeBadge:
    """A badge as its holder got it."""

    story: BadgeStory
    filename: str
    data: bytes


@dataclass(slots=True)
class Answers:
    """What addresses answer: in the normal mood, and what differs in the others."""

    by_mood: dict[str, dict[str, Any]] = field(default_factory=lambda: {mood: {} for mood in MOODS if mood != SILENT})

    def say(self, url: str, content: Mapping[str, Any] | str, mood: str = NORMAL, media_type: str = LD) -> None:
        body = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        headers = {"Content-Type": media_type}
        self.by_mood[mood][url] = {"status": 200, "headers": headers, "body": body}

    def picture(self, url: str, file: str) -> None:
        headers = {"Content-Type": "image/png"}
        self.by_mood[NORMAL][url] = {"status": 200, "headers": headers, "body_file": file}

    def fail(self, url: str, why: str) -> None:
        self.by_mood[NORMAL][url] = {"error": why}


def make(folder: Path, today: datetime) -> list[MadeBadge]:
    """Fill `folder` with keys (once), pictures and answers as of `today`; the badges, in the order of the story."""
    folder.mkdir(parents=True, exist_ok=True)
    answers = Answers()
    made: list[MadeBadge] = []
    for issuer in ISSUERS:
        workshop = Workshop(issuer, folder, today, answers)
        made += workshop.badges()
        workshop.publish()
    for mood, recorded in answers.by_mood.items():
        write(answers_file(folder, mood), recorded)
    write(folder / "known.json", known(folder))
    set_mood(folder, "quais", SILENT)
    order = [story.key for story in BADGES]
    return sorted(made, key=lambda badge: order.index(badge.story.key))


def known(folder: Path) -> dict[str, dict[str, str]]:
    """The operator's list of the example: who is known by key, who by domain."""
    listed = [issuer for issuer in ISSUERS if issuer.known]
    keys = {key_of(issuer, folder).did(): issuer.name for issuer in listed if issuer.way == "data-integrity"}
    return {"keys": keys, "hosts": {issuer.host: issuer.name for issuer in listed}}


def key_of(issuer: IssuerStory, folder: Path) -> SigningKey:
    """The issuer's key, made at the first asking and kept."""
    path = folder / "keys" / f"{issuer.key}.pem"
    if not path.is_file():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(new_key("RSA" if issuer.way == "jws" else "Ed25519").private_bytes())
        path.chmod(0o600)
    return key_from_pem(path.read_bytes())


def recipient_of(story: BadgeStory) -> str:
    return FORMER_ADDRESS if story.fate == "waiting" else ADDRESSES[0]


class Workshop:
    """One issuer at work: signs its badges, and says at its addresses what it says of them."""

    def __init__(self, issuer: IssuerStory, folder: Path, today: datetime, answers: Answers) -> None:
        self.issuer, self.folder, self.today, self.answers = issuer, folder, today, answers
        self.key = key_of(issuer, folder)
        self.stories = [story for story in BADGES if story.issuer == issuer.key]
        self.id = f"did:web:{issuer.host}" if issuer.way == "vc-jwt" else self._did_or_url()

    def _did_or_url(self) -> str:
        return self.key.did() if self.issuer.way == "data-integrity" else say.address_of(self.issuer, "issuer")

    def badges(self) -> Iterator[MadeBadge]:
        for index, story in enumerate(self.stories, start=1):
            picture = self._picture(story)
            payload = self._payload(story, index)
            match story.container:
                case "png":
                    data, ending = bake(picture, payload), "png"
                case "svg":
                    data, ending = bake((ART / f"{story.key}.svg").read_bytes(), payload), "svg"
                case other:
                    data, ending = payload, other
            yield MadeBadge(story=story, filename=f"{story.key}.{ending}", data=data)

    def _picture(self, story: BadgeStory) -> bytes:
        name = f"{story.key}.png"
        picture = rendering.picture_png((ART / f"{story.key}.svg").read_bytes(), PICTURE_SIDE)
        (self.folder / name).write_bytes(picture)
        self.answers.picture(say.address_of(self.issuer, "images", name), name)
        return picture

    def _payload(self, story: BadgeStory, index: int) -> bytes:
        recipient = recipient_of(story)
        match self.issuer.way:
            case "data-integrity":
                return self._signed_credential(story, recipient, index)
            case "vc-jwt":
                return self._jwt(story, recipient, index)
            case "jws":
                assertion = say.assertion_v2(self.issuer, story, recipient, self.today)
                self.answers.say(assertion["badge"], say.badge_class_v2(self.issuer, story))
                return sign(assertion, self.key, suite="jws")
        return self._hosted(story, recipient)

    def _signed_credential(self, story: BadgeStory, recipient: str, index: int) -> bytes:
        document = say.credential_v3(self.issuer, self.id, story, recipient, self.today, index)
        signed = sign(document, self.key, created=say.issued_on(story, self.today))
        self.answers.say(document["id"], signed.decode())
        return signed

    def _jwt(self, story: BadgeStory, recipient: str, index: int) -> bytes:
        document = say.credential_v3(self.issuer, self.id, story, recipient, self.today, index)
        token = sign(document, self.key, suite="vc-jwt", method=f"{self.id}#cle-1")
        self.answers.say(document["id"], token.decode(), media_type="application/vc+jwt")
        return _altered(token, "niveau 1", "niveau 3") if story.fate == "altered" else token

    def _hosted(self, story: BadgeStory, recipient: str) -> bytes:
        first = story.version == "1.1"
        make_assertion = say.assertion_v1 if first else say.assertion_v2
        badge_class = say.badge_class_v1(self.issuer, story) if first else say.badge_class_v2(self.issuer, story)
        assertion = make_assertion(self.issuer, story, recipient, self.today)
        url = assertion["id"]
        self.answers.say(url, assertion)
        self.answers.say(badge_class["id"], badge_class)
        revoked = {"@context": assertion["@context"], "type": "Assertion", "id": url, "revoked": True}
        self.answers.say(url, {**revoked, "revocationReason": DOUBLE}, "revoke")
        self.answers.say(url, make_assertion(self.issuer, story, IDRISS_ADDRESS, self.today), "alter")
        return _written(assertion)

    def publish(self) -> None:
        """What the issuer says of itself, its key, and what it took back."""
        match self.issuer.way:
            case "hosted":
                self.answers.say(say.address_of(self.issuer, "issuer"), say.profile_v2(self.issuer))
                self.answers.say(say.address_of(self.issuer, "issuer-v1"), say.profile_v1(self.issuer))
            case "jws":
                self._publish_signer()
            case "vc-jwt":
                self._publish_did()
                self._publish_list()
            case _ if self.issuer.key == "pepiniere":
                self._publish_bitstring()
            case _:
                self._publish_list()

    def _publish_signer(self) -> None:
        key_url, list_url = say.address_of(self.issuer, "keys", "1"), say.address_of(self.issuer, "revoked")
        document = {"@context": say.OB2, "type": "CryptographicKey", "id": key_url, "owner": self.id}
        self.answers.say(self.id, say.profile_v2(self.issuer))
        self.answers.say(key_url, {**document, "publicKeyPem": self.key.pem()})
        self.answers.say(key_url, {**document, "publicKeyPem": new_key("RSA").pem()}, "alter")
        ids = {
            story.fate: say.assertion_v2(self.issuer, story, recipient_of(story), self.today)["id"]
            for story in self.stories
        }
        taken_back = {id_: DOUBLE for fate, id_ in ids.items() if fate == "revoked"}
        self.answers.say(list_url, say.revocation_list_v2(self.issuer, taken_back))
        self.answers.say(list_url, say.revocation_list_v2(self.issuer, dict.fromkeys(ids.values(), DOUBLE)), "revoke")

    def _publish_did(self) -> None:
        url = say.address_of(self.issuer, ".well-known", "did.json")
        self.answers.say(url, self._did_document(self.key))
        self.answers.say(url, self._did_document(new_key()), "alter")

    def _did_document(self, key: SigningKey) -> dict[str, Any]:
        method = f"{self.id}#cle-1"
        return {
            "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
            "id": self.id,
            "verificationMethod": [
                {
                    "id": method,
                    "type": "Multikey",
                    "controller": self.id,
                    "publicKeyMultibase": key.public.multikey(),
                }
            ],
            "assertionMethod": [method],
        }

    def _publish_list(self) -> None:
        url = say.address_of(self.issuer, "status", "revoked")
        all_of_them = {say.address_of(self.issuer, "credentials", story.key): DOUBLE for story in self.stories}
        self.answers.say(url, say.revocation_list_v3(self.issuer, self.id, url, {}), media_type="application/json")
        self.answers.say(
            url, say.revocation_list_v3(self.issuer, self.id, url, all_of_them), "revoke", "application/json"
        )
        self.answers.say(url, "la liste a été remplacée par une page", "alter", "text/html")
        self.answers.fail(say.address_of(self.issuer, "status", "muette"), "timeout")

    def _publish_bitstring(self) -> None:
        url = say.address_of(self.issuer, "status", "liste")
        self.answers.say(url, self._bitstring(url, ()))
        self.answers.say(url, self._bitstring(url, range(1, len(self.stories) + 1)), "revoke")
        self.answers.say(url, self._bitstring(url, ()).replace('"revocation"', '"suspension"'), "alter")

    def _bitstring(self, url: str, revoked: range | tuple[int, ...]) -> str:
        """A signed list in which these indices are set; bit 0 is the left-most (Bitstring Status List 1.0)."""
        bits = bytearray(LIST_LENGTH // 8)
        for index in revoked:
            bits[index // 8] |= 0x80 >> index % 8
        packed = base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).rstrip(b"=").decode()
        document: dict[str, Any] = {
            "@context": [say.VC],
            "id": url,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": self.id,
            "validFrom": say.instant(self.today.replace(hour=0, minute=0, second=0, microsecond=0) - say.MONTH),
            "credentialSubject": {
                "id": f"{url}#list",
                "type": "BitstringStatusList",
                "statusPurpose": "revocation",
                "encodedList": "u" + packed,
            },
        }
        return sign(document, self.key, created=self.today - say.MONTH).decode()


def _written(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _altered(token: bytes, word: str, other: str) -> bytes:
    """The token with a word of its payload changed and its signature left as it was."""
    header, payload, signature = token.split(b".")
    content = base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)).decode()
    changed = base64.urlsafe_b64encode(content.replace(word, other).encode()).rstrip(b"=")
    return b".".join((header, changed, signature))
