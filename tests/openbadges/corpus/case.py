"""One case: a file, what addresses answer, and the verdict. It can be laid out as a folder that the command reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from backpack.openbadges.strict_json import JSON
from tests.openbadges import make
from tests.openbadges.issuing import answers

Page: TypeAlias = "JSON | bytes | int | None"
Expected: TypeAlias = tuple[str, str | None]

VALID: Expected = ("valid", None)
# As the exit status of the command goes: the worst of several badges in one file counts.
WORST = ("valid", "expired", "revoked", "unknown", "invalid", "unreadable")


@dataclass(frozen=True, kw_only=True)
class Case:
    """`expected` is the worst verdict in the file, with its reason; ("unreadable", code) where no badge is in it."""

    id: str
    data: bytes
    expected: Expected = VALID
    pages: Mapping[str, Page] = field(default_factory=dict)
    badges: int = 1
    """How many are in the file."""
    container: str | None = None
    established: bool | None = None
    recipient: tuple[str, str] | None = None
    """An address to compare with, and what the report says of it."""
    known_key: str | None = None
    """A key on the operator's list."""

    def lay_out(self, folder: Path) -> Path:
        """The file in this folder, beside what addresses answer; gives the file."""
        for number, page in enumerate(self.pages.values()):
            if isinstance(page, bytes):
                (folder / f"body-{number}").write_bytes(page)
        text = {url: page for url, page in self.pages.items() if not isinstance(page, bytes)}
        recorded = answers(text)
        for number, (url, page) in enumerate(self.pages.items()):
            if isinstance(page, bytes):
                recorded[url] = {"status": 200, "body_file": f"body-{number}"}
        (folder / "responses.json").write_text(json.dumps(recorded), "utf-8")
        file = folder / "input"
        file.write_bytes(self.data)
        return file


def case(
    name: str, data: bytes | JSON, expected: Expected = VALID, pages: Mapping[str, Page] | None = None, **more: object
) -> Case:
    """A case; a document is written as JSON."""
    written = data if isinstance(data, bytes) else make.text(data)
    return Case(id=slug(name), data=written, expected=expected, pages=pages or {}, **more)  # type: ignore[arg-type]


def slug(words: str) -> str:
    """The words as an id."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def table(prefix: str, lines: Iterable[Case]) -> tuple[Case, ...]:
    """Cases under one heading."""
    return tuple(replace(line, id=f"{prefix}-{line.id}") for line in lines)
