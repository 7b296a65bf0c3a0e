"""Whoever leaves is gone: from rows, files, queue, the database's own file, and from a backup that is put back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from backpack.accounts.identities import Claims
from backpack.accounts.models import Person
from backpack.accounts.sessions import new_session
from backpack.badges.queries import own_badges
from backpack.cli import main
from backpack.database import PlainText, db, reading, transaction, utcnow
from backpack.leaving import journal
from backpack.leaving.forgetting import clean_file, drop_orphans, fingerprint, forget, forget_again
from backpack.leaving.ledger import KEPT
from backpack.leaving.models import Deletion
from backpack.leaving.queue import LETTERS, OF_DOCUMENTS, OF_NAMES, OF_NOBODY, OF_ROWS
from backpack.leaving.rows import rows_of, table_named
from backpack.leaving.sweeping import sweep
from backpack.leaving.traces import traces
from backpack.publishing.links import token_of
from backpack.settings import Settings
from backpack.wiring import wired
from tests.accounts.letters import letters_to, link_in
from tests.accounts.test_joining import sign_up
from tests.leaving.canaries import CANARY, plant
from tests.leaving.conftest import taken_out
from tests.leaving.full import ELSEWHERE, SECRET, links_of
from tests.leaving.zips import work
from tests.people import ADDRESS, post, sign_up_person, signed_in

OTHER = "noe@x.example"


def leave(client: FlaskClient) -> None:
    answer = post(client, "/compte/supprimer", "/compte/supprimer", word=" Supprimer ")
    assert answer.status_code == 200, answer.text
    assert "Votre compte est supprimé" in answer.text


def found(*words: str) -> list[str]:
    with reading() as session:
        return [place for word in words for place in traces(session, wired().storage, word)]


def held(data: Path, *words: str) -> list[str]:
    """Where a word stands in any byte or name of the site's folder and its object store, whoever's file it is."""
    files = {str(path.relative_to(data)): path for path in data.rglob("*") if path.is_file()}
    bytes_of = {name: path.read_bytes() for name, path in files.items()}
    bytes_of |= {key: wired().storage.read(key) for key, _at in wired().storage.dated_keys()}
    return [name for name, kept in bytes_of.items() for word in words if word.encode() in kept or word in name]


def test_a_canary_in_every_column_is_gone_and_nobody_elses(signed_in_client: FlaskClient, person: Person) -> None:
    with transaction() as session:
        plant(session, person)
        noe = sign_up_person(session, "Noé", OTHER)
    with reading() as session:
        before = rows_of(session, noe.id)
    places = found(CANARY)
    assert held(wired().settings.data, CANARY), "found where it was planted"
    planted = {place.partition(".")[0] for place in places}
    assert planted >= {kept.table for kept in KEPT if can_hold_words(kept.table)}, "found where they were planted"
    assert found(person.public_id)
    leave(signed_in_client)
    work()
    assert found(CANARY, person.public_id, ADDRESS, ELSEWHERE) == []
    assert held(wired().settings.data, CANARY, person.public_id, ADDRESS) == []
    with reading() as session:
        assert rows_of(session, noe.id) == before
        assert (
            session.scalar(sa.select(sa.func.count()).select_from(Deletion).where(Deletion.done_at.is_not(None))) == 1
        )


def can_hold_words(table: str) -> bool:
    """Whether a table has a column for text or bytes of a person's own."""
    kinds = (sa.Text, sa.LargeBinary, sa.JSON, PlainText)
    return any(isinstance(column.type, kinds) for column in table_named(table).columns if not is_key(column.name))


def is_key(column: str) -> bool:
    return column in {"storage_key", "clean_key", "picture"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_kind_of_job_is_known_to_whoever_leaves(app: Flask) -> None:
    known = {*OF_ROWS, *OF_NAMES, *OF_DOCUMENTS, *OF_NOBODY, LETTERS}
    unknown = set(wired().handlers) - known
    assert not unknown, f"{sorted(unknown)}: say in backpack/leaving/queue.py whom these jobs are about"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_page_says_what_goes_and_which_links_die(full: FlaskClient) -> None:
    page = full.get("/compte/supprimer").text
    for words in ("3 badges", "3 preuves", "3 liens ouverts", "M. Roy", "30 jours", "ne peut pas être annulé"):
        assert words in page, words


@pytest.mark.parametrize("word", ["", "oui", "delete", "supprime"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_the_word_nothing_happens(full: FlaskClient, person: Person, word: str) -> None:
    answer = post(full, "/compte/supprimer", "/compte/supprimer", word=word)
    assert answer.status_code == 422
    assert "Tapez le mot" in answer.text
    with reading() as session:
        assert len(own_badges(session, person.id)) == 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_after_proof(full: FlaskClient) -> None:
    with time_machine.travel(utcnow() + timedelta(minutes=11)):
        assert post(full, "/compte/supprimer", "/compte/supprimer", word="supprimer").status_code == 403


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_links_die_at_once_and_the_browser_is_signed_out(full: FlaskClient, app: Flask, person: Person) -> None:
    addresses = [f"/p/{token_of(one, SECRET)}" for one in links_of(person)[:2]]
    assert all(app.test_client().get(one).status_code < 400 for one in addresses)
    leave(full)
    assert [app.test_client().get(one).status_code for one in addresses] == [410, 410]
    assert full.get("/compte").status_code == 303


def test_what_an_issuer_answered_stays_while_somebody_elses_badge_rests_on_it(
    full: FlaskClient, app: Flask, person: Person
) -> None:
    with reading() as session:
        whole = session.scalar(sa.text("SELECT count(*) FROM document"))
    with transaction() as session:
        noe = sign_up_person(session, "Noé", OTHER)
        badge = next(one for one in own_badges(session, person.id) if one.version == "2.0")
        session.execute(sa.text("UPDATE badge SET person_id = :noe WHERE id = :id"), {"noe": noe.id, "id": badge.id})
    leave(full)
    work()
    with reading() as session:
        left = session.scalar(sa.text("SELECT count(*) FROM document"))
    assert whole
    assert 0 < (left or 0) < whole


STEPS = ("storage", "journal", "clean_file")
CHILD = """
import os, sys
from backpack import create_app, jobs
from backpack.leaving import forgetting
from backpack.storage import Storage
from backpack.wiring import wired
die = lambda *given: os._exit(9)
match sys.argv[1]:
    case "storage": Storage.forget = die
    case "journal": forgetting.journal.write = die
    case "clean_file": forgetting.clean_file = die
with create_app().app_context():
    jobs.run_pending(wired().handlers)
"""


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_worker_killed_at_any_step_is_taken_up_again(
    full: FlaskClient, person: Person, settings: Settings, step: str
) -> None:
    """Killed without a word, in a process of its own, while the step begins; the next worker goes on."""
    leave(full)
    environment = {
        **os.environ,
        "SECRET_KEY": settings.secret_key,
        "DATA_DIR": settings.data_dir,
        "DATABASE_URL": settings.database_url,
        "MAIL_URL": "memory:",
    }
    root = Path(__file__).resolve().parents[2]
    child = subprocess.run([sys.executable, "-c", CHILD, step], env=environment, cwd=root, check=False)
    assert child.returncode == 9
    with transaction() as session:
        assert session.scalars(sa.select(Deletion)).one().done_at is None
        session.execute(sa.text("UPDATE job SET leased_until = NULL WHERE finished_at IS NULL"))
    work()
    assert found(person.public_id, ADDRESS, ELSEWHERE) == []
    assert journal.read(settings.data / journal.NAME) == {fingerprint(person.public_id, settings.secret_key)}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_deletion_whose_job_was_lost_is_found_by_the_daily_sweep(full: FlaskClient, person: Person) -> None:
    leave(full)
    with transaction() as session:
        session.execute(sa.text("DELETE FROM job"))
    sweep(wired(), {})
    work()
    assert found(person.public_id) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_put_back_is_cleared_again(full: FlaskClient, person: Person, settings: Settings) -> None:
    data, path = settings.data, Path(settings.database_url.removeprefix("sqlite:///"))
    clean_file()  # all of it is in the one file now
    backup = path.with_suffix(".backup")
    shutil.copy(path, backup)
    shutil.copytree(data / "files", data / "backup")
    leave(full)
    work()
    db.engine.dispose()
    for left in path.parent.glob(f"{path.name}-*"):
        left.unlink()
    shutil.copy(backup, path)
    backup.unlink()
    shutil.rmtree(data / "files")
    (data / "backup").rename(data / "files")
    assert found(person.public_id, ADDRESS), "the backup brought them back"
    assert forget_again(wired(), journal.read(data / journal.NAME), utcnow()) == 1
    work()
    assert found(person.public_id, ADDRESS, ELSEWHERE) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_files_without_their_rows_go_too_after_a_backup(full: FlaskClient, person: Person, settings: Settings) -> None:
    leave(full)
    work()
    wired().storage.put(person.public_id, b"a file that came back")
    assert forget_again(wired(), journal.read(settings.data / journal.NAME), utcnow()) == 0
    assert list(wired().storage.keys()) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_else_is_forgotten_by_a_foreign_journal(full: FlaskClient, person: Person) -> None:
    assert forget_again(wired(), {fingerprint(person.public_id, "another key of another site")}, utcnow()) == 0
    with reading() as session:
        assert session.get(Person, person.id) is not None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_fingerprints_go_when_no_backup_can_be_older(full: FlaskClient, settings: Settings) -> None:
    leave(full)
    work()
    path = settings.data / journal.NAME
    path.write_text(path.read_text() + '{"left": "cut of')
    with time_machine.travel(utcnow() + timedelta(days=59)):
        sweep(wired(), {})
        assert len(journal.read(path)) == 1
    with time_machine.travel(utcnow() + timedelta(days=61)):
        sweep(wired(), {})
        assert journal.read(path) == set()
        with reading() as session:
            assert session.scalar(sa.select(sa.func.count()).select_from(Deletion)) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_leaving_while_a_zip_is_being_made_leaves_no_zip(full: FlaskClient, person: Person) -> None:
    taken_out(full)
    post(full, "/compte/emporter", "/compte/emporter")
    leave(full)
    work()
    assert list(wired().storage.keys()) == []


def test_the_doctor_finds_traces_or_nothing(
    full: FlaskClient,
    person: Person,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("secret_key", "data_dir", "database_url", "storage_url", "mail_url"):
        monkeypatch.setenv(name.upper(), getattr(settings, name))
    assert main(["doctor"]) == 0
    assert main(["doctor", "--deleted", person.public_id, ADDRESS]) == 1
    assert "person.public_id: 1" in capsys.readouterr().out
    with transaction() as session:
        forget(session, session.get_one(Person, person.id), settings.secret_key, utcnow())
    assert main(["doctor"]) == 1
    assert "deletions not finished: 1" in capsys.readouterr().out
    work()
    assert main(["doctor", "--deleted", person.public_id, ADDRESS, ELSEWHERE]) == 0
    assert "Nothing was found." in capsys.readouterr().out
    assert main(["deletions", "replay"]) == 0
    assert "1 in the journal; 0 were back" in capsys.readouterr().out


def test_answers_on_which_no_badge_rests_go_after_a_month(full: FlaskClient) -> None:
    """The badge that waits outside left some; the one inside keeps its own."""
    with transaction() as session:
        assert drop_orphans(session, utcnow() + timedelta(days=30)) == 0
        assert drop_orphans(session, utcnow() + timedelta(days=32)) > 0
        assert session.scalar(sa.text("SELECT count(*) FROM document")), "what a badge rests on stays"
        assert drop_orphans(session, utcnow() + timedelta(days=32)) == 0


def test_a_browser_that_only_signed_up_holds_nothing_either(app: Flask) -> None:
    """Signed up in one browser, or named there by a provider; confirmed in another."""
    first, phone, other = app.test_client(), app.test_client(), app.test_client()
    zoe, words = "zoe@etu.estuaire.example", "a boat on the quay"
    sign_up(first, name="Zoé", address=zoe, password=words)
    sign_up(other, name="Noé", address=OTHER, password=words)
    with transaction() as session:
        said = Claims(provider="estuaire", issuer="https://login.example", subject="u1", address=zoe)
        session.add(new_session("kept", None, {"newcomer": said.kept(utcnow())}, utcnow()))
    phone.get(link_in(letters_to(zoe)[0]))
    assert post(phone, "/confirmer", "/confirmer", password=words).status_code == 303
    leave(phone)
    work()
    assert found(zoe) == []
    assert "session.content: 1" in found(OTHER), "nobody else's goes"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_signing_up_again_with_the_same_address_is_possible(full: FlaskClient, app: Flask, person: Person) -> None:
    leave(full)
    work()
    with transaction() as session:
        again = sign_up_person(session)
    assert again.public_id != person.public_id
    assert signed_in(app.test_client(), again).get("/compte").status_code == 200
