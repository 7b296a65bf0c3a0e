"""Letters: queued in the transaction that asks for them, sent by a job. Where they go is one setting.

`folder:PATH` writes each letter into a file and names it in the log, `smtp://` and `smtps://` hand it to a server,
`memory:` keeps it for a test. A letter is plain text; its sentences come from templates/mail/.
"""

from __future__ import annotations

import re
import secrets
import smtplib
import ssl
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from sqlalchemy.orm import Session

from backpack import jobs
from backpack.database import utcnow

JOB = "mail.send"
SECONDS = 20
"""How long a mail server may take for one letter."""
PATIENCE = timedelta(days=2)
"""How long a letter waits for a server that is away or asks us to come later."""
SOONEST, LATEST = 30.0, 3600.0
"""Seconds between two tries: as long as it has waited already, within these."""
HERE = frozenset(("localhost", "127.0.0.1", "::1"))
LINK = re.compile(r"https?://\S+")

STOP = "List-Unsubscribe"

log = structlog.get_logger("mail")
Mailer = Callable[[EmailMessage], None]


def post(session: Session, *, to: str, subject: str, body: str, now: datetime, stop: str | None = None) -> None:
    """Queue a letter with this transaction: it goes out if, and only if, the transaction is kept.

    A line break in an address or a subject would be a header of somebody's own making: it becomes a space. `stop` is
    the address to which a mail program posts when its owner wants no more of such letters (RFC 8058).
    """
    payload: dict[str, Any] = {
        "to": _one_line(to),
        "subject": _one_line(subject),
        "body": body,
        "written_at": now.isoformat(),
    }
    if stop is not None:
        payload["stop"] = stop
    jobs.ask(session, JOB, secrets.token_hex(12), now, priority=5, **payload)


def sending(mailer: Mailer, sender: str) -> Callable[[dict[str, Any]], None]:
    """The handler of `mail.send`. A server that is away, or says that it is for now, gets the letter later, for two
    days. Else it raises what the server raised, so that the job is tried again as any other: of its answers only the
    codes, as its words name the address."""

    def send(payload: dict[str, Any]) -> None:
        try:
            mailer(letter(payload, sender))
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(payload, error, [code for code, _words in error.recipients.values()]) from None
        except smtplib.SMTPResponseException as error:
            raise _refused(payload, error, [error.smtp_code]) from None
        except OSError as error:  # nobody is there, or the line broke
            raise _in_a_while(payload, error) from None

    return send


def _refused(payload: dict[str, Any], error: smtplib.SMTPException, codes: list[int]) -> Exception:
    failure = jobs.Failure(" ".join([type(error).__name__, *(str(code) for code in codes)]))
    for_now = all(400 <= code < 500 for code in codes)  # RFC 5321, 4.2.1
    return _in_a_while(payload, failure) if for_now else failure


def _in_a_while(payload: dict[str, Any], error: Exception) -> Exception:
    """What to raise for a fault that may pass; the fault itself once the letter has waited long enough."""
    waited = utcnow() - datetime.fromisoformat(payload["written_at"])
    if waited > PATIENCE:
        return error
    log.warning("letter waits", error=str(error) if isinstance(error, jobs.Failure) else type(error).__name__)
    return jobs.Later(min(max(waited.total_seconds(), SOONEST), LATEST))


class _Unbroken(EmailPolicy):
    """As SMTP wants it, but an address in a header stays one word: the library would break a long one into pieces of
    an encoding that mail programs do not read there."""

    def fold(self, name: str, value: str) -> str:
        return f"{name}: {value}{self.linesep}" if name == STOP else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode() if name == STOP else super().fold_binary(name, value)


AS_SENT = _Unbroken() + SMTP


def letter(payload: dict[str, Any], sender: str) -> EmailMessage:
    """The letter that `post` queued."""
    made = EmailMessage(policy=AS_SENT)
    if "stop" in payload:
        made[STOP] = f"<{payload['stop']}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made["From"] = sender
    made["To"] = payload["to"]
    made["Subject"] = payload["subject"]
    made["Date"] = format_datetime(datetime.fromisoformat(payload["written_at"]))
    made["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].rpartition("@")[2] or "localhost")
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(payload["body"])
    return made


def mailer_of(url: str) -> Mailer:
    """The way letters go, by the MAIL_URL setting."""
    if url.startswith("folder:"):
        return InFolder(Path(url.removeprefix("folder:")))
    return InMemory() if url.startswith("memory:") else ByServer(url)


class InFolder:
    """A file for each letter, for a laptop. The log names the file and the links, so that one can go on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, letter: EmailMessage) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{secrets.token_hex(8)}.eml"
        path.write_bytes(letter.as_bytes())
        log.info("letter", file=str(path), subject=letter["Subject"], links=LINK.findall(letter.get_content()))


class InMemory:
    """Keeps letters, for tests."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    def __call__(self, letter: EmailMessage) -> None:
        self.letters.append(letter)


class ByServer:
    """Hands letters to a mail server: `smtp://user:password@host:587` (TLS where offered), `smtps://` (TLS at once).

    A certificate that is not good stops the letter, except on this very machine, where `smtp://` asks for no TLS.
    """

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)

    def __call__(self, letter: EmailMessage) -> None:
        with closing(self._connected()) as server:
            server.send_message(letter)

    def _connected(self) -> smtplib.SMTP:
        parts = self._parts
        host = parts.hostname or "localhost"
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=SECONDS, context=_trust())
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=SECONDS)
            server.ehlo()
            if server.has_extn("starttls") and host not in HERE:
                server.starttls(context=_trust())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        return server


def _trust() -> ssl.SSLContext:
    """smtplib's own default looks at no certificate."""
    return ssl.create_default_context()


def _one_line(text: str) -> str:
    return " ".join(text.split())
