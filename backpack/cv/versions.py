"""A CV's published versions: its words at a moment and the PDF of that moment; and links that give the latest or one.

What is typed after publishing stays private until the next version is published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backpack.badges.models import Badge
from backpack.collections.models import Collection
from backpack.cv.models import CV, CVBadge, CVCollection, CVEntry, CVShare, CVVersion
from backpack.cv.named_works import works_named
from backpack.cv.queries import room_taken
from backpack.errors import N_, BackpackError
from backpack.evidence import adding
from backpack.evidence.models import Evidence
from backpack.publishing import links
from backpack.publishing.links import Choices, is_open
from backpack.publishing.models import ShareLink

MOST_VERSIONS: Final = 30
WORDS: Final = (
    "title", "language", "name", "headline", "profile", "email", "phone", "place", "website", "layout", "paper",
    "arrangement",
)  # fmt: skip
PRINTED: Final = "printed"
"""In a version's content: the public names of the badges that its PDF shows, as what did not hold that day is left out.
Versions of before do not say it."""
LINE: Final = ("section", "title", "place", "period", "text")


class NoRoomForVersion(BackpackError):
    code = "no-room-for-version"
    sentence = N_(
        "There is no room left for this PDF: your files may take %(most)s MB in all. Remove a work or a CV that you no "
        "longer need, then publish again."
    )


class VersionLost(BackpackError):
    code = "version-lost"
    sentence = N_(
        "The PDF that was published on %(day)s cannot be found any more. The page behind this link still shows the "
        "whole CV; ask its owner for a new link."
    )


@dataclass(frozen=True, slots=True)
class Shared:
    """An open link to the whole CV; the number of the version it gives for good, None where it gives the latest."""

    link: ShareLink
    number: int | None


@dataclass(frozen=True, slots=True)
class Printed:
    """A version whose PDF an open link gives for good: what was printed in it stays in it."""

    link: ShareLink
    number: int
    title: str


def content_of(session: Session, cv: CV) -> dict[str, Any]:
    """Everything that the CV says now, without numbers of rows: badges and collections by their public names. Works
    stand in it only where it names them, as it stood in versions before CVs could."""
    badges = _names(session, Badge, [one.badge_id for one in cv.badges])
    collections = _names(session, Collection, [one.collection_id for one in cv.collections])
    works = works_named(session, cv)
    return {
        **{name: getattr(cv, name) for name in WORDS},
        **({"names_works": True} if cv.names_works else {}),
        "entries": [{name: getattr(one, name) for name in LINE} for one in cv.entries],
        "badges": [
            {
                "badge": badges[one.badge_id],
                "line": one.line,
                **({"works": [asdict(work) for work in works[one.badge_id]]} if works.get(one.badge_id) else {}),
            }
            for one in cv.badges
            if one.badge_id in badges
        ],
        "collections": [collections[one.collection_id] for one in cv.collections if one.collection_id in collections],
    }


def says_what_it_said(session: Session, version: CVVersion, cv: CV) -> bool:
    """Whether the CV says now what this version says."""
    return {name: said for name, said in version.content.items() if name != PRINTED} == content_of(session, cv)


def cv_from(session: Session, cv: CV, content: Mapping[str, Any]) -> CV:
    """The CV as it was, as an object of its own that is never saved. What its owner removed since is not on it."""
    badges = _numbers(session, Badge, cv.person_id, [one["badge"] for one in content["badges"]])
    collections = _numbers(session, Collection, cv.person_id, content["collections"])
    then = CV(id=cv.id, public_id=cv.public_id, person_id=cv.person_id, **{name: content[name] for name in WORDS})
    then.names_works = content.get("names_works", False)
    then.entries = [CVEntry(position=place, **one) for place, one in enumerate(content["entries"])]
    then.badges = [
        CVBadge(badge_id=badges[one["badge"]], position=place, line=one["line"])
        for place, one in enumerate(content["badges"])
        if one["badge"] in badges
    ]
    then.collections = [
        CVCollection(collection_id=collections[one], position=place)
        for place, one in enumerate(content["collections"])
        if one in collections
    ]
    return then


def latest_version(session: Session, cv_id: int) -> CVVersion | None:
    """The version that was published last."""
    query = select(CVVersion).where(CVVersion.cv_id == cv_id)
    return session.scalar(query.order_by(CVVersion.number.desc()).limit(1))


def hold_room(session: Session, person_id: int, size: int, quota_mb: int) -> None:
    """Hold the person's quota against one more PDF. Raises NoRoomForVersion. Until the end of the transaction nobody
    else can add to it."""
    if adding.hold_room(session, person_id) + room_taken(session, person_id) + size > quota_mb * 1_000_000:
        raise NoRoomForVersion(most=quota_mb)


def publish_version(
    session: Session, cv: CV, storage_key: str, size: int, printed: Sequence[str], now: datetime
) -> tuple[CVVersion, list[str]]:
    """A new version of the CV as it is now, which every link to the latest gives from this moment; and the stored files
    of versions that make room for it: the oldest that no link gives for good. `printed`: the badges that its PDF
    shows."""
    number = session.scalar(select(func.max(CVVersion.number)).where(CVVersion.cv_id == cv.id)) or 0
    version = CVVersion(
        cv_id=cv.id,
        number=number + 1,
        content={**content_of(session, cv), PRINTED: list(printed)},
        storage_key=storage_key,
        size=size,
        made_at=now,
    )
    session.add(version)
    session.flush()
    for one in shared(session, cv.id, now):
        if one.number is None:
            _show(session, one.link, cv, now)
    return version, _make_room(session, cv.id)


def share(
    session: Session, cv: CV, version: CVVersion, choices: Choices, *, fixed: bool, secret: str, now: datetime
) -> ShareLink:
    """A link to the whole CV: to this version for good, or to whichever is the latest. It shows the CV's badges."""
    link = links.create_link(session, cv.person_id, secret=secret, now=now, cv_id=cv.id)
    session.add(CVShare(link_id=link.id, version_id=version.id if fixed else None))
    links.publish(session, link, replace(choices, badges=[one.badge_id for one in cv.badges]), now)
    return link


def shared(session: Session, cv_id: int, now: datetime) -> Sequence[Shared]:
    """The open links to the whole of this CV, the oldest first."""
    query = (
        select(ShareLink, CVVersion.number)
        .join(CVShare, CVShare.link_id == ShareLink.id)
        .outerjoin(CVVersion, CVVersion.id == CVShare.version_id)
        .where(ShareLink.cv_id == cv_id, *is_open(now))
    )
    return [Shared(link, number) for link, number in session.execute(query.order_by(ShareLink.id))]


def printed_in(session: Session, badge: Badge, now: datetime) -> Sequence[Printed]:
    """The versions with this badge that open links give for good, whatever the CV says today; the oldest link first."""
    query = (
        select(ShareLink, CVVersion, CV.title)
        .join(CVShare, CVShare.link_id == ShareLink.id)
        .join(CVVersion, CVVersion.id == CVShare.version_id)
        .join(CV, CV.id == CVVersion.cv_id)
        .where(ShareLink.person_id == badge.person_id, *is_open(now))
    )
    return [
        Printed(link, version.number, title)
        for link, version, title in session.execute(query.order_by(ShareLink.id))
        if any(one["badge"] == badge.public_id for one in version.content["badges"])
    ]


def links_naming(session: Session, uses: Sequence[Evidence], now: datetime) -> list[tuple[ShareLink, bool]]:
    """The open links to whole CVs that name any of these works under its badge, each with whether it gives that version
    and its PDF for good."""
    names, found = {one.public_id for one in uses}, []
    query = select(ShareLink).join(CVShare, CVShare.link_id == ShareLink.id)
    owners = [one.artefact.person_id for one in uses[:1]]
    for link in session.scalars(query.where(ShareLink.person_id.in_(owners), *is_open(now)).order_by(ShareLink.id)):
        version, is_fixed = version_behind(session, link) or (None, False)
        badges = version.content["badges"] if version else ()
        if any(work["evidence"] in names for one in badges for work in one.get("works", ())):
            found.append((link, is_fixed))
    return found


def version_behind(session: Session, link: ShareLink) -> tuple[CVVersion, bool] | None:
    """The version that a link to the whole CV gives, and whether for good; None for the link of a paper's codes."""
    row = session.scalar(select(CVShare).where(CVShare.link_id == link.id))
    if row is None or link.cv_id is None:
        return None
    if row.version_id is not None:
        return session.get_one(CVVersion, row.version_id), True
    version = latest_version(session, link.cv_id)
    return (version, False) if version else None


def stored_files(session: Session, cv_id: int) -> list[str]:
    """The stored files of all versions, which nothing refers to once the CV is removed."""
    return list(session.scalars(select(CVVersion.storage_key).where(CVVersion.cv_id == cv_id)))


def _show(session: Session, link: ShareLink, cv: CV, now: datetime) -> None:
    """Let the link show the badges of the CV of now; nothing else of it changes."""
    choices = Choices(
        label=link.label,
        name_shown=link.name_shown,
        closes_at=link.closes_at,
        badges=[one.badge_id for one in cv.badges],
        passphrase_hash=link.passphrase_hash,
    )
    links.publish(session, link, choices, now)


def _make_room(session: Session, cv_id: int) -> list[str]:
    fixed = select(CVShare.version_id).where(CVShare.version_id.is_not(None))
    free = select(CVVersion).where(CVVersion.cv_id == cv_id, CVVersion.id.not_in(fixed))
    old = session.scalars(free.order_by(CVVersion.number.desc()).offset(MOST_VERSIONS)).all()
    for one in old:
        session.delete(one)
    return [one.storage_key for one in old]


def _names(session: Session, table: type[Badge] | type[Collection], ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(select(table.id, table.public_id).where(table.id.in_(ids)))
    return {number: name for number, name in rows}  # noqa: C416 - a row is a tuple only by use


def _numbers(
    session: Session, table: type[Badge] | type[Collection], person_id: int, names: Sequence[str]
) -> dict[str, int]:
    query = select(table.public_id, table.id).where(table.public_id.in_(names), table.person_id == person_id)
    return {name: number for name, number in session.execute(query)}  # noqa: C416
