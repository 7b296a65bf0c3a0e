"""One model for every version of Open Badges, in the words of 3.0.

What an issuer said, and nothing else: no verdict, no word of the learner. Every class is frozen; a value that the
credential does not hold is None or an empty tuple. Section numbers are those of Open Badges 3.0, "Data Model".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Version(StrEnum):
    """Which standard a badge follows; a fact of the report."""

    __hash__ = str.__hash__  # Enum's own is a call in Python, and sets of these are asked at every step

    OB_0_5 = "0.5"
    OB_1_0 = "1.0"
    OB_1_1 = "1.1"
    OB_2_0 = "2.0"
    OB_2_1 = "2.1"
    OB_3_0 = "3.0"
    CLR_2 = "clr2"
    VC_1 = "vc1"
    VC_2 = "vc2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words of an issuer, in one language or several. `str()` gives the first that stands there."""

    value: str
    language: str | None = None
    translations: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.value

    def in_language(self, language: str) -> str:
        """The words in this language (BCP 47, primary tag counts), else the first ones."""
        wanted = language.lower().partition("-")[0]
        if self.language and self.language.lower().partition("-")[0] == wanted:
            return self.value
        for tag, words in self.translations.items():
            if tag.lower().partition("-")[0] == wanted:
                return words
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture: its address (http or https) or, for a `data:` URI, its bytes."""

    url: str | None = None
    data: bytes | None = None
    media_type: str | None = None
    caption: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who issued it (Profile). `id` is https, a DID or a URN; None when the badge gives none."""

    id: str | None = None
    name: Text | None = None
    url: str | None = None
    email: str | None = None
    description: Text | None = None
    image: Image | None = None
    endorsements: tuple[Mapping[str, object] | str, ...] = ()
    extensions: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What had to be done: a page, words, or both."""

    url: str | None = None
    narrative: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """An entry of a framework of skills that the achievement is aligned with."""

    name: Text | None = None
    url: str | None = None
    code: str | None = None
    framework: str | None = None
    description: Text | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultDescription:
    """What kind of result can be earned."""

    id: str | None = None
    name: Text | None = None
    type: str | None = None
    allowed_values: tuple[str, ...] = ()
    value_min: str | None = None
    value_max: str | None = None
    required_value: str | None = None
    levels: Mapping[str, Text] = field(default_factory=dict)
    """The names of the levels of its rubric, by their id (RubricCriterionLevel)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was reached, with the description it belongs to when the achievement gives it."""

    value: str | None = None
    status: str | None = None
    achieved_level: str | None = None
    description: ResultDescription | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement:
    """What the badge is about (2.0: BadgeClass)."""

    id: str | None = None
    name: Text | None = None
    description: Text | None = None
    criteria: Criteria = field(default_factory=Criteria)
    image: Image | None = None
    type: str | None = None
    version: str | None = None
    creator: Issuer | None = None
    alignments: tuple[Alignment, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = None
    field_of_study: str | None = None
    specialization: str | None = None
    human_code: str | None = None
    credits_available: float | None = None
    result_descriptions: tuple[ResultDescription, ...] = ()
    endorsements: tuple[Mapping[str, object] | str, ...] = ()
    extensions: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the issuer gives as evidence. The learner's own evidence is no part of a credential."""

    url: str | None = None
    name: Text | None = None
    description: Text | None = None
    narrative: Text | None = None
    genre: str | None = None
    audience: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One way in which the recipient is named (IdentityObject). `value` may be a hash: personal data either way."""

    type: str
    value: str
    hashed: bool = False
    salt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """About whom: every identity the credential gives; any of them may match."""

    id: str | None = None
    identities: tuple[Identity, ...] = ()
    name: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """One badge, in hand (what a file claims) or judged (`Report.credential`: what may be shown as the issuer's words).

    `payload` is the exact text that was found in the container: JSON, a compact JWS or an address.
    `source_url` is the address to ask, for a badge of which only that is known or which names one.
    An endorsement is a credential too: `recipient.id` is what it is about, `narrative` what it says.
    """

    payload: bytes
    version: Version | None = None
    types: tuple[str, ...] = ()
    """The types it names: OpenBadgeCredential, Assertion, EndorsementCredential, ClrCredential ..."""
    id: str | None = None
    source_url: str | None = None
    issuer: Issuer = field(default_factory=Issuer)
    achievement: Achievement = field(default_factory=Achievement)
    recipient: Recipient = field(default_factory=Recipient)
    name: Text | None = None
    description: Text | None = None
    narrative: Text | None = None
    image: Image | None = None
    language: str | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    awarded_on: datetime | None = None
    activity_start: datetime | None = None
    activity_end: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    results: tuple[Result, ...] = ()
    endorsements: tuple[Mapping[str, object] | str, ...] = ()
    credits_earned: float | None = None
    license_number: str | None = None
    term: str | None = None
    role: str | None = None
    extensions: Mapping[str, object] = field(default_factory=dict)
    members: tuple[Credential, ...] = ()
    """The credentials inside a learner record."""
