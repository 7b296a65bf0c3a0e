"""An application with a few pages of our own, to see what happens before and after any view."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Blueprint, Flask, jsonify, redirect, render_template_string, request
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from wtforms import BooleanField, Form, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from backpack.errors import BackpackError, Gone, NotFound, TooLarge, TooMany
from backpack.openbadges.errors import NoBadgeFound
from backpack.openbadges.reasons import REASONS
from backpack.openbadges.report import Outcome, Report
from backpack.web.incoming import takes
from backpack.web.strangers import for_machines, for_strangers
from backpack.web.verdicts import Headline, headline
from tests.journeys.conftest import browser_context_args, browser_type_launch_args
from tests.web.reports import NOW, UNKNOWN, last, report

__all__ = ["browser_context_args", "browser_type_launch_args"]
RECEIVED = """{% extends "page.html" %}{% block title %}Reçu{% endblock %}
{% block main %}<h1>n = {{ n }}</h1>{% endblock %}"""
GUIDE = Path(__file__).with_name("guide.html")

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """These pages ask the database nothing: one kind is enough."""
    copy = tmp_path / "backpack.db"
    copy.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{copy}"


def probes() -> Blueprint:
    """Pages that do nothing but what they are asked for."""
    bp = Blueprint("probes", __name__)
    errors: dict[str, Exception] = {
        "not-found": NotFound(),
        "gone": Gone(),
        "too-large": TooLarge(),
        "too-many": TooMany(minutes=10),
        "plain": BackpackError(),
        "no-badge": NoBadgeFound(),
        "database": OperationalError("SELECT secret-of-camille", {}, Exception("locked")),
        "disk": OSError(28, "No space left on device"),
        "defect": ValueError("secret-of-camille"),
    }

    @bp.route("/probe/browser", methods=["GET", "POST"])
    def browser() -> ResponseReturnValue:
        return render_template_string("{{ csrf_token() }}") if request.method == "GET" else "done"

    @bp.post("/probe/stranger")
    @for_strangers
    def stranger() -> ResponseReturnValue:
        return "done"

    @bp.post("/probe/machine")
    @for_machines
    def machine() -> ResponseReturnValue:
        return jsonify(done=True)

    @bp.post("/probe/files")
    @for_strangers
    @takes(lambda settings: settings.max_import_mb, long_text=True)
    def files() -> ResponseReturnValue:
        return str(sum(len(file.read()) for file in request.files.values()))

    @bp.get("/probe/raises/<kind>")
    def raises(kind: str) -> ResponseReturnValue:
        raise errors[kind]

    @bp.get("/probe/guide")
    def guide() -> ResponseReturnValue:
        return render_template_string(
            GUIDE.read_text(), reports=every_report(), headlines=every_headline(), fields=filled()
        )

    @bp.post("/probe/upload")
    @for_strangers
    def upload() -> ResponseReturnValue:
        return redirect(f"/probe/uploaded/{len(request.files.getlist('file'))}", 303)

    @bp.get("/probe/uploaded/<int:number>")
    @for_strangers
    def uploaded(number: int) -> ResponseReturnValue:
        return render_template_string(RECEIVED, n=number)

    asked: list[None] = []

    @bp.get("/probe/part")
    @for_strangers
    def part() -> ResponseReturnValue:
        asked.append(None)
        more = ' data-refresh="/probe/part"' if len(asked) < 2 else ""
        return f'<div id="part"{more}>asked {len(asked)}</div>'

    @bp.get("/probe/words")
    def words() -> ResponseReturnValue:
        return render_template_string('{% extends "app.html" %}{% block main %}{% endblock %}')

    return bp


class Fields(Form):  # type: ignore[misc]
    """One field of each kind, one of them wrong."""

    name = StringField("Nom", validators=[InputRequired()])
    address = StringField("Adresse du badge", description="Commence par https://", validators=[Length(max=3)])
    story = TextAreaField("Récit", id="story", validators=[Length(max=300)])
    kind = SelectField("Qui peut voir", choices=["Privé", "Avec le lien", "Public"])
    level = RadioField("Niveau", choices=["Un", "Deux"], default="Un")
    shown = BooleanField("Montrer mes preuves", description="Deux documents, sans visage")


def filled() -> Fields:
    fields = Fields(data={"name": "Camille", "address": "http://10.0.0.4/b", "kind": "Privé", "level": "Un"})
    fields.validate()
    return fields


def every_report() -> list[Report]:
    """One report for each reason, the good ones first."""
    reasons = [report(reason.outcome, code, date="2026-06-30", name="x", what="id") for code, reason in REASONS.items()]
    return [report(), report(valid_until=NOW + timedelta(days=19)), report(issuer=UNKNOWN), *reasons]


def every_headline() -> list[Headline]:
    known = [last(Outcome.VALID, NOW), last(Outcome.REVOKED, NOW, "revoked"), last(Outcome.REVOKED, NOW, "suspended")]
    return [headline(replace(one, last=word)) for word in known for one in every_report()]


@pytest.fixture
def app(app: Flask) -> Flask:
    app.register_blueprint(probes())
    return app


@contextmanager
def reader(app: Flask, path: str = "/") -> Iterator[None]:
    """A request of its own: nothing is left from the one before, neither language nor anything else in `g`."""
    with app.app_context(), app.test_request_context(path):
        yield


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
