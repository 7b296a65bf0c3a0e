"""The operator's lists, as the engine wants them."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from publicsuffixlist import PublicSuffixList
from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.archive.models import TrustedIssuer
from backpack.openbadges.policy import Policy
from backpack.settings import Settings, SettingsError

KINDS: Final = ("key", "host", "platform")


def policy_of(settings: Settings) -> Policy:
    """What the operator knows: keys and hosts by name, and platforms. Raises SettingsError for an unusable file.

    KNOWN_ISSUERS names a JSON file: `{"keys": {"did:key:z6Mk...": "University"}, "hosts": {"example.org": "Library"}}`.
    In the living example, the demo's own list stands beside it.
    """
    known = _known_at(Path(settings.known_issuers)) if settings.known_issuers else {}
    demo = settings.data / "demo" / "known.json"
    if settings.demo and demo.is_file():
        known = _merged(known, _known_at(demo))
    return Policy(
        known_keys=known.get("keys", {}),
        known_issuers=known.get("hosts", {}),
        platforms=tuple(host.strip() for host in settings.platforms.split(",") if host.strip()),
        registrable_domain=registrable_domain,
    )


def policy_at_work(session: Session, settings: Settings) -> Policy:
    """The same, with what is kept in the table `trusted_issuer` beside it. Costs one statement."""
    said = policy_of(settings)
    rows = session.scalars(select(TrustedIssuer)).all()
    of = {kind: {row.value: row.name for row in rows if row.kind == kind} for kind in KINDS}
    return replace(
        said,
        known_keys={**said.known_keys, **of["key"]},
        known_issuers={**said.known_issuers, **of["host"]},
        platforms=(*said.platforms, *of["platform"]),
    )


def registrable_domain(host: str) -> str | None:
    """The part of a host name that somebody registered, as the public suffix list says; None for a suffix itself."""
    found: str | None = _suffixes().privatesuffix(host.lower())
    return found


@lru_cache(maxsize=1)
def _suffixes() -> Any:
    return PublicSuffixList(accept_unknown=True)


def _known_at(path: Path) -> dict[str, dict[str, str]]:
    """What the file says; it is read again once it is another one."""
    try:
        state = path.stat()
    except OSError as error:
        raise SettingsError(f"KNOWN_ISSUERS: {path} cannot be read ({error}).") from error
    return _known(path, (state.st_ino, state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=8)
def _known(path: Path, _state: tuple[int, int, int]) -> dict[str, dict[str, str]]:
    try:
        read = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"KNOWN_ISSUERS: {path} cannot be read as JSON ({error}).") from error
    lists = {name: read.get(name, {}) for name in ("keys", "hosts")} if isinstance(read, dict) else {}
    if not all(isinstance(one, dict) and all(isinstance(v, str) for v in one.values()) for one in lists.values()):
        raise SettingsError(f"KNOWN_ISSUERS: {path} must hold `keys` and `hosts`, each from an id to a name.")
    return lists


def _merged(one: dict[str, dict[str, str]], other: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {name: {**one.get(name, {}), **other.get(name, {})} for name in ("keys", "hosts")}
