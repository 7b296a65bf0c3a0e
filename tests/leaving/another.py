"""A second site, somebody who comes there with an export, and exports that were tampered with."""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from backpack import create_app
from backpack.accounts.addresses import add_address, confirm_address, read_address
from backpack.badges.models import ImportItem
from backpack.database import db, reading, transaction, utcnow
from backpack.leaving.models import Homecoming
from backpack.outbound import Outbound
from backpack.settings import Settings
from tests.badges.issuers import Issuer
from tests.leaving.zips import json_in, members, work
from tests.people import Browser, sign_up_person, signed_in, token_of


@contextmanager
def another_site(settings: Settings, tmp_path: Path, template: Path, issuer: Issuer) -> Iterator[Flask]:
    """A fresh instance with another key, another database and other files."""
    folder = tmp_path / "another"
    folder.mkdir()
    (folder / "backpack.db").write_bytes(template.read_bytes())
    own = dataclasses.replace(
        settings,
        secret_key="the key of another site, just as long",
        data_dir=str(folder),
        database_url=f"sqlite:///{folder / 'backpack.db'}",
        storage_url=str(folder / "files"),
    )
    app = create_app(own, Outbound(own.public_url, answers=issuer.answer))
    app.test_client_class = Browser
    with app.app_context():
        yield app
        db.engine.dispose()


def newcomer(app: Flask, *more: str) -> FlaskClient:
    """The same person signs up there, with the same first address and these others."""
    now = utcnow()
    with transaction() as session:
        person = sign_up_person(session)
        for address in more:
            confirm_address(session, add_address(session, person, read_address(address), now), now)
    return signed_in(app.test_client(), person)


def bring(client: FlaskClient, box: bytes, name: str = "export.zip") -> list[ImportItem]:
    """Upload it, let the worker work until nothing waits any more, and tell the lines of the report."""
    data = {"csrf_token": token_of(client, "/compte/rapporter"), "file": (io.BytesIO(box), name)}
    answer = client.post("/compte/rapporter", data=data)
    assert answer.status_code == 303, answer.text
    settle()
    assert client.get(answer.location).status_code == 200
    with reading() as session:
        batch = answer.location.rpartition("/")[2]
        return list(session.query(ImportItem).filter_by(batch=batch).order_by(ImportItem.id))


def settle() -> None:
    for _ in range(20):
        work()
        with transaction() as session:  # a job that looks again in two seconds looks now
            waiting = session.execute(
                sa.text("UPDATE job SET run_at = created_at WHERE finished_at IS NULL AND kind = 'leaving.bring-back'")
            )
            if not getattr(waiting, "rowcount", 0) or session.query(Homecoming).filter_by(state="given").count():
                continue
            done = session.query(ImportItem).filter_by(result="waiting").count() == 0
        if done:
            work()
            return


def count(table: type[Any]) -> int:
    with reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def changed(box: bytes, name: str, change: Callable[[Any], Any]) -> bytes:
    """The export with one of its JSON files changed."""
    files = members(box)
    files[name] = json.dumps(change(json.loads(files[name]))).encode()
    return packed(files)


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        for path, data in files.items():
            box.writestr(path, data)
    return out.getvalue()


def originals(box: bytes) -> dict[str, bytes]:
    paths = {one["sha256"]: one["path"] for one in json_in(box, "manifest.json")["files"]}
    files = members(box)
    content = json_in(box, "backpack.json")
    named = [file["file"] for kind in ("badges", "works") for one in content[kind] for file in one["files"]]
    named += [one["payload"] for one in content["badges"]] + [one["file"] for one in content["arrivals"]]
    named += [version["file"] for one in content["cvs"] for version in one["versions"]]
    return {digest: files[paths[digest]] for digest in named}
