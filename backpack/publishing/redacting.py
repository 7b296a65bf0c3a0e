"""A credential to be read by anybody: as its issuer wrote it, without what says whose it is.

What an issuer may write about a recipient has no end, so only members that the standards name are shown, and of the
subject only what is known to be about the achievement. The bytes are the issuer's still, and are given only where
their owner shares them.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from backpack.publishing.names import FULL
from backpack.publishing.sheets import BadgeSheet

HIDDEN: Final = "•••"
ABOUT_THE_ACHIEVEMENT: Final = frozenset(
    {"type", "achievement", "result", "creditsEarned", "activityStartDate", "activityEndDate", "role", "term"}
)
# A line each for: every object; assertions 0.5 to 2.0; credentials 3.0, and the claims of signed ones; their status and
# proof; achievements; alignments; results; the rest of a subject; what is hidden under its own name.
TERMS: Final = """
@context @id @type @value @language id type name description image url version caption author
badge issuedOn issued_on expires verification verify creator allowedOrigins startsWith verificationProperty revoked
revocationReason evidence narrative genre audience
issuer validFrom validUntil awardedDate issuanceDate expirationDate credentialSubject credentialSchema refreshService
termsOfUse endorsement endorsementJwt vc iss iat nbf exp jti
credentialStatus statusPurpose statusListIndex statusListCredential
proof cryptosuite created proofPurpose proofValue jws verificationMethod
achievement achievementType criteria creditsAvailable fieldOfStudy humanCode inLanguage otherIdentifier identifier
identifierType related specialization tag tags
alignment alignments targetName targetUrl targetDescription targetFramework targetCode targetType
result resultDescription resultType achievedLevel status value allowedValue requiredLevel requiredValue
rubricCriterionLevel level points valueMin valueMax
creditsEarned activityStartDate activityEndDate role term
recipient identity identityHash salt sub email hashed uid
"""
NAMED_BY_THE_STANDARDS: Final = frozenset(TERMS.split())
OF_AN_ISSUER: Final = frozenset(
    {"origin", "org", "contact", "telephone", "phone", "official", "parentOrg", "revocationList", "publicKey"}
)
IDENTIFYING: Final = frozenset({"recipient", "identity", "identityHash", "salt", "sub", "email", "hashed", "uid"})
ADDRESS: Final = re.compile(r"[^\s\"'<>:@]+@[^\s\"'<>@]+\.[^\s\"'<>@]+|\b(?:sha256|md5)\$[0-9A-Fa-f]+")
SHORTEST_NAME: Final = 3
LONGEST_STRING: Final = 2_000
LONGEST: Final = 60_000


def as_written(one: BadgeSheet, name: str, name_shown: str) -> str | None:
    """The credential of a badge as its page for others shows it. `name`: its holder's, which a page that does not show
    it whole hides in the credential too."""
    return without_recipient(one.report.credential.payload or one.badge.payload, "" if name_shown == FULL else name)


def without_recipient(payload: bytes, unnamed: str = "") -> str | None:
    """The credential as indented JSON, for reading; None where there is nothing that can be shown. `unnamed`: the name
    of its holder, where the page does not show it whole."""
    document = _document(payload)
    if document is None:
        return None
    redaction = _Redaction(_of_name(unnamed) if unnamed.split() else None)
    text = json.dumps(redaction.shown(document), ensure_ascii=False, indent=2)
    return text if len(text) <= LONGEST else None


def _of_name(name: str) -> re.Pattern[str]:
    """Where a name stands, whole or in parts, with its accents or without."""
    spellings = {name, unicodedata.normalize("NFD", name), _unaccented(name)}
    whole = [r"[\W_]+".join(map(re.escape, one.split())) for one in spellings]
    parts = [re.escape(part) for one in spellings for part in one.split() if len(part) >= SHORTEST_NAME]
    return re.compile(rf"(?<![^\W_])(?:{'|'.join([*whole, *parts])})(?![^\W_])", re.IGNORECASE)


def _unaccented(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))


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


@dataclass(frozen=True, slots=True)
class _Redaction:
    name: re.Pattern[str] | None
    """What is hidden wherever it stands, beside addresses."""

    def shown(self, value: Any, *, of_issuer: bool = False) -> Any:
        if isinstance(value, dict):
            named = NAMED_BY_THE_STANDARDS | (OF_AN_ISSUER if of_issuer else frozenset())
            known = {name: self._member(name, one, of_issuer) for name, one in value.items() if name in named}
            # The name of a member that no standard has may tell as much as what it holds.
            return known if len(known) == len(value) else {**known, HIDDEN: HIDDEN}
        if isinstance(value, list):
            return [self.shown(one, of_issuer=of_issuer) for one in value]
        if isinstance(value, str):
            return self._string(value, of_issuer)
        return value

    def _member(self, name: str, value: Any, of_issuer: bool) -> Any:
        if name in IDENTIFYING:
            return HIDDEN if not (of_issuer and name == "email") else self.shown(value, of_issuer=True)
        if name == "credentialSubject":
            return [self._subject(one) for one in value] if isinstance(value, list) else self._subject(value)
        return self.shown(value, of_issuer=of_issuer or name == "issuer")

    def _subject(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return HIDDEN
        return self.shown({name: one if name in ABOUT_THE_ACHIEVEMENT else HIDDEN for name, one in value.items()})

    def _string(self, value: str, of_issuer: bool) -> str:
        plain = _unquoted(value)
        for hidden in (None if of_issuer else ADDRESS, self.name):
            if hidden is not None and hidden.search(plain):
                value = plain = hidden.sub(HIDDEN, plain)
        return f"{value[:40]}…" if len(value) > LONGEST_STRING or value.startswith("data:") else value


def _unquoted(value: str) -> str:
    """The text behind the quoting of addresses, quoted twice included."""
    for _ in range(3):
        if (plain := unquote(value)) == value:
            break
        value = plain
    return value
