"""The skills that an issuer says a badge is aligned with, as lists and overviews know them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from backpack.badges.models import BadgeSkill
from backpack.badges.naming import compared, is_web_address, one_line
from backpack.database import folded
from backpack.openbadges.model import Alignment, Credential, Text

SKILLS_MOST: Final = 100
LENGTH_MOST: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSkill:
    """A skill as a badge names it. `key` is the same wherever the same skill is named."""

    key: str
    name: str
    code: str
    framework: str
    url: str


def skills_of(credential: Credential) -> list[NamedSkill]:
    """Every skill of the achievement, once each, in the issuer's order."""
    found = {one.key: one for one in map(_named, credential.achievement.alignments) if one.key and one.name}
    return list(found.values())[:SKILLS_MOST]


def skill_key(url: str, code: str, framework: str, name: str) -> str:
    """What makes two mentions the same skill: its address, else its code in its framework, else its name."""
    if url:
        return f"at {compared(url)}" if is_web_address(url) else f"at {url.strip()}"
    if code:
        return f"code {folded(framework)} {folded(code)}"
    return f"name {folded(name)}" if name else ""


def note_skills(session: Session, badge_id: int, credential: Credential) -> None:
    """Let lists know the skills of this badge: these, and no others."""
    session.execute(delete(BadgeSkill).where(BadgeSkill.badge_id == badge_id))
    session.add_all(BadgeSkill(badge_id=badge_id, **asdict(one)) for one in skills_of(credential))


def words_to_find(credential: Credential) -> str:
    """What a search finds a badge by besides its name and issuer: its names in other languages, skills and tags."""
    achievement = credential.achievement
    names = [text for text in (achievement.name, credential.name) if text]
    words = [*(part for text in names for part in _each(text)), *achievement.tags]
    words += [part for one in achievement.alignments for part in (*_each(one.name), one.code or "")]
    return folded(one_line(" ".join(words)))[:2000]


def achievement_key(credential: Credential) -> bytes | None:
    """The same for every badge of one achievement from one issuer; None where the badge does not name both."""
    issuer, achievement = credential.issuer.id, credential.achievement.id
    if not issuer or not achievement:
        return None
    return hashlib.sha256(json.dumps([compared(issuer), compared(achievement)]).encode()).digest()


def _named(said: Alignment) -> NamedSkill:
    url, code, framework = _line(said.url), _line(said.code), _line(said.framework)
    name = _line(said.name) or code or url
    return NamedSkill(key=skill_key(url, code, framework, name), name=name, code=code, framework=framework, url=url)


def _line(text: Text | str | None) -> str:
    return one_line(str(text))[:LENGTH_MOST] if text else ""


def _each(text: Text | None) -> Iterator[str]:
    if text is not None:
        yield text.value
        yield from text.translations.values()
