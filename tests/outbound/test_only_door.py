"""Nothing but the door reaches out: every import of a client or a socket stands in this list, with its reason."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "backpack"

CLIENTS = {
    "_socket", "_ssl", "aiohttp", "asyncio", "authlib", "boto3", "botocore", "code", "ctypes", "dns", "ftplib",
    "granian", "grpc", "http.client", "http.server", "httpcore", "httplib2", "httpx", "imaplib", "jwt.jwks_client",
    "multiprocessing.connection", "multiprocessing.managers", "nntplib", "obstore", "paramiko", "poplib",
    "psycopg", "publicsuffixlist.update", "pycurl", "redis", "requests", "select", "selectors", "smtplib", "socket",
    "socketserver", "ssl", "subprocess", "telnetlib", "tornado", "trio", "urllib.request", "urllib3", "uvicorn",
    "websocket", "websockets", "werkzeug.serving", "wsgiref", "xmlrpc",
}  # fmt: skip
BY_NAME = {"__import__", "eval", "exec", "import_module", "exec_module", "run_module", "run_path", "system", "popen"}
"""Ways to import or to start something that this reading cannot follow."""

ALLOWED = {
    "outbound/adapter.py": {"requests", "ssl", "urllib3"},
    "outbound/bodies.py": {"urllib3"},
    "outbound/door.py": {"requests", "ssl", "urllib3"},
    "outbound/sockets.py": {"socket", "ssl"},
    # What the operator configured may live on private addresses.
    "bell.py": {"redis"},
    "web/limits.py": {"redis"},  # its faults alone: who counts there is the library
    "mail.py": {"smtplib", "ssl"},
    "storage.py": {"obstore"},
    # A university's sign-in, by the list of names the operator gave; the other file only names what can go wrong there.
    "outbound/configured.py": {"requests"},
    "accounts/providers.py": {"authlib", "requests"},
    # Between our own processes on this machine: starting them, socket pairs, and the question whether a port is free.
    "rendering/child.py": {"socket"},
    "rendering/process.py": {"select", "socket", "subprocess"},
    "serving.py": {"socket", "subprocess"},
}


def reached(path: Path) -> set[str]:
    """The clients that a file imports, however it spells them, and the ways by which it could import any."""
    names: set[str] = set()
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import():
                names.update(alias.name for alias in node.names)
            case ast.ImportFrom(module=str(module), level=0):
                # From one of our own modules, what that one imported.
                own = module.split(".")[0] == "backpack"
                names.update(alias.name if own else f"{module}.{alias.name}" for alias in node.names)
                found.update(alias.name for alias in node.names if alias.name in BY_NAME)
            case ast.ImportFrom():
                names.update(alias.name for alias in node.names)
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in BY_NAME:
                found.add(name)
    return found | {client for client in CLIENTS for name in names if name == client or name.startswith(f"{client}.")}


FILES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("file", FILES)
def test_only_the_named_files_reach_out(file: str) -> None:
    assert reached(PACKAGE / file) <= ALLOWED.get(file, set())


def test_the_list_names_nothing_that_is_not_there() -> None:
    assert {file: reached(PACKAGE / file) for file in ALLOWED} == ALLOWED


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
        "import importlib; importlib.import_module(name)",
        "from importlib import import_module as bring",
        "__import__('httpx')",
        "exec('import httpx')",
        "from authlib.integrations.requests_client import OAuth2Session",
        "from jwt import jwks_client",
        "import os; os.system('curl http://10.0.0.1')",
        "import subprocess",
        "import multiprocessing.connection",
        "from backpack.outbound.door import requests",
        "from .door import requests",
        "from backpack.outbound.adapter import urllib3 as u",
    ],
)
def test_a_way_around_would_be_seen(line: str, tmp_path: Path) -> None:
    (tmp_path / "way.py").write_text(line)
    assert reached(tmp_path / "way.py")
