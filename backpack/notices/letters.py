"""The letter about a person's badges: all that is new in one, in their language, with a way to stop it in one click."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale, gettext, ngettext
from sqlalchemy.orm import Session

from backpack import mail
from backpack.accounts.models import Person
from backpack.accounts.queries import main_address
from backpack.badges.models import Badge
from backpack.badges.naming import one_line
from backpack.database import transaction, utcnow
from backpack.notices.models import Notice
from backpack.notices.places import Touched, touched_by
from backpack.notices.queries import kinds_without_letters, unwritten
from backpack.notices.stopping import stop_token
from backpack.notices.words import name_of, told
from backpack.wiring import wired


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One badge in a letter: what happened, what it touches, and where to look."""

    words: str
    touched: Sequence[Touched]
    link: str


def write(payload: dict[str, Any]) -> None:
    """The handler of `notices.write`: one letter with all that this person was not written about yet.

    What they want no letters about, and everything while no address of theirs is confirmed, stays on their pages.
    """
    now = utcnow()
    with transaction() as session:
        person = session.get(Person, payload["person"])
        if person is None:
            return
        new = unwritten(session, person.id)
        for notice, _badge in new:
            notice.written_at = now
        to, without = main_address(session, person.id), kinds_without_letters(session, person.id)
        wanted = [(notice, badge) for notice, badge in new if notice.kind not in without]
        if to is not None and wanted:
            _post(session, person, to.spelling, wanted, now)


def _post(session: Session, person: Person, to: str, news: Sequence[tuple[Notice, Badge]], now: datetime) -> None:
    stop = link_to("notices.stop", person=person.public_id, token=stop_token(person, wired().settings.secret_key))
    with force_locale(person.language):
        paragraphs = [
            Paragraph(
                words=told(notice, badge),
                touched=touched_by(session, badge.id, now),
                link=link_to("badges.badge", public_id=badge.public_id),
            )
            for notice, badge in news
        ]
        facts = {"paragraphs": paragraphs, "choices": link_to("notices.choices"), "stop": stop}
        body = render_template("mail/notices/news.txt", **facts).strip() + "\n"
        mail.post(session, to=to, subject=_subject(news), body=body, now=now, stop=stop)


def _subject(news: Sequence[tuple[Notice, Badge]]) -> str:
    if len(news) > 1:
        return str(ngettext("%(num)d badge of yours has news", "%(num)d badges of yours have news", len(news)))
    notice, badge = news[0]
    subjects = {
        "revoked": gettext("Taken back by its issuer: %(name)s", name=name_of(badge)),
        "expiring": gettext("Ends soon: %(name)s", name=name_of(badge)),
        "unreachable": gettext("Can no longer be confirmed: %(name)s", name=name_of(badge)),
    }
    return one_line(subjects[notice.kind])[:200]


def link_to(endpoint: str, **values: str) -> str:
    """The whole address of a page of ours, built without a request: a job has none."""
    path = current_app.url_map.bind("nowhere.invalid").build(endpoint, values)
    return f"{wired().settings.public_url}{path}"
