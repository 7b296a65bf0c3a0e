"""Backpack: a learner's Open Badges, verified again whenever they are shown."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from backpack import database, jobs, mail, rendering, tables, web
from backpack.accounts import presence, providers
from backpack.accounts import sweeping as account_work
from backpack.accounts import views as accounts
from backpack.archive import refreshing
from backpack.badges import handlers as badge_work
from backpack.badges import looking as badge_looks
from backpack.badges import removals, unpacking
from backpack.badges import views as badges
from backpack.badges.queries import addresses_in_use
from backpack.badges.recording import VERDICT_CHANGED, documents_changed
from backpack.bell import bell_of
from backpack.collections import views as collections
from backpack.cv import views as cv
from backpack.cv.queries import room_taken as room_of_cvs
from backpack.demo import views as demo
from backpack.demo.issuers import DemoIssuers
from backpack.endorsements import sweeping as endorsement_work
from backpack.endorsements import views as endorsements
from backpack.evidence import handlers as evidence_work
from backpack.evidence import views as evidence
from backpack.evidence.queries import room_taken as room_of_works
from backpack.leaving import handlers as leaving_work
from backpack.leaving import views as leaving
from backpack.notices import letters as notice_letters
from backpack.notices import looking as notice_work
from backpack.notices import telling
from backpack.notices import views as notices
from backpack.outbound import Outbound
from backpack.publishing import views as publishing
from backpack.settings import Settings, load
from backpack.skills import views as skills
from backpack.staff import views as staff
from backpack.storage import storage_of
from backpack.web import incoming
from backpack.wiring import Handler, Wiring

ROOT = Path(__file__).resolve().parent.parent
SLICES = (accounts, badges, skills, evidence, endorsements, collections, publishing, cv, notices, leaving, staff, demo)
"""Whose pages there are."""


def create_app(settings: Settings | None = None, outbound: Outbound | None = None) -> Flask:
    """The application, wired: the one place where things are put together. Raises SettingsError.

    `outbound` replaces the door to the network, for tests that bring issuers of their own.
    """
    settings = settings or load()
    settings.data.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_ENGINES={"default": database.engine_options(settings.database_url)},
    )
    tables.settle()
    database.init_app(app)
    rendering.use_fonts(Path(settings.fonts_dir))
    jobs.use_bell(bell_of(settings.redis_url))
    mailer = mail.mailer_of(settings.mail_url)
    handlers: dict[str, Handler] = {}
    wiring = Wiring(
        settings=settings,
        outbound=outbound or door(settings),
        storage=storage_of(settings.storage_url),
        mailer=mailer,
        handlers=handlers,
        told=documents_changed,
    )
    handlers |= {
        mail.JOB: mail.sending(mailer, settings.mail_from),
        account_work.SWEEP: account_work.sweep,
        endorsement_work.SWEEP: endorsement_work.sweep,
        refreshing.REFRESH: refreshing.refreshing(wiring),
        refreshing.SWEEP: partial(refreshing.sweep, addresses_in_use()),
        **badge_work.handlers(wiring),
        **unpacking.handlers(wiring, _room_elsewhere),
        badge_looks.LOOK: badge_looks.look,
        VERDICT_CHANGED: notice_work.verdict_changed,
        notice_work.LOOK: notice_work.look,
        telling.WRITE: notice_letters.write,
        **leaving_work.handlers(wiring),
        removals.END: removals.ending(wiring),
        **evidence_work.handlers(wiring),
    }
    handlers[badge_work.CONFIRMED] = leaving_work.after_confirmation(handlers[badge_work.CONFIRMED])
    app.extensions["backpack"] = wiring
    web.init_app(app)
    presence.init_app(app, settings)
    providers.init_app(app, settings)
    for slice_ in SLICES:
        app.register_blueprint(slice_.bp)
    incoming.trust_proxies(app, settings)
    return app


def _room_elsewhere(session: Session, person_id: int) -> int:
    """Bytes that a person's files take beside those of badges: works, and published CVs."""
    return room_of_works(session, person_id) + room_of_cvs(session, person_id)


def door(settings: Settings) -> Outbound:
    """The way out of the process; in the living example, its issuers answer inside it."""
    if settings.demo:
        return Outbound(settings.public_url, answers=DemoIssuers(settings.data / "demo").answer)
    return Outbound(settings.public_url)
