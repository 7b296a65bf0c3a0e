"""Check codes: eight characters of Crockford's base 32, printed on paper and typed by people.

A code opens only what its link has published, so a guessed one shows what any reader may see; tries are counted.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.badges.recording import grow_edition
from backpack.database import insert_new
from backpack.publishing.links import is_open
from backpack.publishing.models import CheckCode, ShareLink

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
MISTAKEN = str.maketrans({"I": "1", "L": "1", "O": "0"})
"""What people read for something else. Crockford leaves these letters out, so they can only mean these digits."""


def code_for(session: Session, link: ShareLink, badge_id: int | None, now: datetime) -> str:
    """The code of this link (or of one badge on it), made at the first question. Eight characters without a dash."""
    known = known_code(session, link.id, badge_id)
    while known is None:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        values = {"code": code, "link_id": link.id, "badge_id": badge_id, "created_at": now}
        if insert_new(session, CheckCode, values, ["code"]):
            known = code
            grow_edition(session, link.person_id)  # its page names the code
    return known


def known_code(session: Session, link_id: int, badge_id: int | None) -> str | None:
    """The code that was made for this link (or for one badge on it), if one was."""
    about = CheckCode.badge_id.is_(None) if badge_id is None else CheckCode.badge_id == badge_id
    query = select(CheckCode.code).where(CheckCode.link_id == link_id, about)
    return session.scalar(query.order_by(CheckCode.id).limit(1))


def normalised(typed: str) -> str | None:
    """A code as it is kept, from what somebody typed; None when it can be no code."""
    plain = re.sub(r"[\s\-–—‐‑_.]", "", typed).upper().translate(MISTAKEN)
    return plain if len(plain) == LENGTH and set(plain) <= set(ALPHABET) else None


def printed(code: str) -> str:
    """A code as it is printed: 7K3F-9QX2."""
    return f"{code[:4]}-{code[4:]}"


def door_of(session: Session, typed: str, now: datetime) -> tuple[ShareLink, int | None] | None:
    """The open link behind a code, and the badge it is about if it is about one. Unknown and closed alike: None."""
    code = normalised(typed)
    if code is None:
        return None
    query = select(ShareLink, CheckCode.badge_id).join(CheckCode, CheckCode.link_id == ShareLink.id)
    found = session.execute(query.where(CheckCode.code == code, *is_open(now))).first()
    return (found[0], found[1]) if found else None
