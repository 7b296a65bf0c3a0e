"""Documents from a recorded set instead of the network: for the command line, the tests and the living example.

The set is `{address: {"status": 200, "headers": {...}, "body": "..." | "body_file": "..."}}` or `{"error": "timeout"}`.
What is not in it does not answer. Redirects are followed within it by the rules of the outbound guard: at most five,
and never from https down to http.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit, urlunsplit

from backpack.openbadges.documents import Document, Missing

MOST_REDIRECTS = 5
REDIRECTS = frozenset((301, 302, 303, 307, 308))
FRESH = timedelta(days=1)
"""A recorded answer counts as fresh at the instant of judging; nothing can be asked again anyway."""


class UnusableRecord(Exception):
    """The recorded set cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class RecordedDocuments:
    """Answers every question from `answers`; `folder` is where a `body_file` lies; `now` dates the answers."""

    answers: Mapping[str, Mapping[str, Any]]
    now: datetime
    folder: Path | None = None

    def get(self, url: str, accept: str = "application/json") -> Document | Missing:
        """What the set says this address answers, after its redirects. `accept` changes nothing here."""
        chain = [_normal(url)]
        while True:
            recorded = self.answers.get(chain[-1]) or self.answers.get(url if len(chain) == 1 else chain[-1])
            if recorded is None or "error" in recorded:
                return self._missing(url, (recorded or {}).get("error", "connection"))
            headers = {name.lower(): value for name, value in recorded.get("headers", {}).items()}
            if recorded["status"] not in REDIRECTS or "location" not in headers:
                return self._document(url, tuple(chain), recorded, headers)
            following = _normal(urljoin(chain[-1], headers["location"]))
            if len(chain) > MOST_REDIRECTS or not _may_follow(chain[-1], following):
                return self._missing(url, "redirect")
            chain.append(following)

    def _missing(self, url: str, why: str) -> Missing:
        return Missing(url=url, why=why, tried_at=self.now)

    def _document(
        self, url: str, chain: tuple[str, ...], recorded: Mapping[str, Any], headers: Mapping[str, str]
    ) -> Document:
        return Document(
            url=url,
            final_url=chain[-1],
            chain=chain,
            status=recorded["status"],
            headers=headers,
            content_type=headers.get("content-type"),
            body=self._body(recorded),
            fetched_at=self.now,
            fresh_until=self.now + FRESH,
            usable_until=self.now + FRESH,
        )

    def _body(self, recorded: Mapping[str, Any]) -> bytes:
        if "body_file" not in recorded:
            return str(recorded.get("body", "")).encode("utf-8", errors="surrogatepass")
        if self.folder is None:
            raise UnusableRecord("a body stands in a file, but the set has no folder")
        return (self.folder / str(recorded["body_file"])).read_bytes()


def read_recorded(path: Path, now: datetime) -> RecordedDocuments:
    """The set in a file, or in `responses.json` of a folder. Raises UnusableRecord."""
    file = path / "responses.json" if path.is_dir() else path
    try:
        answers = json.loads(file.read_bytes())  # the caller's own file, not a badge: no strictness is owed
    except (OSError, ValueError, RecursionError) as error:
        raise UnusableRecord(f"{file}: {error}") from error
    if not isinstance(answers, dict) or not all(_is_answer(one) for one in answers.values()):
        raise UnusableRecord(f"{file}: must map each address to what it answers")
    return RecordedDocuments(answers={_normal(url): one for url, one in answers.items()}, now=now, folder=file.parent)


def _is_answer(one: object) -> bool:
    return isinstance(one, dict) and ("error" in one or isinstance(one.get("status"), int))


def _normal(url: str) -> str:
    """The address as a server sees it: no fragment, scheme and host in lower case, no default port."""
    parts = urlsplit(urldefrag(url).url)
    host = parts.netloc.lower()
    for scheme, port in (("https", ":443"), ("http", ":80")):
        if parts.scheme.lower() == scheme:
            host = host.removesuffix(port)
    return urlunsplit((parts.scheme.lower(), host, parts.path or "/", parts.query, ""))


def _may_follow(from_: str, to: str) -> bool:
    if urlsplit(to).scheme not in {"http", "https"}:
        return False
    return not (urlsplit(from_).scheme == "https" and urlsplit(to).scheme == "http")
