"""A CV for LinkedIn, which takes no file: its texts in the order of the profile's fields, a filled form per badge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.cv.composing import Chosen
from backpack.cv.models import CV, CVEntry
from backpack.errors import N_
from backpack.openbadges.report import Outcome
from backpack.publishing.codes import printed
from backpack.publishing.linkedin import Certification, CopyField, add_to_profile, copy_fields
from backpack.publishing.links import is_open
from backpack.publishing.models import ShareLink

HEADLINE_MOST = 220
ABOUT_MOST = 2600


@dataclass(frozen=True, slots=True)
class Group:
    """The fields of one entry there, under its heading."""

    heading: str
    fields: tuple[CopyField, ...]


@dataclass(frozen=True, slots=True)
class BadgeKit:
    """One badge: the address of the filled form, and the same values to copy. Without a form it is not public yet."""

    name: str
    form: str | None
    fields: tuple[CopyField, ...]


def texts_of(cv: CV) -> list[Group]:
    """What there is to paste, as it is typed there: the profile's head, then each position and course of study."""
    head = _fields((N_("Headline"), cv.headline[:HEADLINE_MOST]), (N_("About"), cv.profile[:ABOUT_MOST]))
    groups = [Group(N_("Profile"), head)] if head else []
    groups += [Group(N_("Position"), _position(one)) for one in _of(cv, "experience")]
    groups += [Group(N_("Education"), _education(one)) for one in _of(cv, "education")]
    groups += [Group(N_("Project"), _project(one)) for one in _of(cv, "project")]
    skills = "\n".join(one.title for one in _of(cv, "skill"))
    languages = tuple(CopyField(one.title, one.text or one.title) for one in _of(cv, "language"))
    groups += [Group(N_("Skills"), _fields((N_("One a line"), skills)))] if skills else []
    return groups + ([Group(N_("Languages"), languages)] if languages else [])


def _position(one: CVEntry) -> tuple[CopyField, ...]:
    return _fields(
        (N_("Title"), one.title), (N_("Company"), one.place), (N_("Dates"), one.period), (N_("Description"), one.text)
    )


def _education(one: CVEntry) -> tuple[CopyField, ...]:
    return _fields(
        (N_("School"), one.place), (N_("Degree"), one.title), (N_("Dates"), one.period), (N_("Description"), one.text)
    )


def _project(one: CVEntry) -> tuple[CopyField, ...]:
    return _fields((N_("Name"), one.title), (N_("Dates"), one.period), (N_("Description"), one.text))


def _fields(*values: tuple[str, str]) -> tuple[CopyField, ...]:
    return tuple(CopyField(label, value) for label, value in values if value)


def _of(cv: CV, section: str) -> Iterator[CVEntry]:
    return (one for one in cv.entries if one.section == section)


def badge_kit(one: Chosen, address: str | None, zone: tzinfo) -> BadgeKit:
    """The form for one badge. Nothing that does not hold goes there, and nothing whose page is closed: LinkedIn's
    readers would find a dead link."""
    holds = one.report.outcome in {Outcome.VALID, Outcome.UNKNOWN} and not one.report.was_withdrawn
    fits = address is not None and holds
    if address is None or not fits:
        return BadgeKit(one.badge.name, None, ())
    certification = Certification(
        name=one.badge.name,
        organization=one.badge.issuer_name,
        url=address,
        code=printed(one.code) if one.code else "",
        issued=one.badge.issued_on,
        expires=one.badge.valid_until,
    )
    return BadgeKit(one.badge.name, add_to_profile(certification, zone), copy_fields(certification, zone))


def open_links_of_badges(session: Session, ids: list[int], now: datetime) -> Mapping[int, ShareLink]:
    """The oldest open link of each of these badges that has one and asks for no passphrase."""
    query = select(ShareLink).where(ShareLink.badge_id.in_(ids), ShareLink.passphrase_hash.is_(None), *is_open(now))
    found = session.scalars(query.order_by(ShareLink.id.desc()))
    return {link.badge_id: link for link in found if link.badge_id is not None}
