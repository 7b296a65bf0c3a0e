"""What strangers open: the CV of today, behind the code on the paper."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from backpack.accounts.models import Person
from backpack.accounts.queries import confirmed_addresses
from backpack.badges.judging import reports, wish_news
from backpack.badges.queries import badges_by_id
from backpack.cv.queries import codes_of_links, cv_badges
from backpack.cv.views.blueprint import bp
from backpack.database import reading, transaction, utcnow
from backpack.errors import Gone
from backpack.publishing.codes import printed
from backpack.publishing.links import open_link
from backpack.publishing.names import name_for_others
from backpack.publishing.queries import shown_badges
from backpack.web.strangers import for_strangers


@bp.get("/cv/l/<token>")
@for_strangers
def shown(token: str) -> ResponseReturnValue:
    """This CV today: every badge that was printed, as it stands now. Behind the paper's QR code."""
    now = utcnow()
    with reading() as session:
        link = open_link(session, token, now)
        if link.cv_id is None:
            raise Gone
        owner, shown_now = session.get_one(Person, link.person_id), shown_badges(session, link.id)
        badges = badges_by_id(session, shown_now)
        order = [one.badge_id for one in cv_badges(session, link.cv_id) if one.badge_id in badges]
        present = [badges[one] for one in [*order, *sorted(shown_now - set(order))] if one in badges]
        known = [one.spelling for one in confirmed_addresses(session, owner.id)]
        judged = reports(session, present, now, known)
        codes = codes_of_links(session, [link.id])
        body = render_template(
            "cv/shown.html",
            holder=name_for_others(owner.name, link.name_shown),
            badges=present,
            reports=judged,
            token=token,
            codes={number: printed(code) for (_link, number), code in codes.items() if number},
            judged_at=now,
        )
    with transaction() as session:
        wish_news(session, judged.values(), now)
    return body
