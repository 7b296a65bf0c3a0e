"""The credential itself, where its owner shares it: as JSON for software, as the file it came in; and on paper."""

from __future__ import annotations

from typing import Final

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy.orm import Session

from backpack import openbadges
from backpack.accounts.presence import current_person
from backpack.badges.models import Badge
from backpack.database import reading, transaction, utcnow
from backpack.errors import N_, BackpackError, NotFound
from backpack.evidence.filenames import disposition
from backpack.openbadges.report import Outcome
from backpack.publishing import queries
from backpack.publishing.certificates import Certificate, certificate_pdf
from backpack.publishing.codes import code_for, known_code, printed
from backpack.publishing.qr import qr_svg
from backpack.publishing.sheets import BadgeSheet
from backpack.publishing.views.blueprint import bp
from backpack.publishing.views.opening import Opened, address_of_badge, opened, shown_by
from backpack.publishing.views.proofs import proofs_of
from backpack.publishing.views.showing import glimpse
from backpack.rendering import CannotRender
from backpack.web.languages import language
from backpack.web.limits import per_network
from backpack.web.strangers import for_strangers
from backpack.web.verdicts import how_known
from backpack.web.wording import day, in_language, sentence
from backpack.wiring import wired

HTML: Final = "text/html"
LD_JSON: Final = "application/ld+json"
ASKED_FOR: Final = (HTML, LD_JSON, "application/vc+ld+json", "application/vc", "application/json", "application/vc+jwt")
TYPES: Final = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf", "json": "application/json"}


class NotShared(BackpackError):
    """The owner shows the badge, and keeps the credential."""

    code = "original-not-shared"
    sentence = N_("The holder of this badge shows it, and keeps the file itself. Ask them for it.")


class NoCertificate(BackpackError):
    code = "no-certificate"
    sentence = N_("This badge does not hold, so there is no certificate of it. Its page says why.")


@bp.app_errorhandler(NotShared)
def keeps_it(error: NotShared) -> ResponseReturnValue:
    """Whatever form was asked for, it is not to be had here."""
    return {"error": error.code, "message": sentence(error)}, 406


def wants_credential() -> bool:
    """Whether software asks for the credential rather than for a page."""
    wanted = request.accept_mimetypes.best_match(ASKED_FOR, default=HTML)
    return wanted != HTML


@bp.get("/p/<token>/credential.json")
@bp.get("/p/<token>/<badge_id>/credential.json")
@for_strangers
def credential(token: str, badge_id: str | None = None) -> ResponseReturnValue:
    """The payload, to the byte, for software of any site."""
    badge = _shared(token, badge_id)
    if badge.payload.lstrip().startswith(b"{"):
        kind = LD_JSON
    else:
        kind = "application/vc+jwt" if badge.version.startswith("3") else "application/jose"
    response = Response(badge.payload, content_type=kind)
    response.headers["Vary"] = "Accept"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@bp.get("/p/<token>/original")
@bp.get("/p/<token>/<badge_id>/original")
@for_strangers
def original_file(token: str, badge_id: str | None = None) -> ResponseReturnValue:
    """The file that the badge came in, to be kept; without what its holder said beside it in another backpack, which
    they did not choose to show here."""
    badge = _shared(token, badge_id)
    if not badge.files:
        raise NotFound
    file = badge.files[0]
    try:
        data = openbadges.without_statement(wired().storage.read(file.storage_key))
    except (FileNotFoundError, openbadges.OpenBadgesError) as error:
        raise NotFound from error
    response = Response(data)
    response.headers["Content-Type"] = TYPES.get(file.container, "application/octet-stream")
    response.headers["Content-Disposition"] = disposition(file.filename)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@bp.get("/p/<token>/certificate.pdf")
@bp.get("/p/<token>/<badge_id>/certificate.pdf")
@per_network("60 per hour")
@for_strangers
def certificate(token: str, badge_id: str | None = None) -> ResponseReturnValue:
    """The badge on paper; with the badge in the file, where its owner shares it."""
    seen = glimpse(token, utcnow())
    with reading() as session:
        page = opened(session, token, utcnow(), only=_name(session, seen.badge_id, badge_id))
        code = known_code(session, page.link.id, None if seen.badge_id else page.one.badge.id)
    return _paper(page, code, with_badge=seen.gives_original)


@bp.get("/shares/<link_id>/certificate.pdf")
@login_required
def own_certificate(link_id: str) -> ResponseReturnValue:
    """The same for its owner, with the badge in the file."""
    now = utcnow()
    with transaction() as session:
        link = queries.own_link(session, current_person().id, link_id)
        if link.badge_id is None:
            raise NotFound
        page = shown_by(session, link, now)
        code = code_for(session, link, None, now)
    return _paper(page, code, with_badge=True)


def _shared(token: str, badge_id: str | None) -> Badge:
    seen = glimpse(token, utcnow())
    if not seen.gives_original:
        raise NotShared
    with reading() as session:
        return opened(session, token, utcnow(), only=_name(session, seen.badge_id, badge_id)).one.badge


def _name(session: Session, own: int | None, badge_id: str | None) -> str:
    """The badge that is asked for: the link's own, or the one that is named. Raises NotFound."""
    if badge_id is not None:
        return badge_id
    badge = session.get(Badge, own) if own else None
    if badge is None:
        raise NotFound
    return badge.public_id


def _paper(page: Opened, code: str | None, *, with_badge: bool) -> Response:
    one = page.one
    if one.report.was_withdrawn or one.report.outcome is Outcome.INVALID:
        raise NoCertificate
    address = address_of_badge(page)
    picture = wired().storage.read(one.badge.picture) if one.badge.picture else None
    words = _words(one, page.sheet.holder, address, code)
    try:
        data = certificate_pdf(words, qr_svg(address), picture, utcnow(), one.badge.payload if with_badge else None)
    except CannotRender as error:
        raise NotFound from error
    response = Response(data, mimetype="application/pdf")
    response.headers["Content-Disposition"] = disposition(f"{one.badge.name or 'badge'}.pdf")
    return response


def _words(one: BadgeSheet, holder: str, address: str, code: str | None) -> Certificate:
    shown = one.report.credential
    issued, ends = shown.valid_from or shown.awarded_on or one.badge.issued_on, shown.valid_until
    dates = [
        _("Issued on %(day)s.", day=day(issued)) if issued else "",
        _("Valid until %(day)s.", day=day(ends)) if ends else "",
    ]
    return Certificate(
        holder=holder,
        said=_("issued to %(name)s the badge", name=holder) if holder else _("issued to this person the badge"),
        title=one.badge.name or _("Badge"),
        description=in_language(shown.achievement.description),
        criteria_title=_("What had to be done"),
        criteria=in_language(shown.achievement.criteria.narrative),
        issuer=one.badge.issuer_name or _("Issuer without a name"),
        how_known=sentence(how_known(one.report)),
        dates=" ".join(part for part in dates if part),
        code=_("Check code: %(code)s", code=printed(code)) if code else "",
        address=address,
        note=_("How it stands today is at this address:"),
        language=language(),
        evidence_title=_("Evidence"),
        evidence=proofs_of(one, holder),
    )
