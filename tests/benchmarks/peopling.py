"""What the figures of pages look at: a published collection, and a database full of other people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backpack.accounts.models import Person
from backpack.badges.models import Badge, BadgeSkill
from backpack.collections.models import Collection, CollectionItem
from backpack.database import random_name, transaction, utcnow
from backpack.endorsements.models import Endorsement
from backpack.evidence.models import Artefact, ArtefactFile, Evidence
from backpack.publishing.links import Choices, create_link, publish, token_of
from backpack.publishing.models import ShareLink, ShownBadge, ShownEvidence
from backpack.wiring import wired
from tests.backpacks import give_badge
from tests.people import sign_up_person

EACH = 10
"""The badges of each of the other people."""
FILLED = (Person, Badge, Collection, CollectionItem, Artefact, Evidence, ShareLink, ShownBadge, ShownEvidence)


def page_of(badges: int, *, furnished: bool = False) -> str:
    """A person with a published collection of so many badges; the token of its link. Furnished: with a table of skills,
    and each badge with a work behind it, one beside it, an endorsement of each of the three, and a skill."""
    address = f"camille-{badges}-{'furnished' if furnished else 'bare'}@etu.estuaire.example"
    with transaction() as session:
        person = sign_up_person(session, address=address)
    own = [give_badge(person, f"Badge {badges}-{number}", address=address) for number in range(badges)]
    now = utcnow()
    with transaction() as session:
        collection = Collection(
            person_id=person.id, title="Stage", story="Vingt badges.", created_at=now, changed_at=now
        )
        session.add(collection)
        session.flush()
        session.add_all(
            CollectionItem(collection_id=collection.id, badge_id=badge.id, position=place)
            for place, badge in enumerate(own)
        )
        choices = Choices(badges=[badge.id for badge in own])
        if furnished:
            choices = furnish(session, collection, own, choices)
        secret = wired().settings.secret_key
        link = create_link(session, person.id, secret=secret, now=now, collection_id=collection.id)
        publish(session, link, choices, now)
        return token_of(link, secret)


def furnish(session: Session, collection: Collection, badges: list[Badge], choices: Choices) -> Choices:
    """Give a collection all that its page can show; what its link must show for it."""
    collection.skills = "named"
    evidence: list[int] = []
    works: list[int] = []
    said: list[int] = []
    for badge in badges:
        behind, beside = _work(badge, "Derrière"), _work(badge, "À côté")
        session.add_all([behind, beside])
        session.flush()
        one = Evidence(badge_id=badge.id, artefact_id=behind.id, position=0, added_at=badge.added_at)
        words = [
            _said(badge, badge_id=badge.id),
            _said(badge, artefact_id=behind.id),
            _said(badge, artefact_id=beside.id),
        ]
        skill = BadgeSkill(badge_id=badge.id, key=badge.name, name=badge.name, code="", framework="", url="")
        place = CollectionItem(collection_id=collection.id, artefact_id=beside.id, position=len(badges) + len(works))
        session.add_all([one, *words, skill, place])
        session.flush()
        evidence.append(one.id)
        works.append(beside.id)
        said += [each.id for each in words]
    return replace(choices, evidence=evidence, works=works, endorsements=said)


def _work(badge: Badge, title: str) -> Artefact:
    file = ArtefactFile(
        filename="bilan.txt",
        media_type="text/plain",
        size=1,
        digest=bytes(32),
        storage_key="bilan",
        added_at=badge.added_at,
    )
    return Artefact(person_id=badge.person_id, kind="file", title=title, added_at=badge.added_at, files=[file])


def _said(badge: Badge, **about: int) -> Endorsement:
    return Endorsement(
        person_id=badge.person_id,
        token_hash=random_name().encode(),
        invited_at=badge.added_at,
        ends_at=badge.added_at,
        name="Nolwenn",
        words="C’est vrai.",
        confirmed_at=badge.added_at,
        **about,
    )


def fill(people: int) -> int:
    """So many other people, each with ten badges in a published collection and works behind five of them. How many
    rows there are then. All but the people and the badges is made by the database itself, which is quicker."""
    with transaction() as session:
        last = session.scalar(sa.select(sa.func.max(Person.id))) or 0
    for start in range(0, people, 5_000):
        _people(last, range(start, min(start + 5_000, people)))
    with transaction() as session:
        _their_pages(session, last)
    with transaction() as session:
        return sum(session.scalar(sa.select(sa.func.count()).select_from(one)) or 0 for one in FILLED)


def _people(last: int, numbers: range) -> None:
    now = utcnow()
    with transaction() as session:
        session.execute(
            sa.insert(Person),
            [{"id": last + 1 + one, "public_id": f"p{one}", "name": "N", "created_at": now} for one in numbers],
        )
        session.execute(
            sa.insert(Badge),
            [
                {
                    "public_id": random_name(),
                    "person_id": last + 1 + one,
                    "identity": one.to_bytes(8, "big") + bytes([place]),
                    "payload": b"{}",
                    "version": "3.0",
                    "name": "B",
                    "folded": "b",
                    "issuer_name": "I",
                    "added_at": now,
                }
                for one in numbers
                for place in range(EACH)
            ],
        )


def _their_pages(session: Session, last: int) -> None:
    """For everybody after this number: a collection of their badges, works behind every other one, and an open link
    that shows all of it."""
    person, badge, collection = Person.__table__.c, Badge.__table__.c, Collection.__table__.c
    link, work, evidence = ShareLink.__table__.c, Artefact.__table__.c, Evidence.__table__.c
    _insert(session, Collection, sa.select(person.id).where(person.id > last), person_id=person.id,
            public_id=person.public_id, title=sa.literal("C"), created_at=person.created_at,
            changed_at=person.created_at)  # fmt: skip
    badges = sa.select(badge.id).where(badge.person_id > last).order_by(badge.id)
    _insert(session, Artefact, badges.where(badge.id % 2 == 0), person_id=badge.person_id, public_id=badge.public_id,
            kind=sa.literal("text"), title=sa.literal("W"), added_at=badge.added_at)  # fmt: skip
    in_collection = badges.join(Collection, collection.person_id == badge.person_id)
    _insert(session, CollectionItem, in_collection, collection_id=collection.id, badge_id=badge.id,
            position=badge.id % EACH)  # fmt: skip
    behind = badges.join(Artefact, work.public_id == badge.public_id)
    _insert(session, Evidence, behind, public_id=badge.public_id, badge_id=badge.id, artefact_id=work.id,
            position=sa.literal(0), added_at=badge.added_at)  # fmt: skip
    _insert(session, ShareLink, sa.select(collection.id).where(collection.person_id > last),
            public_id=collection.public_id, person_id=collection.person_id, collection_id=collection.id,
            token_hash=sa.cast(collection.public_id, sa.LargeBinary), created_at=collection.created_at,
            published_at=collection.created_at)  # fmt: skip
    shown = badges.join(ShareLink, link.person_id == badge.person_id)
    _insert(session, ShownBadge, shown, link_id=link.id, badge_id=badge.id)
    with_evidence = shown.join(Evidence, evidence.badge_id == badge.id)
    _insert(session, ShownEvidence, with_evidence, link_id=link.id, evidence_id=evidence.id)


def _insert(session: Session, table: type, rows: sa.Select[Any], **columns: sa.ColumnElement[Any]) -> None:
    session.execute(sa.insert(table).from_select(list(columns), rows.with_only_columns(*columns.values())))
