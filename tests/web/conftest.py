"""An application with a few pages of our own, to see what happens before and after any view."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Blueprint, Flask, jsonify, render_template_string, request
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from backpack.errors import BackpackError, Gone, NotFound, TooLarge, TooMany
from backpack.openbadges.errors import NoBadgeFound
from backpack.web.incoming import takes
from backpack.web.strangers import for_machines, for_strangers

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

    @bp.get("/probe/words")
    def words() -> ResponseReturnValue:
        return render_template_string('{% extends "app.html" %}{% block main %}{% endblock %}')

    return bp


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
