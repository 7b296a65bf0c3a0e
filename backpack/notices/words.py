"""What a notice says, in the reader's language: a sentence about what happened, and what to do about it."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from backpack.badges.models import Badge
from backpack.badges.naming import one_line
from backpack.notices.models import Notice
from backpack.web.wording import day


def name_of(badge: Badge) -> str:
    """What a notice calls the badge: the issuer's words on one line."""
    return one_line(badge.name) or str(_("Badge without a name"))


def told(notice: Notice, badge: Badge) -> str:
    """What happened, with the issuer's own reason where it gave one."""
    name, issuer = name_of(badge), one_line(badge.issuer_name) or str(_("its issuer"))
    date = notice.facts.get("date")
    when = day(datetime.fromisoformat(date)) if date else ""
    match notice.kind:
        case "expiring":
            return str(
                _("The badge “%(name)s” ends on %(day)s. Ask %(issuer)s to renew it.", **_of(name, issuer, when))
            )
        case "unreachable":
            return _silent(notice, _of(name, issuer, when))
        case _:
            return _taken_back(notice, name, issuer)


def _silent(notice: Notice, facts: dict[str, str]) -> str:
    host = notice.facts.get("host", "")
    words = _(
        "The issuer of the badge “%(name)s” (%(host)s) has not answered since %(day)s. Its pages now say “not "
        "confirmed”.",
        host=host,
        **facts,
    )
    if notice.facts.get("good"):
        more = _("We go on trying; you can keep the proof of its last good day, or write to %(issuer)s.", **facts)
    else:
        more = _("We go on trying; you can write to %(issuer)s.", **facts)
    return f"{words} {more}"


def _taken_back(notice: Notice, name: str, issuer: str) -> str:
    if notice.facts.get("reason") == "suspended":
        words = str(_("%(issuer)s suspended the badge “%(name)s”.", issuer=issuer, name=name))
    else:
        words = str(_("%(issuer)s took back the badge “%(name)s”.", issuer=issuer, name=name))
    if why := one_line(notice.facts.get("why", "")):
        words += " " + str(_("Reason given: “%(why)s”.", why=why))
    return (
        words + " " + str(_("Every page that shows it says so. If you do not know why, ask %(issuer)s.", issuer=issuer))
    )


def _of(name: str, issuer: str, when: str) -> dict[str, str]:
    return {"name": name, "issuer": issuer, "day": when}
