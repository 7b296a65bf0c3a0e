"""The issuers of the living example: what their addresses answer, inside the outbound door, in the mood they are in.

Their answers stand in a folder, in the form that `backpack verify --documents` reads: `responses.json`, and for each
mood a file with only what then differs. No address of theirs exists, so no rule of the door needs an exception.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from backpack.demo.story import ISSUERS
from backpack.errors import N_, BackpackError
from backpack.outbound import RecordedAnswer

NORMAL = "restore"
SILENT = "silent"
MOODS = (NORMAL, "revoke", "alter", SILENT)
KEYS = tuple(issuer.key for issuer in ISSUERS)
HOSTS = {issuer.host: issuer.key for issuer in ISSUERS}


class NoSuchIssuer(BackpackError):
    code = "no-such-issuer"
    sentence = N_("There is no demo issuer called %(name)s. Choose one of: %(known)s.")


def answers_file(folder: Path, mood: str) -> Path:
    return folder / ("responses.json" if mood == NORMAL else f"responses-{mood}.json")


def moods(folder: Path) -> dict[str, str]:
    """The mood of each issuer that is not in its normal one."""
    path = folder / "moods.json"
    if not path.is_file():
        return {}
    read: dict[str, str] = json.loads(path.read_text("utf-8"))
    return read


def set_mood(folder: Path, key: str, mood: str) -> None:
    """Change what an issuer answers from now on. Raises NoSuchIssuer."""
    if key not in KEYS:
        raise NoSuchIssuer(name=key, known=", ".join(KEYS))
    now = {**moods(folder), key: mood}
    write(folder / "moods.json", {name: kept for name, kept in now.items() if kept != NORMAL})


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Replace a file at once: another process never reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
    fresh.replace(path)


class DemoIssuers:
    """Answers for the hosts of the story, and for no other; asked by the outbound door before the network is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def answer(self, url: str) -> RecordedAnswer | None:
        """What this address answers now; None when it is none of ours."""
        key = HOSTS.get(urlsplit(url).hostname or "")
        if key is None or not answers_file(self.folder, NORMAL).is_file():
            return None
        mood = moods(self.folder).get(key, NORMAL)
        if mood == SILENT:
            return RecordedAnswer(why="connection")
        changed = self._recorded(mood).get(url) if mood != NORMAL else None
        recorded = changed or self._recorded(NORMAL).get(url)
        return self._as_answer(recorded) if recorded else RecordedAnswer(status=404)

    def _recorded(self, mood: str) -> Mapping[str, Any]:
        path = answers_file(self.folder, mood)
        return _read(path, path.stat().st_mtime_ns) if path.is_file() else {}

    def _as_answer(self, recorded: Mapping[str, Any]) -> RecordedAnswer:
        if "error" in recorded:
            return RecordedAnswer(why=recorded["error"])
        body = recorded.get("body", "").encode()
        if "body_file" in recorded:
            body = (self.folder / recorded["body_file"]).read_bytes()
        return RecordedAnswer(status=recorded["status"], headers=recorded.get("headers", {}), body=body)


@lru_cache(maxsize=8)
def _read(path: Path, _changed_at: int) -> Mapping[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return read
