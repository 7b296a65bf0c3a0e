"""Every setting: its environment variable (the field's name in capitals), type, default and check.

Read once, at start, into a frozen dataclass; a wrong value stops the start with one line that names it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Check = Callable[[str], str | None]


class SettingsError(Exception):
    """A setting that cannot be used. The message is one line: name, value's fault, what to write instead."""


def setting(meaning: str, *, default: Any = MISSING, check: Check | None = None, secret: bool = False) -> Any:
    """One setting: what it means in a sentence, its default (none: it must be given) and its check."""
    return field(default=default, metadata={"meaning": meaning, "check": check, "secret": secret})


def at_least_32_bytes(value: str) -> str | None:
    return None if len(value.encode()) >= 32 else "must be at least 32 bytes long: `openssl rand -hex 32` makes one"


def web_address(value: str) -> str | None:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"} or parts.query:
        return "must be an address such as https://badges.example.org, without a path"
    return None


def database_address(value: str) -> str | None:
    known = ("sqlite:///", "postgresql+psycopg://", "postgresql://")
    return None if value.startswith(known) else "must begin with sqlite:/// or postgresql://"


def mail_address_of_server(value: str) -> str | None:
    known = ("folder:", "smtp://", "smtps://", "memory:")
    return None if value.startswith(known) else "must begin with folder:, smtp:// or smtps://"


def language(value: str) -> str | None:
    return None if value in {"fr", "en"} else "must be fr or en"


def positive(value: str) -> str | None:
    return None if int(value) > 0 else "must be greater than zero"


FILE_KINDS = (
    *("png", "jpg", "webp", "gif", "heic"),
    *("pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp"),
    *("mp3", "m4a", "ogg", "wav", "flac"),
    *("mp4", "mov", "webm"),
    "txt",
)
"""Every kind of file that may be evidence, by its usual ending."""


def kinds_of_files(value: str) -> str | None:
    known = set(FILE_KINDS)
    return None if set(value.split(",")) <= known else f"must name kinds out of {','.join(FILE_KINDS)}"


def not_negative(value: str) -> str | None:
    return None if int(value) >= 0 else "must not be negative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator decides. `docs/settings.md` is compared with this class by a test."""

    secret_key: str = setting("Signs sessions and links.", check=at_least_32_bytes, secret=True)
    data_dir: str = setting("Folder of the embedded database, the files and the mail.", default="instance")
    database_url: str = setting(
        "Where rows live; empty: an SQLite file in DATA_DIR.", default="", check=lambda v: v and database_address(v)
    )
    storage_url: str = setting("Where files live; empty: a folder in DATA_DIR. Or s3://bucket/prefix.", default="")
    redis_url: str | None = setting("Wakes workers; jobs themselves are rows.", default=None)
    mail_url: str = setting(
        "Where letters go; empty: a folder in DATA_DIR. Or smtp://user:password@host:port.",
        default="",
        check=lambda v: v and mail_address_of_server(v),
        secret=True,
    )
    mail_from: str = setting("The sender of letters.", default="Backpack <backpack@localhost>")
    public_url: str = setting("Where links lead.", default="http://localhost:8000", check=web_address)
    files_url: str | None = setting("A second origin, without cookies, for people’s files.", default=None)
    trusted_proxies: int = setting("How many proxies stand in front.", default=0, check=not_negative)
    default_language: str = setting("Language for readers who ask for none we speak.", default="fr", check=language)
    time_zone: str = setting("Time zone of dates on pages.", default="Europe/Paris")
    demo: bool = setting("Shows the living example; its issuers answer inside the outbound door.", default=False)
    fonts_dir: str = setting(
        "Folder of more fonts for CVs, beside ours: for Chinese, Japanese and Korean (Debian: fonts-noto-cjk).",
        default="/usr/share/fonts/opentype/noto",
    )
    oidc_providers: str | None = setting("JSON file: universities whose sign-in opens a backpack.", default=None)
    known_issuers: str | None = setting("JSON file: issuers the operator knows, by key and by domain.", default=None)
    platforms: str = setting(
        "Platforms that vouch for their issuers, by host name, separated by commas.",
        default="openbadgefactory.com,credly.com,api.credly.com,badgr.io,api.badgr.io,api.eu.badgr.io,"
        "parchment.com,badges.parchment.com",
    )
    max_import_mb: int = setting("Largest badge file, in MB.", default=10, check=positive)
    max_archive_mb: int = setting("Largest ZIP of badges, in MB.", default=100, check=positive)
    max_artefact_mb: int = setting("Largest file given as evidence, in MB.", default=50, check=positive)
    artefact_kinds: str = setting(
        "Kinds of files accepted as evidence, by their usual ending.",
        default=",".join(FILE_KINDS),
        check=kinds_of_files,
    )
    quota_mb: int = setting("Room for files per person, in MB.", default=500, check=positive)
    backup_days: int = setting(
        "How long backups are kept, in days; pages say it to whoever leaves.", default=30, check=positive
    )
    assertion_fresh_minutes: int = setting("How long an assertion or status list is fresh.", default=15, check=positive)
    key_fresh_minutes: int = setting("How long a key or DID document is fresh.", default=60, check=positive)
    profile_fresh_minutes: int = setting("How long a badge class or profile is fresh.", default=1440, check=positive)
    assertion_usable_hours: int = setting(
        "How long the last good assertion or list counts.", default=24, check=positive
    )
    other_usable_hours: int = setting("How long the last good answer of the rest counts.", default=72, check=positive)
    freshness_stretch: int = setting(
        "How many times shorter or longer an issuer’s own caching rules may make freshness.", default=4, check=positive
    )
    log_format: str = setting("json, or text for people.", default="json")

    @property
    def secure(self) -> bool:
        """Whether pages are served over https, so that cookies may be told to stay on it."""
        return self.public_url.startswith("https://")

    @property
    def host(self) -> str:
        return urlsplit(self.public_url).netloc

    @property
    def file_kinds(self) -> frozenset[str]:
        """The kinds of files that may be evidence."""
        return frozenset(self.artefact_kinds.split(","))

    @property
    def data(self) -> Path:
        return Path(self.data_dir).resolve()


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Raises SettingsError with one line when a value cannot be used.

    SECRET_KEY may also stand in the file `secret.key` of DATA_DIR, where `backpack init` puts it.
    """
    given = dict(os.environ if environment is None else environment)
    data_dir = Path(given.get("DATA_DIR", "instance"))
    key_file = data_dir / "secret.key"
    if not given.get("SECRET_KEY") and key_file.is_file():
        given["SECRET_KEY"] = key_file.read_text().strip()
    values = {f.name: _read(f, given[f.name.upper()]) for f in fields(Settings) if f.name.upper() in given}
    for one in fields(Settings):
        if one.name not in values and one.default is MISSING:
            raise SettingsError(f"{one.name.upper()} is not set. {one.metadata['meaning']} Run `backpack init` once.")
    values.setdefault("data_dir", "instance")
    folder = Path(values["data_dir"]).resolve()
    values["database_url"] = _driver(values.get("database_url") or f"sqlite:///{folder / 'backpack.db'}")
    values["storage_url"] = values.get("storage_url") or str(folder / "files")
    values["mail_url"] = values.get("mail_url") or f"folder:{folder / 'mail'}"
    values["public_url"] = values.get("public_url", "http://localhost:8000").rstrip("/")
    return Settings(**values)


def _driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1) if url.startswith("postgresql://") else url


def _read(one: Field[Any], text: str) -> Any:
    name, kind, check = one.name.upper(), str(one.type), one.metadata["check"]
    if kind.startswith("bool"):
        known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}
        if text.lower() not in known:
            raise SettingsError(f"{name} must be 1 or 0, not {text!r}.")
        return known[text.lower()]
    if kind.startswith("int") and not text.lstrip("-").isdecimal():
        raise SettingsError(f"{name} must be a whole number, not {text!r}.")
    fault = check(text) if check else None
    if fault:
        shown = "" if one.metadata["secret"] else f" (it is {text!r})"
        raise SettingsError(f"{name} {fault}{shown}.")
    if kind.startswith("int"):
        return int(text)
    return text if text or "None" not in kind else None
