"""Recovery codes: ten of them, on paper, for the day when mailbox, password and device are gone."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Final

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from backpack.accounts.letters import write_code_used
from backpack.accounts.models import Address, Person, RecoveryCode
from backpack.accounts.queries import person_by_id
from backpack.accounts.sessions import end_sessions
from backpack.accounts.trail import note
from backpack.errors import N_, BackpackError

MANY: Final = 10
LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O or U, which people read as something else."""
READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


class WrongCode(BackpackError):
    """Wrong, used, or of another account: all alike."""

    code = "wrong-code"
    sentence = N_("This address and this code do not belong together, or the code was used already.")


def make_codes(session: Session, person_id: int, now: datetime) -> list[str]:
    """Ten new codes of 80 bits; the old ones open nothing any more. Nobody can read these again."""
    codes = ["".join(secrets.choice(LETTERS) for _ in range(16)) for _ in range(MANY)]
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    session.add_all(RecoveryCode(person_id=person_id, code_hash=_hash(code), made_at=now) for code in codes)
    note(session, person_id, "recovery-codes-made", now)
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in codes]


def codes_left(session: Session, person_id: int) -> int:
    """How many codes of a person still open their account."""
    query = select(func.count(RecoveryCode.id)).where(
        RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(query) or 0


def use_code(session: Session, folded: str, typed: str, now: datetime) -> Person:
    """Whom this code lets in, named by any address they ever confirmed. Ends all their sessions and tells them by
    letter. Raises WrongCode."""
    theirs = select(Address.person_id).where(Address.folded == folded, Address.confirmed_at.is_not(None))
    query = select(RecoveryCode).where(
        RecoveryCode.code_hash == _hash(typed.upper().translate(READ_AS)),
        RecoveryCode.person_id.in_(theirs),
        RecoveryCode.used_at.is_(None),
    )
    code = session.scalar(query)
    if code is None:
        raise WrongCode
    mine = update(RecoveryCode).where(RecoveryCode.id == code.id, RecoveryCode.used_at.is_(None)).values(used_at=now)
    done = session.execute(mine)
    if not (isinstance(done, CursorResult) and done.rowcount == 1):  # at this very moment, somewhere else
        raise WrongCode
    person = person_by_id(session, code.person_id)
    end_sessions(session, person.id)
    note(session, person.id, "recovery-code-used", now)
    write_code_used(session, person, codes_left(session, person.id), now)
    return person


def _hash(code: str) -> bytes:
    return hashlib.sha256(f"recovery code {code}".encode("utf-8", "replace")).digest()
