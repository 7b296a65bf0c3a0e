"""Backpack: a learner's Open Badges, verified again whenever they are shown."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from backpack import database, web
from backpack.accounts import presence
from backpack.database import db
from backpack.settings import Settings, load
from backpack.wiring import Wiring

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Settings | None = None) -> Flask:
    """The application, wired: the one place where things are put together. Raises SettingsError."""
    settings = settings or load()
    settings.data.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_ENGINES={"default": {"url": settings.database_url, "pool_pre_ping": True}},
    )
    db.init_app(app)
    with app.app_context():
        database.prepare(db.engine)
    app.extensions["backpack"] = Wiring(settings=settings)
    web.init_app(app)
    presence.init_app(app, settings)
    return app
