"""Nothing but the door reaches out: every import of a client or a socket stands in this list, with its reason."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "backpack"

CLIENTS = {
    "aiohttp", "asyncio", "ftplib", "http.client", "httpx", "imaplib", "nntplib", "obstore", "poplib", "pycurl",
    "redis", "requests", "smtplib", "socket", "socketserver", "ssl", "telnetlib", "urllib.request", "urllib3", "xmlrpc",
}  # fmt: skip

ALLOWED = {
    "outbound/adapter.py": {"requests", "ssl", "urllib3"},
    "outbound/bodies.py": {"urllib3"},
    "outbound/door.py": {"requests", "ssl", "urllib3"},
    "outbound/sockets.py": {"socket", "ssl"},
    # What the operator configured may live on private addresses.
    "bell.py": {"redis"},
    "mail.py": {"smtplib", "ssl"},
    "storage.py": {"obstore"},
    # A university's sign-in, by the list of names the operator gave; the other file only names what can go wrong there.
    "outbound/configured.py": {"requests"},
    "accounts/providers.py": {"requests"},
    # Between our own processes on this machine: socket pairs, and the question whether a port is free.
    "rendering/child.py": {"socket"},
    "rendering/process.py": {"socket"},
    "serving.py": {"socket"},
}


def imported(path: Path) -> set[str]:
    """The clients that a file imports, however it spells them."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and is_import_by_name(node.value):
            names.add(node.value)
    return {client for client in CLIENTS for name in names if name == client or name.startswith(f"{client}.")}


def is_import_by_name(text: str) -> bool:
    """`import_module("requests")` is an import too. Words such as "socket" alone may be plain text elsewhere."""
    return text in {"http.client", "urllib.request", "urllib3", "httpx", "aiohttp", "smtplib"}


FILES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("file", FILES)
def test_only_the_named_files_reach_out(file: str) -> None:
    assert imported(PACKAGE / file) <= ALLOWED.get(file, set())


@pytest.mark.parametrize(
    "line",
    [
        "import requests",
        "import requests.sessions as s",
        "from requests import get",
        "from urllib import request",
        "from http import client",
        "import urllib.request",
        "from socket import create_connection",
        "importlib.import_module('httpx')",
    ],
)
def test_a_way_around_would_be_seen(line: str, tmp_path: Path) -> None:
    (tmp_path / "way.py").write_text(line)
    assert imported(tmp_path / "way.py")
