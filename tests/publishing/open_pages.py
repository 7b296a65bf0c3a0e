"""The living example with every sort of public page open: what strangers read, by what it is.

Its people work in French; so do the words that its owner keeps.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backpack.accounts.models import Person
from backpack.accounts.passwords import hash_password
from backpack.badges.models import Badge
from backpack.collections.models import Collection
from backpack.cv import versions
from backpack.cv.desk import desk_of, page_of
from backpack.cv.models import CV
from backpack.cv.pdf import pdf
from backpack.database import reading, transaction
from backpack.demo import story
from backpack.endorsements import confirming, inviting
from backpack.endorsements.confirming import Statement
from backpack.evidence.queries import evidence_of
from backpack.publishing import codes, links
from backpack.publishing.links import Choices, token_of
from backpack.publishing.models import ShareLink
from backpack.publishing.profiles import own_profile
from backpack.wiring import wired

WORDS = "onze chaises vertes"
LABEL = "Étiquette à moi"
ENDORSER = "anne@atelier.example"
"""Where the letter went whose link confirms an endorsement; no page tells it."""


def open_pages(now: datetime) -> dict[str, str]:
    """Open what the example leaves closed; the path of each page. An application context must be open."""
    with transaction() as session:
        person = session.scalars(sa.select(Person).where(Person.name == story.CAMILLE)).one()
        badge = session.scalars(sa.select(Badge).where(Badge.name.startswith("Tutorat"))).one()
        shown = [one.id for one in evidence_of(session, [badge.id])[badge.id][:1]]
        opened = {
            "badge": _badge(session, person, badge, Choices(evidence=shown), now),
            "original": _badge(session, person, badge, Choices(name_shown="none", gives_original=True), now),
            "locked": _badge(session, person, badge, Choices(passphrase_hash=hash_password(WORDS)), now),
            "gone": _badge(session, person, badge, Choices(closes_at=now), now),
            "cv": _cv(session, person, now),
            "profile by link": _profile(session, person, now),
            "code form": "/v",
            **_invitations(session, person, badge, now),
        }
        opened["report"] = f"{opened['badge']}/report"
        opened["embed"] = opened["badge"].replace("/p/", "/embed/")
        opened["profile"] = f"/u/{story.PROFILE_NAME}"
    return {**opened, **_of_the_example()}


def _badge(session: Session, person: Person, badge: Badge, choices: Choices, now: datetime) -> str:
    secret = wired().settings.secret_key
    link = links.create_link(session, person.id, secret=secret, now=now, badge_id=badge.id)
    links.publish(session, link, replace(choices, label=LABEL), now)
    session.flush()
    return f"/p/{token_of(link, secret)}"


def _profile(session: Session, person: Person, now: datetime) -> str:
    """The profile behind a link of its own, without a name."""
    secret = wired().settings.secret_key
    profile = own_profile(session, person.id)
    assert profile is not None
    link = links.create_link(session, person.id, secret=secret, now=now, profile_id=profile.id)
    links.publish(session, link, Choices(label=LABEL, name_shown="none"), now)
    session.flush()
    return f"/u/link/{token_of(link, secret)}"


def _invitations(session: Session, person: Person, badge: Badge, now: datetime) -> dict[str, str]:
    """What invited people open: to endorse a badge, to endorse a work, and what a mailed link asks."""
    work = evidence_of(session, [badge.id])[badge.id][0].artefact
    secret = wired().settings.secret_key
    asked, of_work, written = (
        inviting.invite(session, person.id, thing, LABEL, secret=secret, now=now) for thing in (badge, work, badge)
    )
    said = Statement(name="Anne Le Goff", role="tutrice", words="Je l’ai vu faire.", language="fr", address=ENDORSER)
    start = f"/endorse/{inviting.token_of(asked, secret)}"
    return {
        "endorse": start,
        "endorse sent": f"{start}/sent",
        "endorse work": f"/endorse/{inviting.token_of(of_work, secret)}",
        "endorse confirm": f"/endorse/confirm/{confirming.write(written, said, now)}",
    }


def _cv(session: Session, person: Person, now: datetime) -> str:
    """The whole CV behind a link of its own."""
    cv, wiring = session.scalars(sa.select(CV).where(CV.person_id == person.id)).one(), wired()
    drawn = pdf(page_of(desk_of(session, cv, now), wiring.settings, now), now)
    key = wiring.storage.put(person.public_id, drawn)
    version, _spare = versions.publish_version(session, cv, key, len(drawn), (), now)
    link = versions.share(
        session, cv, version, Choices(label=LABEL), fixed=False, secret=wiring.settings.secret_key, now=now
    )
    return f"/cv/l/{token_of(link, wiring.settings.secret_key)}"


def _of_the_example() -> dict[str, str]:
    """The pages that the example opens by itself: its collection, and its CV's badges today."""
    secret = wired().settings.secret_key
    with reading() as session:
        of_collection = sa.select(ShareLink).join(Collection).where(Collection.title == story.COLLECTIONS[0][0])
        collection = session.scalars(of_collection).one()
        of_cv = sa.select(ShareLink).where(ShareLink.cv_id.is_not(None)).order_by(ShareLink.id)
        printed = session.scalars(of_cv).first()
        assert printed is not None
        code = codes.known_code(session, printed.id, None)
    assert code
    return {
        "collection": f"/c/{token_of(collection, secret)}",
        "cv today": f"/cv/l/{token_of(printed, secret)}",
        "code": f"/v/{codes.printed(code)}",
    }
