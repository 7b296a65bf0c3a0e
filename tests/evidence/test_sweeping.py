"""Files that nobody looked into and no job waits for are asked for again: not all at once, and not for ever."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from backpack import jobs
from backpack.accounts.models import Person
from backpack.badges.models import Badge
from backpack.database import reading, transaction, utcnow
from backpack.evidence import sweeping
from backpack.evidence.models import ArtefactFile
from backpack.evidence.previews import PREVIEW
from backpack.evidence.sweeping import DAY, forgotten, sweep
from backpack.jobs import Job
from backpack.wiring import wired
from tests.backpacks import give_badge
from tests.evidence import files
from tests.evidence.test_pages import add_file


@pytest.fixture
def badge(person: Person) -> Badge:
    return give_badge(person)


def jobs_of_files() -> list[Job]:
    with reading() as session:
        return list(session.scalars(sa.select(Job).where(Job.kind == PREVIEW)))


def only_file() -> ArtefactFile:
    with reading() as session:
        return session.scalars(sa.select(ArtefactFile)).one()


def lose(**found: Any) -> None:
    """Make the file one whose job is gone."""
    with transaction() as session:
        session.execute(sa.delete(Job).where(Job.kind == PREVIEW))
        session.execute(sa.update(ArtefactFile).values(looked_at=None, **found))


def die(times: int, when: datetime) -> None:
    key, now = str(only_file().id), utcnow()
    with transaction() as session:
        for _ in range(times):
            values = {"kind": PREVIEW, "key": key, "payload": {}, "run_at": now, "created_at": now}
            session.add(Job(**values, finished_at=when, died_at=when))


@pytest.mark.parametrize(
    ("data", "name", "as_left", "found"),
    [
        pytest.param(files.photo(), "a.jpg", {}, {"preview": "made"}, id="a picture whose work was away meanwhile"),
        pytest.param(
            files.docx(properties="<dc:creator>Léa</dc:creator>"),
            "a.docx",
            {},
            {"names": ["Léa"]},
            id="a document from before anybody looked whom they name",
        ),
        pytest.param(
            files.mp4(moov=files.track()), "a.mp4", {"preview": "none"}, {"blanks": []}, id="a film from before"
        ),
    ],
)
def test_a_file_nobody_looks_into_is_asked_for_again_once(
    signed_in_client: FlaskClient, badge: Badge, data: bytes, name: str, as_left: dict[str, Any], found: dict[str, Any]
) -> None:
    add_file(signed_in_client, badge, data, name)
    lose(**as_left)
    sweep({})
    sweep({})
    assert len(jobs_of_files()) == 1
    jobs.run_pending(wired().handlers)
    assert {name: getattr(only_file(), name) for name in found} == found
    assert only_file().looked_at
    with reading() as session:
        assert not forgotten(session, utcnow())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("data", "name"),
    [
        pytest.param(b"%PDF-1.7\nno document\nstartxref\n0\n%%EOF\n", "a.pdf", id="a document nobody can read"),
        pytest.param(files.mp4(), "a.mp4", id="a film that cannot be told apart"),
        pytest.param(files.wav(), "a.wav", id="a sound, of which there is nothing to see"),
    ],
)
def test_what_was_looked_into_is_left_alone_whatever_was_found(
    signed_in_client: FlaskClient, badge: Badge, data: bytes, name: str
) -> None:
    add_file(signed_in_client, badge, data, name)
    jobs.run_pending(wired().handlers)
    with reading() as session:
        assert not forgotten(session, utcnow())


def test_one_whose_job_died_is_tried_the_next_day_and_given_up_at_last(
    signed_in_client: FlaskClient, badge: Badge
) -> None:
    add_file(signed_in_client, badge, files.photo(), "a.jpg")
    lose()
    now = utcnow()
    die(1, now)
    with reading() as session:
        assert not forgotten(session, now + timedelta(hours=23))
        assert len(forgotten(session, now + DAY)) == 1
    die(2, now - 2 * DAY)
    with transaction() as session:
        session.execute(sa.update(Job).where(Job.died_at == now).values(died_at=now - DAY))
    sweep({})
    assert all(job.died_at for job in jobs_of_files())
    assert (only_file().preview, only_file().looked_at is not None) == ("failed", True)
    with reading() as session:
        assert not forgotten(session, now)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_sweep_asks_for_some_and_for_the_next_sweep(
    signed_in_client: FlaskClient, badge: Badge, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        add_file(signed_in_client, badge, files.photo(size=(40, 30 + number)), f"{number}.jpg")
    lose()
    monkeypatch.setattr(sweeping, "MOST_A_SWEEP", 2)
    sweep({})
    assert len(jobs_of_files()) == 2
    sweep({})
    assert len(jobs_of_files()) == 3
    with reading() as session:
        assert session.scalar(sa.select(Job.run_at).where(Job.kind == sweeping.SWEEP))
