"""The rows of an export put into a person's backpack again: table by table, as `ledger.py` says what moves.

Public ids are kept, so that the same export twice is there once. One that is somebody else's becomes another, always
the same. Rows refer to each other by them; what refers to a badge that is not here yet is left until it is.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backpack import openbadges
from backpack.accounts.models import Person
from backpack.badges.models import Badge, BadgeFile
from backpack.badges.naming import identity_of
from backpack.badges.queries import badge_with_identity
from backpack.collections.covers import made_ready as cover_ready
from backpack.cv.versions import MOST_VERSIONS
from backpack.database import Base, Instant, folded, random_name
from backpack.errors import BackpackError
from backpack.evidence.adding import web_address
from backpack.evidence.models import ArtefactFile
from backpack.evidence.previews import state_at_first, wish_previews
from backpack.evidence.readying import Kept as KeptFile
from backpack.evidence.readying import Limits, Ready, made_ready, put
from backpack.leaving.boxes import Box
from backpack.leaving.ledger import BY_TABLE, on_top, parts_of
from backpack.leaving.rows import table_named
from backpack.leaving.treatments import Kept, Moved, Refers
from backpack.leaving.writing import ALONE, column_name, may_move
from backpack.openbadges.errors import OpenBadgesError
from backpack.publishing.models import Profile
from backpack.rendering import CannotRender
from backpack.storage import Storage

NOT_AS_ROWS: Final = frozenset({"person", "badge", "arrival"})
"""The account stays as it is; badges and arrivals go the way of an import."""
Content = Mapping[str, Any]
Identities = Mapping[str, bytes]


@dataclass(slots=True)
class Prepared:
    """Files that are in storage and have no row yet, by the SHA-256 that the export calls them."""

    works: dict[str, KeptFile] = field(default_factory=dict)
    covers: dict[str, str] = field(default_factory=dict)
    papers: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The PDFs of published CVs, with their sizes."""

    @property
    def keys(self) -> list[str]:
        papers = (key for key, _size in self.papers.values())
        return [*(one.key for one in self.works.values()), *self.covers.values(), *papers]


@dataclass(slots=True)
class Unstored:
    """Files made ready, before they are stored."""

    works: dict[str, Ready] = field(default_factory=dict)
    covers: dict[str, bytes] = field(default_factory=dict)
    papers: dict[str, bytes] = field(default_factory=dict)

    def stored(self, storage: Storage, person: str) -> Prepared:
        """The same in storage."""
        made = Prepared()
        for digest, one in self.works.items():
            made.works[digest] = put(one, storage, person)
        for digest, data in self.covers.items():
            made.covers[digest] = storage.put(person, data)
        for digest, data in self.papers.items():
            made.papers[digest] = storage.put(person, data), len(data)
        return made


@dataclass(slots=True)
class Attached:
    """How many rows of each kind were made."""

    made: dict[str, int] = field(default_factory=dict)

    def count(self, table: str) -> None:
        self.made[table] = self.made.get(table, 0) + 1

    def counts(self) -> dict[str, int]:
        names = {"works": "artefact", "collections": "collection", "cvs": "cv"}
        return {name: self.made.get(table, 0) for name, table in names.items()}


def prepared(session: Session, person: Person, box: Box, room: int, limits: Limits) -> Unstored:
    """The files of works, covers and published CVs as they may be kept: works and covers read as any upload is, their
    copies for others made anew. One that is not what it says, or finds no room, is left out."""
    made = Unstored()
    for work in box.content.get("works", []):
        if _is_here(session, "artefact", person, work["id"]):
            continue
        for file in work.get("files", []):
            data = box.read(file["file"])
            if data is None or len(data) > room or file["file"] in made.works:
                continue
            try:
                made.works[file["file"]] = made_ready(io.BytesIO(data), file.get("filename"), limits)
            except BackpackError:
                continue
            room -= len(data)
    for collection in box.content.get("collections", []):
        data = box.read(collection["picture"]) if collection.get("picture") else None
        if data is not None and not _is_here(session, "collection", person, collection["id"]):
            try:
                made.covers[collection["picture"]] = data if is_plain_webp(data) else cover_ready(data)
            except (BackpackError, CannotRender):
                continue
    made.papers = _papers(session, person, box, room)
    return made


def _papers(session: Session, person: Person, box: Box, room: int) -> dict[str, bytes]:
    """The PDFs of published CVs. No link gives them: what is published here is printed here."""
    made: dict[str, bytes] = {}
    for cv in box.content.get("cvs", []):
        if _is_here(session, "cv", person, cv["id"]):
            continue
        for version in cv.get("versions", [])[:MOST_VERSIONS]:
            data = box.read(version["file"])
            if data is not None and data.startswith(b"%PDF-") and len(data) <= room:
                made[version["file"]] = data
                room -= len(data)
    return made


def is_plain_webp(data: bytes) -> bool:
    """Whether a picture is one that we made: a WebP with pixels in it and nothing else."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or int.from_bytes(data[4:8], "little") + 8 != len(data):
        return False
    at = 12
    while at + 8 <= len(data):
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if kind not in {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}:
            return False
        at += 8 + size + size % 2
    return at == len(data)


def identities_of(box: Box) -> Identities:
    """What makes each badge of the export the one it is, by the name that the export gives it."""
    found: dict[str, bytes] = {}
    for one in box.content.get("badges", []):
        payload = box.read(one["payload"])
        try:
            if payload is not None:
                found[one["id"]] = identity_of(openbadges.read_payload(payload))
        except OpenBadgesError:
            continue
    return found


def missing_badges(session: Session, person_id: int, identities: Identities) -> list[str]:
    """The badges of the export that are not in this backpack, by the names that the export gives them."""
    return [name for name, one in identities.items() if badge_with_identity(session, person_id, one) is None]


def attach(
    session: Session,
    person: Person,
    content: Content,
    identities: Identities,
    ready: Prepared,
    entered: Collection[int],
    now: datetime,
    only: Collection[str] | None = None,
) -> Attached:
    """Put everything into its place. `entered`: the badges that this import brought in; `only`: the badges that an
    earlier time could not find, so that nothing else is touched again."""
    at_work = _Attaching(session, person, content, ready, now, only)
    at_work.badges(identities, entered)
    tops = {kept.table: kept for kept in on_top() if not kept.is_record and kept.table not in NOT_AS_ROWS}
    order = [table.name for table in Base.metadata.sorted_tables if table.name in tops]
    for name in order:
        at_work.rows(tops[name])
    at_work.parts([*(kept for kept in on_top() if kept.table == "badge"), *(tops[name] for name in order)])
    return at_work.done


class _Attaching:
    """One attaching: what was found and made so far, by the export's names."""

    def __init__(
        self,
        session: Session,
        person: Person,
        content: Content,
        ready: Prepared,
        now: datetime,
        only: Collection[str] | None,
    ) -> None:
        self.session, self.person, self.content, self.ready, self.now = session, person, content, ready, now
        self.only = None if only is None else set(only)
        self.ids: dict[tuple[str, str], int] = {}
        self.new: set[tuple[str, str]] = set()
        self.done = Attached()

    def badges(self, identities: Identities, entered: Collection[int]) -> None:
        """Know each badge by its old name again; what its owner wrote comes back where nothing is written yet."""
        for entry in self.content.get("badges", []):
            identity = identities.get(entry["id"])
            badge = badge_with_identity(self.session, self.person.id, identity) if identity else None
            if badge is None:
                continue
            self.ids["badge", entry["id"]] = badge.id
            if self.only is not None and entry["id"] not in self.only:
                continue
            is_new = badge.id in entered or self.only is not None
            badge.story = badge.story or entry.get("story") or ""
            self.new.add(("badge", entry["id"]))  # works go behind it also where the badge was here before
            if is_new:
                self._as_before(badge, entry)

    def _as_before(self, badge: Badge, entry: Content) -> None:
        """Name and dates of a badge that this import brought in."""
        badge.added_at = self._moment(entry.get("added_at"))
        if not self._is_taken("badge", entry["id"]):
            badge.public_id = entry["id"]
        named = {file["file"]: file for file in entry.get("files", [])}
        for file in self.session.scalars(select(BadgeFile).where(BadgeFile.badge_id == badge.id)):
            known = named.get(file.digest.hex())
            if known is not None:
                file.added_at = self._moment(known.get("added_at"))
                file.filename = known.get("filename") or file.filename
        self.session.flush()

    def rows(self, kept: Kept) -> None:
        """The rows of a table that stand by themselves."""
        given = self.content.get(kept.name)
        if kept.name in ALONE and self.only is None:
            there = select(table_named(kept.table).c.id).where(table_named(kept.table).c[kept.whose] == self.person.id)
            if given is not None and self.session.scalar(there) is None:
                self._make(kept, given, self.person.id, {})
        if kept.name in ALONE:
            return
        for entry in given or []:
            if self.only is not None and entry.get("badge") not in self.only:
                continue
            here = _is_here(self.session, kept.table, self.person, entry["id"])
            if here is None and self._can_be_made(kept, entry):
                here = self._make(kept, entry, self.person.id, self._fixed(kept, entry))
                self.new.add((kept.table, entry["id"]))
            if here:
                self.ids[kept.table, entry["id"]] = here

    def _fixed(self, kept: Kept, entry: Content) -> dict[str, Any]:
        """What the export does not decide about a row that stands by itself."""
        fixed: dict[str, Any] = {"public_id": self._name_for(kept.table, entry["id"])}
        if kept.table == "endorsement":
            said = self._moment(entry["confirmed_at"])
            # A hash of nothing: no invitation opens it again.
            fixed |= {"token_hash": os.urandom(32), "invited_at": said, "ends_at": said, "brought_at": self.now}
        return fixed

    def _can_be_made(self, kept: Kept, entry: Content) -> bool:
        """A work without its file, a link that leads nowhere, or what was not to move, is not made."""
        if kept.table != "artefact":
            return may_move(kept, entry)
        if entry.get("kind") == "link":
            try:
                return bool(web_address(entry.get("url") or ""))
            except BackpackError:
                return False
        return entry.get("kind") != "file" or any(one["file"] in self.ready.works for one in entry.get("files", []))

    def parts(self, tops: Collection[Kept]) -> None:
        """What stands within rows. Of a row that was here before, only what waited for a badge."""
        for kept in tops:
            if kept.name in ALONE:
                continue
            for part in (one for one in parts_of(kept.table) if not one.is_record):
                for entry in self.content.get(kept.name, []):
                    self._parts_of(kept, part, entry)

    def _parts_of(self, kept: Kept, part: Kept, entry: Content) -> None:
        outer = self.ids.get((kept.table, entry["id"]))
        if outer is None and self.only is not None:
            outer = _is_here(self.session, kept.table, self.person, entry["id"])
        if outer is None or part.table == "badge_file":
            return
        is_new = (kept.table, entry["id"]) in self.new
        for one in entry.get(part.name, []):
            waited = self.only is not None and one.get("badge") in self.only
            if is_new or waited:
                self._part(part, one, outer)

    def _part(self, part: Kept, one: Content, outer: int) -> None:
        fixed: dict[str, Any] = {}
        if part.table == "cv_version":
            paper = self.ready.papers.get(one["file"])
            if paper is None:
                return
            fixed = dict(zip(("storage_key", "size"), paper, strict=True))
        if part.table == "artefact_file":
            file = self.ready.works.get(one["file"])
            if file is None:
                return
            fixed = {
                "storage_key": file.key,
                "media_type": file.kind.media_type,
                "size": file.size,
                "digest": file.digest,
                "preview": state_at_first(file.kind.media_type, file.size),
            }
        if "public_id" in part.columns:
            if _is_here(self.session, part.table, self.person, one["id"]) is not None:
                return
            fixed["public_id"] = self._name_for(part.table, one["id"])
        number = self._make(part, one, outer, fixed)
        if part.table == "artefact_file" and number:
            wish_previews(self.session, [self.session.get_one(ArtefactFile, number)], self.now)

    def _make(self, kept: Kept, entry: Content, outer: int, fixed: Mapping[str, Any]) -> int:
        """A row as the export says it, with what is worked out again. 0 where it refers to what is not here."""
        values: dict[str, Any] = {kept.whose: outer, **fixed}
        for column, treatment in kept.columns.items():
            said = entry.get(column_name(kept.table, column))
            if column in values or column == kept.whose:
                continue
            if isinstance(treatment, Refers):
                if said is None:
                    continue
                values[column] = self._referred(treatment.table, said)
                if values[column] is None:
                    return 0
            elif isinstance(treatment, Moved):
                values[column] = self._value(kept.table, column, said)
        if kept.table == "collection":
            values["picture"] = self.ready.covers.get(entry.get("picture") or "")
        if kept.table == "badge_tag":
            values["folded"] = folded(values["label"])
        if kept.table == "profile":
            values["name"] = self._free_address()
        given = {name: value for name, value in values.items() if value is not None}
        row: Any = _class_of(kept.table)(**given)
        try:
            with self.session.begin_nested():
                self.session.add(row)
        except IntegrityError:  # the same is here already, under another name
            return 0
        self.done.count(kept.table)
        return int(row.id)

    def _referred(self, table: str, name: str) -> int | None:
        known = self.ids.get((table, name))
        if known is None and table not in NOT_AS_ROWS:
            known = _is_here(self.session, table, self.person, name)
        return known

    def _value(self, table: str, column: str, said: Any) -> Any:
        type_ = table_named(table).c[column].type
        if isinstance(type_, Instant):
            return self._moment(said)
        if isinstance(type_, sa.Date):
            return date.fromisoformat(said) if said else None
        return said

    def _moment(self, said: str | None) -> datetime:
        """A moment of the export, never in the future."""
        try:
            moment = datetime.fromisoformat(said) if said else self.now
        except ValueError:
            return self.now
        return min(moment, self.now) if moment.tzinfo else self.now

    def _name_for(self, table: str, name: str) -> str:
        return _derived(self.person, name) if self._is_taken(table, name) else name

    def _is_taken(self, table: str, name: str) -> bool:
        own = table_named(table)
        return self.session.scalar(select(own.c.id).where(own.c.public_id == name)) is not None

    def _free_address(self) -> str:
        """An address for a profile that nobody has; the old one belongs to the old site."""
        name = f"p-{random_name()[:8]}"
        while self.session.scalar(select(Profile.id).where(Profile.name == name)) is not None:
            name = f"p-{random_name()[:8]}"
        return name


def _is_here(session: Session, table: str, person: Person, name: str) -> int | None:
    """The row of this person under this public id, or under what it became because somebody else has it."""
    own = table_named(table)
    kept = BY_TABLE[table]
    found = select(own.c.id, own.c[kept.whose]).where(own.c.public_id.in_([name, _derived(person, name)]))
    for row in session.execute(found):
        owner = row[1]
        if kept.within is not None:
            outer = table_named(kept.within)
            owner = session.scalar(select(outer.c.person_id).where(outer.c.id == row[1]))
        if owner == person.id:
            return int(row[0])
    return None


def _derived(person: Person, name: str) -> str:
    return hashlib.sha256(f"{person.public_id}\n{name}".encode()).hexdigest()[:20]


def _class_of(table: str) -> type[Any]:
    return next(mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is table_named(table))
