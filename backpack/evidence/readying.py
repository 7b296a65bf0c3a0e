"""From a file that somebody sent to one that may be kept: what it is, and its name.

What can be wrong with a file is found here, before anything of it is stored or written down. A picture is only
measured: the copy that others get is drawn in a job (`previews`), because it takes long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, Final

from backpack.errors import N_, BackpackError, NotNow, TooLarge
from backpack.evidence.contents import Content
from backpack.evidence.filenames import cleaned
from backpack.evidence.kinds import Kind, Truncated, ending_of, kind_of
from backpack.rendering import CannotRender, check_picture
from backpack.settings import Settings
from backpack.storage import Storage

MB: Final = 1_000_000
PICTURE_MB: Final = 60
"""A picture is decoded whole, so there is an end to its size whatever the operator allows for films."""


class FileTooLarge(TooLarge):
    code = "file-too-large"
    sentence = N_("“%(filename)s” is larger than %(most)s MB. Make it smaller, or add a link to it instead.")


class TooManyPixels(BackpackError):
    code = "too-many-pixels"
    sentence = N_(
        "“%(filename)s” has more pixels than we accept (12,000 a side and 60 million in all). Save it smaller."
    )


class Busy(NotNow):
    code = "pictures-busy"
    sentence = N_("“%(filename)s” could not be looked at just now: many pictures are being made. Send it again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the operator allows."""

    most_mb: int
    kinds: frozenset[str] = frozenset()

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        return cls(most_mb=settings.max_artefact_mb, kinds=settings.file_kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A file that may be kept, and what it is."""

    kind: Kind
    filename: str
    content: Content

    @property
    def size(self) -> int:
        return self.content.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file whose bytes are in storage, so that rows may name it."""

    kind: Kind
    filename: str
    size: int
    key: str
    content: Content

    @property
    def digest(self) -> bytes:
        """Its SHA-256, which is the end of its key."""
        return bytes.fromhex(self.key.rpartition("/")[2])


def made_ready(stream: IO[bytes], filename: str | None, limits: Limits) -> Ready:
    """A file as it may be kept, from what somebody sent. Raises a sentence about the file; writes nothing."""
    name, content = cleaned(filename), Content(stream)
    if content.size > limits.most_mb * MB:
        raise FileTooLarge(filename=name, most=limits.most_mb)
    kind = kind_of(content, name, limits.kinds)
    if ending_of(name) not in kind.endings:
        name = f"{name}{kind.endings[0]}"
    if kind.family == "image":
        _measure(content, name)
    return Ready(kind=kind, filename=name, content=content)


def put(ready: Ready, storage: Storage, person: str, *, settled: bool = True) -> Kept:
    """Store it for this person (by their public id): complete and on disk when this returns, as `storage.put` says."""
    key = storage.put(person, ready.content.opened(), settled=settled)
    return Kept(kind=ready.kind, filename=ready.filename, size=ready.size, key=key, content=ready.content)


def put_again(kept: Kept, storage: Storage, person: str) -> None:
    """Store it once more where somebody deleted it since. For a transaction that holds the person (`hold_room`) and
    writes its row."""
    if not storage.exists(kept.key):
        storage.put(person, kept.content.opened())


def _measure(content: Content, filename: str) -> None:
    if content.size > PICTURE_MB * MB:
        raise FileTooLarge(filename=filename, most=PICTURE_MB)
    try:
        check_picture(content.read())
    except CannotRender as error:
        reason = str(error.facts.get("reason"))
        faults: dict[str, type[BackpackError]] = {"too-many-pixels": TooManyPixels, "busy": Busy}
        raise faults.get(reason, Truncated)(filename=filename) from error
