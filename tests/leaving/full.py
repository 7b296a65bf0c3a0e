"""Somebody with something of everything: badges in several containers, works, a collection, a CV, open links."""

from __future__ import annotations

import io
from datetime import date

from flask.testing import FlaskClient

from backpack.accounts.models import Person
from backpack.badges.models import Badge
from backpack.badges.queries import own_badges
from backpack.collections.models import Collection, CollectionItem
from backpack.cv.models import CV, CVBadge, CVEntry
from backpack.cv.queries import own_cvs
from backpack.cv.versions import publish_version
from backpack.database import reading, transaction, utcnow
from backpack.endorsements.inviting import invite
from backpack.evidence.adding import Wording, keep_file, keep_link, keep_text, stand_behind
from backpack.evidence.queries import own_works
from backpack.evidence.readying import Limits, made_ready, put
from backpack.jobs import run_pending
from backpack.publishing.codes import code_for
from backpack.publishing.links import Choices, create_link, publish
from backpack.publishing.models import Profile, ShareLink
from backpack.publishing.queries import add_views
from backpack.wiring import wired
from tests.badges.conftest import Holder
from tests.badges.issuers import Issuer, hashed, plain, png, signed, svg
from tests.evidence.files import photo
from tests.people import ADDRESS

SECRET = "a secret for links, at least thirty-two bytes"
ELSEWHERE = "camille@kervella.example"
STORY = "J’ai soudé deux plaques. *Deux fois.*"


def fill(client: FlaskClient, person: Person, issuer: Issuer) -> None:
    """Through the import page where there is one thing to import, by the rules where there is something to write."""
    holder, hosted = Holder(client, person), host(issuer)
    lines = holder.import_(
        ("soudure.png", png(signed(number=1))),
        ("soudure.svg", svg(signed(number=1))),
        ("lecture.json", hosted[0]),
        ("tutorat.json", signed(name="=1+1 Tutorat", number=2)),
        ("ailleurs.json", hosted[1]),
    )
    assert [line.result for line in lines] == ["added", "known", "added", "added", "arrival"]
    with transaction() as session:
        first, second, third = sorted(own_badges(session, person.id), key=lambda badge: badge.id)
        first.story = STORY
    _works(person, first, second)
    _pages(person, first, second, third)
    _words_of_others(person, first)
    run_pending(wired().handlers)


def host(issuer: Issuer) -> tuple[bytes, bytes]:
    """Let the issuer answer for the two badges that are hosted: one for the first address, one for another."""
    return issuer.hosted(7, recipient=hashed(ADDRESS)), issuer.hosted(8, recipient=plain(ELSEWHERE))


def _works(person: Person, first: Badge, second: Badge) -> None:
    ready = made_ready(io.BytesIO(photo()), "visite.jpg", Limits(most_mb=50))
    kept = put(ready, wired().storage, person.public_id)
    now = utcnow()
    with transaction() as session:
        one, two = session.get_one(Badge, first.id), session.get_one(Badge, second.id)
        made = Wording(title="Visite", made_on=date(2026, 1, 31), skills=("médiation",))
        stand_behind(session, one, keep_file(session, person.id, kept, made, now), "Trois objets", now)
        page = keep_link(session, person.id, "https://exemple.example/page", Wording(title="Une page"), now)
        stand_behind(session, one, page, "", now)
        text = keep_text(session, person.id, "**Douze** ateliers", Wording(title="Récit"), now)
        stand_behind(session, two, text, "", now)


def _pages(person: Person, first: Badge, second: Badge, third: Badge) -> None:
    now = utcnow()
    with transaction() as session:
        moments = {"created_at": now, "changed_at": now}
        collection = Collection(person_id=person.id, title="Stage", story="Je cherche.", language="fr", **moments)
        for position, badge in enumerate((third, first)):
            collection.items.append(CollectionItem(badge_id=badge.id, position=position, words=f"Place {position}"))
        cv = CV(person_id=person.id, title="CV", name=person.name, headline="Étudiante", names_works=True, **moments)
        cv.entries.append(CVEntry(section="education", position=0, title="L3", period="2024 – 2027"))
        cv.badges.append(CVBadge(badge_id=first.id, position=0, line="Deux plaques"))
        session.add_all([collection, cv, Profile(person_id=person.id, name="camille-k", words="Je soude.")])
        session.flush()
        for target in ({"badge_id": first.id}, {"collection_id": collection.id}, {"cv_id": cv.id}):
            link = create_link(session, person.id, secret=SECRET, now=now, **target)
            publish(session, link, Choices(label="M. Roy", badges=[third.id] if link.collection_id else ()), now)
            code_for(session, link, None, now)
            add_views(session, {(link.id, now.date()): 1})


def _words_of_others(person: Person, badge: Badge) -> None:
    """One confirmed, one that nobody answered; and a CV that was published."""
    now = utcnow()
    paper = b"%PDF-1.7\n% as it was published"
    key = wired().storage.put(person.public_id, paper)
    with transaction() as session:
        work = own_works(session, person.id)[0]
        for thing in (badge, work):
            said = invite(session, person.id, thing, "Mme Le Goff", secret=SECRET, now=now)
            said.name, said.role, said.words = "Anne Le Goff", "menait l’atelier", "Elle a soudé\ndevant moi."
            said.language, said.address, said.confirmed_at = "fr", "A•••@atelier.example", now
        invite(session, person.id, badge, "M. Sans-Réponse", secret=SECRET, now=now)
        publish_version(session, own_cvs(session, person.id)[0], key, len(paper), [badge.public_id], now)


def links_of(person: Person) -> list[ShareLink]:
    with reading() as session:
        return list(session.query(ShareLink).filter_by(person_id=person.id).order_by(ShareLink.id))
