"""Sessions kept on our side: the browser holds a random key, the table its hash, and an ended session stays ended.

A session is read when a view first asks for it and written only when something changed, so a page that asks for
nothing costs no statement and sets no cookie.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import Text, cast, delete, or_, select, update
from sqlalchemy.orm import Session

from backpack.accounts.models import Person, SignedSession
from backpack.database import reading, transaction, utcnow

IDLE: Final = timedelta(hours=12)
LONGEST: Final = timedelta(days=30)
NOTED_EVERY: Final = timedelta(minutes=5)
"""How often it is written down that a session is in use: not at each request."""
PERSON: Final = "_user_id"
"""Where Flask-Login looks for who is signed in. Filled from the row's `person_id`, which alone is believed."""
NOT_KEPT: Final = frozenset({PERSON, "_id", "_fresh"})
"""Flask-Login's marks: `_id` would be a print of browser and network, and we ask for neither."""


def hash_of(key: str) -> bytes:
    """What the table knows of a key that a browser holds."""
    return hashlib.sha256(key.encode()).digest()


def ends(begun: datetime, seen: datetime) -> datetime:
    """When a session ends that is not used again: idle for 12 hours, or 30 days old."""
    return min(seen + IDLE, begun + LONGEST)


class BrowserSession(SessionMixin):
    """One browser's session as a mapping. Nothing is read before the first question."""

    def __init__(self, key: str | None) -> None:
        self.key = key
        self.row: SignedSession | None = None
        self.person: Person | None = None
        self.is_renewed = False
        self._content: dict[str, Any] | None = None
        self.modified = False

    @property
    def accessed(self) -> bool:
        return self._content is not None

    @accessed.setter
    def accessed(self, _value: bool) -> None:
        """Flask says so of every session it hands out; ours counts as read once something was read from it."""

    @property
    def content(self) -> dict[str, Any]:
        if self._content is None:
            self._content = self._read()
        return self._content

    def _read(self) -> dict[str, Any]:
        if not self.key:
            return {}
        query = (
            select(SignedSession, Person)
            .outerjoin(Person, Person.id == SignedSession.person_id)
            .where(SignedSession.key_hash == hash_of(self.key), SignedSession.ends_at > utcnow())
        )
        with reading() as session:
            found = session.execute(query).first()
        if found is None:
            return {}
        self.row, self.person = found
        who = {} if self.row.person_id is None else {PERSON: str(self.row.person_id)}
        return {**self.row.content, **who}

    def renew(self) -> None:
        """Give this session a new key, and what it held to nobody: at sign-in, sign-out and a changed password."""
        kept = {"lang": self.content["lang"]} if "lang" in self.content else {}
        self.content.clear()
        self.content.update(kept)
        self.person = None
        self.is_renewed = self.modified = True

    def __getitem__(self, name: str) -> Any:
        return self.content[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self.content[name] = value
        self.modified = True

    def __delitem__(self, name: str) -> None:
        del self.content[name]
        self.modified = True

    def __iter__(self) -> Iterator[str]:
        return iter(self.content)

    def __len__(self) -> int:
        return len(self.content)


class KeptSessions(SessionInterface):
    """Flask's sessions in the table `session`."""

    def __init__(self, *, secure: bool) -> None:
        self.secure = secure
        self.cookie = "__Host-session" if secure else "session"

    def open_session(self, app: Flask, request: Request) -> BrowserSession:
        return BrowserSession(request.cookies.get(self.cookie))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, BrowserSession) or not session.accessed:
            return
        response.vary.add("Cookie")
        now = utcnow()
        if session.is_renewed or (session.row is None and session.modified):
            self._replace(session, response, now)
        elif session.row is not None and (session.modified or now - session.row.seen_at >= NOTED_EVERY):
            self._write(session, session.row, now)

    def _replace(self, session: BrowserSession, response: Response, now: datetime) -> None:
        """A new row under a new key; the old one goes, whatever it was."""
        kept = _kept(session)
        person_id = int(session[PERSON]) if PERSON in session else None
        key = secrets.token_urlsafe(32)
        is_worth_it = bool(kept) or person_id is not None
        with transaction() as database:
            if session.row is not None:
                database.execute(delete(SignedSession).where(SignedSession.id == session.row.id))
            if is_worth_it:
                database.add(new_session(key, person_id, kept, now))
        if is_worth_it:
            response.set_cookie(self.cookie, key, path="/", secure=self.secure, httponly=True, samesite="Lax")
        else:
            self._forget(response)

    def _write(self, session: BrowserSession, row: SignedSession, now: datetime) -> None:
        """Only where the row still stands: a session that was ended during this request stays ended."""
        # The cookie stays as it is: by now the browser may hold the key of a newer session.
        values = {"content": _kept(session), "seen_at": now, "ends_at": ends(row.created_at, now)}
        # A sentence for the next page, and when it was used: nothing that somebody would miss after a power cut.
        with transaction(lasting=False) as database:
            database.execute(update(SignedSession).where(SignedSession.id == row.id).values(**values))

    def _forget(self, response: Response) -> None:
        response.delete_cookie(self.cookie, path="/", secure=self.secure, httponly=True, samesite="Lax")


def _kept(session: BrowserSession) -> dict[str, Any]:
    return {name: value for name, value in session.items() if name not in NOT_KEPT}


def new_session(key: str, person_id: int | None, content: dict[str, Any], now: datetime) -> SignedSession:
    """A row for the browser that holds `key`."""
    return SignedSession(
        key_hash=hash_of(key),
        person_id=person_id,
        content=content,
        created_at=now,
        seen_at=now,
        ends_at=ends(now, now),
    )


def end_sessions(session: Session, person_id: int, *, but: bytes | None = None) -> None:
    """End all sessions of a person, except the one with this key hash."""
    query = delete(SignedSession).where(SignedSession.person_id == person_id)
    session.execute(query.where(SignedSession.key_hash != but) if but else query)


def end_sign_ups(
    session: Session, person_id: int, addresses: Collection[str] = (), subjects: Collection[str] = ()
) -> None:
    """End the sessions of browsers in which somebody signed up as this person, and is not signed in.

    With `addresses` (folded) and `subjects` of providers also those in which somebody signed up as one of them.
    """
    held = cast(SignedSession.content, Text)
    waits = select(SignedSession).where(
        SignedSession.person_id.is_(None), or_(held.contains('"joining"'), held.contains('"newcomer"'))
    )
    for row in session.scalars(waits):
        joining, newcomer = row.content.get("joining", {}), row.content.get("newcomer", {})
        named = {one.get("address", "").lower() for one in (joining, newcomer)}
        if joining.get("person") == person_id or newcomer.get("subject") in subjects or named & set(addresses):
            session.delete(row)


def session_name(row: SignedSession) -> str:
    """By what a page names a session: it opens nothing."""
    return row.key_hash[:12].hex()


def end_session(session: Session, person_id: int, name: str) -> None:
    """End one session of a person, named as their page names it. One that is not there has ended already."""
    for row in session.scalars(select(SignedSession).where(SignedSession.person_id == person_id)):
        if session_name(row) == name:
            session.delete(row)
