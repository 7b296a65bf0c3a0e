"""Loads the living example through the same acts as anybody's backpack: signed up, imported, judged, published."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack import jobs, rendering
from backpack.accounts.addresses import add_address, confirm_address, read_address
from backpack.accounts.models import Person
from backpack.accounts.passwords import hash_password
from backpack.accounts.signing_up import sign_up
from backpack.archive.judging import judge
from backpack.archive.models import StoredDocument
from backpack.badges.handlers import wish_picture
from backpack.badges.importing import settle
from backpack.badges.models import Badge, ImportItem
from backpack.badges.recording import Original, documents_changed, record_verdict
from backpack.collections import arranging
from backpack.cv import editing
from backpack.cv.desk import give_codes
from backpack.cv.incoming import Line
from backpack.database import random_name, reading, transaction
from backpack.demo import issuers, story
from backpack.demo.gathering import let_maelle_confirm, take_in_framework
from backpack.demo.making import ART, MadeBadge, make
from backpack.demo.story import BADGES, BadgeStory, EvidenceStory
from backpack.endorsements.queries import confirmed_about
from backpack.evidence import adding
from backpack.evidence.queries import evidence_of
from backpack.evidence.readying import Limits, made_ready, put
from backpack.openbadges import read
from backpack.publishing import codes, links, profiles
from backpack.wiring import Wiring

LONG_AGO = timedelta(days=285)
"""When the issuer whose site is closed answered for the last time."""
EVIDENCE_SIDE = 900
FILE_MB = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What the command says about it: each address, and what it shows."""

    addresses: tuple[tuple[str, str], ...]


def is_loaded(session: Session) -> bool:
    """Whether the example is there already."""
    return session.scalar(select(Person.id).where(Person.is_demo).limit(1)) is not None


def load(wiring: Wiring, now: datetime) -> Loaded:
    """Make the issuers, the people and everything Camille did. The example must not be there yet."""
    folder = wiring.settings.data / "demo"
    made = make(folder, now)
    with transaction() as session:
        camille = _person(session, story.CAMILLE, story.ADDRESSES, now)
        _person(session, story.IDRISS, (story.IDRISS_ADDRESS,), now)
    for badge in made:
        _receive(wiring, camille, badge, now)
    with transaction() as session:
        badges = _badges(session, camille)
        _tell(session, wiring, badges, now)
        frame = take_in_framework(session, now)
        let_maelle_confirm(session, badges["mediation"], wiring.settings.secret_key, now)
        opened = _publish(session, wiring, camille, badges, frame.public_id, now)
        opened.append(_write_cv(session, wiring, camille, badges, now))
    jobs.run_pending(wiring.handlers)  # pictures, so that the first page is whole
    base = wiring.settings.public_url
    return Loaded(addresses=((f"{base}/badges", "Camille's badges"), *opened))


def _person(session: Session, name: str, addresses: tuple[str, ...], now: datetime) -> Person:
    first, *others = addresses
    password = hash_password(story.PASSWORD)
    person, waiting = sign_up(
        session, name=name, address=read_address(first), password_hash=password, language="fr", now=now
    )
    person.is_demo = True
    confirm_address(session, waiting, now)
    for other in others:
        confirm_address(session, add_address(session, person, read_address(other), now), now)
    return person


def _receive(wiring: Wiring, person: Person, badge: MadeBadge, now: datetime) -> None:
    """One badge, as the import job would take it in; the one whose issuer is gone was judged while it was there."""
    (found,) = read(badge.data)
    look = partial(judge, found.credential, wiring, recipients=story.ADDRESSES)
    original = Original(
        container=found.container,
        filename=badge.filename,
        digest=hashlib.sha256(badge.data).digest(),
        size=len(badge.data),
        storage_key=wiring.storage.put(person.public_id, badge.data),
    )
    then = now - LONG_AGO if badge.story.fate == "gone" else now
    if badge.story.fate == "gone":
        issuers.set_mood(wiring.settings.data / "demo", badge.story.issuer, issuers.NORMAL)
    report = look(clock=lambda: then)
    with transaction() as session:
        item = ImportItem(
            batch=random_name(),
            person_id=person.id,
            label=badge.filename,
            position=0,
            payload=found.payload,
            container=found.container,
            storage_key=original.storage_key,
            size=original.size,
            result="waiting",
            facts={},
            created_at=then,
        )
        session.add(item)
        session.flush()
        badge_id = settle(session, item, found.credential, report, original, None, then)
        if badge_id is not None:
            wish_picture(session, badge_id)
    if badge.story.fate == "gone" and badge_id is not None:
        issuers.set_mood(wiring.settings.data / "demo", badge.story.issuer, issuers.SILENT)
        report = look(clock=lambda: now)
        with transaction() as session:
            record_verdict(session, badge_id, report, now)


def _badges(session: Session, person: Person) -> dict[str, Badge]:
    """Camille's badges by the story's key. The one somebody altered has another name than its story."""
    mine = session.scalars(select(Badge).where(Badge.person_id == person.id)).all()
    by_file = {file.filename.partition(".")[0]: badge for badge in mine for file in badge.files}
    return {one.key: by_file[one.key] for one in BADGES if one.key in by_file}


def _tell(session: Session, wiring: Wiring, badges: Mapping[str, Badge], now: datetime) -> None:
    """What Camille says of each badge, and the works behind it."""
    for one in BADGES:
        badge = badges.get(one.key)
        if badge is None:
            continue
        badge.story = one.story
        for work in one.evidence:
            _add(session, wiring, badge, work, one, now)


def _add(session: Session, wiring: Wiring, badge: Badge, work: EvidenceStory, of: BadgeStory, now: datetime) -> None:
    made_on = (now - timedelta(days=30 * of.months_ago - 3)).date()
    wording = adding.Wording(title=work.title, made_on=made_on)
    if work.kind == "link" and work.url:
        made = adding.keep_link(session, badge.person_id, work.url, wording, now)
    elif work.kind == "text":
        made = adding.keep_text(session, badge.person_id, work.text, wording, now)
    else:
        picture = rendering.picture_png((ART / f"{work.file}.svg").read_bytes(), EVIDENCE_SIDE)
        ready = made_ready(io.BytesIO(picture), f"{work.title}.png", Limits(most_mb=FILE_MB))
        kept = put(ready, wiring.storage, session.get_one(Person, badge.person_id).public_id)
        made = adding.keep_file(session, badge.person_id, kept, wording, now)
    adding.stand_behind(session, badge, made, work.words, now)


def _publish(
    session: Session, wiring: Wiring, person: Person, badges: Mapping[str, Badge], frame: str, now: datetime
) -> list[tuple[str, str]]:
    """Two collections, one of them published; one badge by itself; one link that was taken back."""
    secret, base = wiring.settings.secret_key, wiring.settings.public_url
    opened: list[tuple[str, str]] = []
    for title, words, keys, label in story.COLLECTIONS:
        chosen = [badges[key] for key in keys if key in badges]
        wording = arranging.Wording(title=title, story=words, skills=frame if label else "")
        collection = arranging.begin(session, person.id, wording, now)
        arranging.add(collection, chosen)
        session.flush()
        if label:
            link = links.create_link(session, person.id, secret=secret, now=now, collection_id=collection.id)
            links.publish(session, link, _everything(session, chosen, label), now)
            opened.append((f"{base}/c/{links.token_of(link, secret)}", f"the collection “{title}”, published"))
    one = badges["tutorat"]
    link = links.create_link(session, person.id, secret=secret, now=now, badge_id=one.id)
    links.publish(session, link, _everything(session, [one], "LinkedIn"), now)
    opened.append((f"{base}/p/{links.token_of(link, secret)}", "one badge, published"))
    closed = links.create_link(session, person.id, secret=secret, now=now, badge_id=badges["scene"].id)
    links.publish(session, closed, _everything(session, [badges["scene"]], "Ancien lien"), now)
    links.withdraw(session, closed, now)
    opened.append((f"{base}/p/{links.token_of(closed, secret)}", "a link that was taken back"))
    opened.append((f"{base}/u/{_profile(session, person, badges, secret, now)}", "Camille's profile"))
    return opened


def _profile(session: Session, person: Person, badges: Mapping[str, Badge], secret: str, now: datetime) -> str:
    """A profile that is open to everybody, with a few badges on it; its name."""
    about = profiles.About(name=story.PROFILE_NAME, headline=story.PROFILE_HEADLINE, words=story.PROFILE_WORDS)
    profile = profiles.write_profile(session, person.id, about, secret, now)
    profiles.open_profile(session, profile, now)
    for key in story.PROFILE_BADGES:
        link = links.create_link(session, person.id, secret=secret, now=now, badge_id=badges[key].id)
        links.publish(session, link, replace(_everything(session, [badges[key]], ""), on_profile=True), now)
    return profile.name


def _write_cv(
    session: Session, wiring: Wiring, person: Person, badges: Mapping[str, Badge], now: datetime
) -> tuple[str, str]:
    """Camille's CV with four badges on it, whose pages are open to whoever has the paper."""
    secret, base = wiring.settings.secret_key, wiring.settings.public_url
    cv = editing.begin(session, person, story.CV_TITLE, "fr", story.ADDRESSES[1], 0, now)
    cv.headline, cv.profile = story.CV_HEADLINE, story.CV_PROFILE
    for section, title, place, period, text in story.CV_LINES:
        editing.add_line(cv, section, Line(title=title, place=place, period=period, text=text), now)
    editing.choose(cv, [badges[key] for key in story.CV_BADGES if key in badges], {}, now)
    session.flush()
    link = editing.open_pages(session, cv, None, secret, now)
    give_codes(session, cv, link, now)
    code = codes.printed(codes.code_for(session, link, None, now))
    return f"{base}/v/{code}", "the CV's badges today, behind the code on the paper"


def _everything(session: Session, badges: list[Badge], label: str) -> links.Choices:
    works = evidence_of(session, [badge.id for badge in badges])
    shown = [one.id for of_badge in works.values() for one in of_badge]
    of_collection = [badge.id for badge in badges] if len(badges) > 1 else []
    behind = [one.artefact_id for of_badge in works.values() for one in of_badge]
    said = [one.id for one in confirmed_about(session, works, behind)]
    return links.Choices(label=label, badges=of_collection, evidence=shown, endorsements=said)


def change_mood(wiring: Wiring, key: str, mood: str, now: datetime) -> int:
    """Change what a demo issuer answers, and let its documents grow stale at once, so that the next reader's page
    asks again instead of a quarter of an hour later. How many documents that concerns. Raises NoSuchIssuer."""
    issuers.set_mood(wiring.settings.data / "demo", key, mood)
    host = next(one.host for one in story.ISSUERS if one.key == key)
    with transaction() as session:
        rows = session.scalars(select(StoredDocument).where(StoredDocument.host == host)).all()
        for row in rows:
            row.fresh_until = min(row.fresh_until, now)
        documents_changed(session, [row.url for row in rows])
    return len(rows)


def once(wiring: Wiring, now: datetime) -> Loaded | None:
    """Load the example unless it is there; None if it is."""
    with reading() as session:
        if is_loaded(session):
            return None
    return load(wiring, now)
