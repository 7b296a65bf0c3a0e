"""Which badge is which, what it is called, and how an address may be shown."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from urllib.parse import urlsplit

from backpack.archive.sparing import host_of
from backpack.openbadges.identity.addresses import ascii_host
from backpack.openbadges.model import Credential, Text, Version

HOSTED = {Version.OB_0_5, Version.OB_1_0, Version.OB_1_1, Version.OB_2_0, Version.OB_2_1, None}

SPACES = re.compile(r"[^\S\u00a0\u202f]+")
"""White space, but not the spaces at which a French line must not break."""


def identity_of(credential: Credential) -> bytes:
    """What makes two files the same badge, from what the file says and without asking anybody.

    A hosted badge is its address (the issuer's server says the rest). Any other is its issuer's id and its own id; one
    that gives no id is its payload.
    """
    address = credential.id if is_web_address(credential.id) else credential.source_url
    text = credential.payload.decode("utf-8", "replace").strip()
    is_signed = text[:1] not in {"{", "["} and not is_web_address(text)
    if credential.version in HOSTED and not is_signed and is_web_address(address):
        return _digest("hosted", compared(address or ""))
    if credential.id:
        return _digest("named", credential.issuer.id or credential.achievement.id or "", credential.id)
    return hashlib.sha256(credential.payload).digest()


def is_web_address(text: str | None) -> bool:
    """Whether this is an http or https address."""
    low = (text or "").lower()
    return low.startswith(("https://", "http://")) and not any(c.isspace() for c in low)


def web_host(address: str | None) -> str:
    """The host that a browser opens at a web address, as pages may show it; nothing for what is no such address.

    Letters of other scripts are written out, as browsers do: some look like Latin ones and are not.
    """
    # A browser takes a backslash for a slash: it would open another host than the one we read.
    if not is_web_address(address) or "\\" in (address or ""):
        return ""
    host = host_of(address)
    if all(c.isascii() or unicodedata.name(c, "").startswith("LATIN ") for c in host):
        return host
    opened = ascii_host(host)
    return opened if opened.isascii() else ""


def name_of(credential: Credential) -> str:
    """What lists call it; empty where the badge has not said it yet."""
    return _words(credential.achievement.name) or _words(credential.name)


def issuer_of(credential: Credential) -> str:
    """Who issued it, by the name it gives; the host of its address where it gives none."""
    return _words(credential.issuer.name) or host_of(credential.issuer.id or credential.source_url or credential.id)


def address_named_by(credential: Credential) -> str:
    """The mail address in clear that the badge names, masked; empty where it only holds a hash or none."""
    for one in credential.recipient.identities:
        if not one.hashed and "@" in one.value:
            return masked(one.value)
    return ""


def masked(address: str) -> str:
    """A mail address that its owner knows again and nobody else learns: c•••@etu.estuaire.example."""
    name, _, domain = address.strip().removeprefix("mailto:").rpartition("@")
    return f"{name[:1]}•••@{domain.lower()}"[:120]


def _words(text: Text | None) -> str:
    return one_line(str(text))[:300] if text else ""


def one_line(text: str) -> str:
    """Without line breaks and doubled spaces."""
    return SPACES.sub(" ", text.replace("\0", "")).strip()


def compared(address: str) -> str:
    """An address as it is compared: http and https of a host are one, default ports and an empty path say nothing.
    What is no web address stays as it is."""
    if not is_web_address(address):
        return address
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return address
    host = host_of(address)
    if port and port != {"http": 80, "https": 443}.get(parts.scheme.lower()):
        host = f"{host}:{port}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{parts.path or '/'}{query}"


def _digest(*parts: str) -> bytes:
    return hashlib.sha256(json.dumps(parts).encode()).digest()
