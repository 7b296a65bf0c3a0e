"""Letters go out with the transaction that asks for them, into a folder or to a real server."""

from __future__ import annotations

import email
import ssl
from datetime import timedelta
from email.message import EmailMessage, Message
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from flask import Flask

from backpack import jobs, mail
from backpack.database import reading, transaction, utcnow
from backpack.jobs import Job
from tests.loopback import Authority, hanging, serving
from tests.servers import free_port

PAYLOAD = {
    "to": "camille@kervella.example",
    "subject": "Confirmez votre adresse",
    "body": "Ouvrez ce lien : http://localhost:8000/confirmer/abc\n",
    "written_at": "2026-11-23T14:05:00+00:00",
}


def queued() -> list[dict[str, Any]]:
    with reading() as session:
        return [job.payload for job in session.scalars(sa.select(Job).where(Job.kind == mail.JOB))]


def test_a_letter_is_kept_with_its_transaction(app: Flask) -> None:
    with transaction() as session:
        mail.post(session, to="a@b.example", subject="Bonjour", body="…", now=utcnow())
    assert [payload["to"] for payload in queued()] == ["a@b.example"]


def test_and_lost_with_it(app: Flask) -> None:
    def written_and_dropped() -> None:
        with transaction() as session:
            mail.post(session, to="a@b.example", subject="Bonjour", body="…", now=utcnow())
            raise KeyError("something else went wrong")

    with pytest.raises(KeyError):
        written_and_dropped()
    assert queued() == []


@pytest.mark.parametrize("evil", ["Hello\r\nBcc: all@example.org", "Hello\nX: 1", "Hello\r\n\r\nbody"])
def test_nobody_writes_a_header_of_ours(app: Flask, evil: str) -> None:
    with transaction() as session:
        mail.post(session, to="a@b.example", subject=evil, body="…", now=utcnow())
    made = mail.letter(queued()[0], "Backpack <backpack@localhost>")
    assert made["Bcc"] is None
    assert made["X"] is None
    assert "\n" not in str(made["Subject"])


def test_a_folder_holds_a_file_for_each_letter(tmp_path: Path) -> None:
    mail.sending(mail.mailer_of(f"folder:{tmp_path}"), "Backpack <backpack@localhost>")(PAYLOAD)
    (path,) = tmp_path.glob("*.eml")
    read = email.message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(read, EmailMessage)
    assert read["Subject"] == PAYLOAD["subject"]
    assert "http://localhost:8000/confirmer/abc" in read.get_content()


class Box:
    def __init__(self) -> None:
        self.letters: list[Message] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.letters.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 kept"


def test_a_server_gets_the_letter_as_it_was_written() -> None:
    box, port = Box(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        mail.sending(mail.mailer_of(f"smtp://127.0.0.1:{port}"), "Éditions <a@b.example>")(PAYLOAD)
    finally:
        controller.stop()
    (letter,) = box.letters
    assert isinstance(letter, EmailMessage)
    assert letter["To"] == PAYLOAD["to"]
    assert "Ouvrez ce lien : http://localhost:8000/confirmer/abc" in letter.get_content()


class Refusing(Box):
    async def handle_RCPT(self, _server: Any, _session: Any, _envelope: Any, address: str, _options: Any) -> str:
        return f"550 nobody here is {address}"


def test_an_address_that_a_server_refuses_is_neither_kept_nor_logged(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    controller = Controller(Refusing(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        send = mail.sending(mail.mailer_of(f"smtp://127.0.0.1:{port}"), "a@b.example")
        with transaction() as session:
            mail.post(session, to=PAYLOAD["to"], subject="Confirm", body=PAYLOAD["body"], now=utcnow())
        for _ in range(jobs.MOST_TRIES):
            with transaction() as session:
                session.execute(sa.update(Job).values(run_at=utcnow()))
            assert jobs.run_pending({mail.JOB: send}) == 1
    finally:
        controller.stop()
    with reading() as session:
        (job,) = session.scalars(sa.select(Job))
    assert job.died_at is not None
    assert (job.payload, job.last_error) == ({}, "SMTPRecipientsRefused 550")
    written = "".join(capsys.readouterr())
    assert "job died" in written
    assert PAYLOAD["to"] not in written


class Busy(Box):
    async def handle_RCPT(self, _server: Any, _session: Any, _envelope: Any, address: str, _options: Any) -> str:
        return f"450 come later with {address}"


@pytest.mark.parametrize("answers", [None, Busy()], ids=["nobody is there", "it asks to come later"])
def test_a_letter_waits_for_its_server(app: Flask, answers: Box | None) -> None:
    port = free_port()
    server = f"smtp://127.0.0.1:{port}"
    send = mail.sending(mail.mailer_of(server), "a@b.example")
    with transaction() as session:
        mail.post(session, to=PAYLOAD["to"], subject="Confirm", body=PAYLOAD["body"], now=utcnow())
    busy = Controller(answers, hostname="127.0.0.1", port=port) if answers else None
    if busy:
        busy.start()
    try:
        for _ in range(jobs.MOST_TRIES + 2):
            with transaction() as session:
                session.execute(sa.update(Job).values(run_at=utcnow()))
            jobs.run_pending({mail.JOB: send})
            with reading() as session:
                (job,) = session.scalars(sa.select(Job))
            assert (job.finished_at, job.attempts) == (None, 0)
            assert timedelta(seconds=20) < job.run_at - utcnow() < timedelta(seconds=40)
    finally:
        if busy:
            busy.stop()
    box = Box()
    there = Controller(box, hostname="127.0.0.1", port=port)
    there.start()
    try:
        with transaction() as session:
            session.execute(sa.update(Job).values(run_at=utcnow()))
        assert jobs.run_pending({mail.JOB: send}) == 1
    finally:
        there.stop()
    assert len(box.letters) == 1


def test_a_server_that_is_not_there_is_an_error_so_that_the_job_tries_again() -> None:
    with pytest.raises(ConnectionRefusedError):
        mail.sending(mail.mailer_of(f"smtp://127.0.0.1:{free_port()}"), "a@b.example")(PAYLOAD)


def test_a_server_with_a_certificate_of_its_own_making_gets_no_letter(tmp_path: Path) -> None:
    context = Authority(tmp_path).context_for("localhost", self_signed=True)
    with serving(hanging, context) as server:
        send = mail.sending(mail.mailer_of(f"smtps://localhost:{server.port}"), "a@b.example")
        with pytest.raises(ssl.SSLCertVerificationError):
            send(PAYLOAD)
