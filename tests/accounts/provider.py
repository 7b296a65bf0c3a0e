"""A university's sign-in on loopback that says what a test tells it to: true things, and every lie."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from tests.servers import free_port

CLIENT = "backpack"
SECRET = "a secret of client and provider, long enough"


@dataclass
class University:
    """Its keys, and how its next ID token and answers differ from what they should be."""

    url: str = ""
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "one", "use": "sig"}))
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "u1", "email": "zoe@etu.estuaire.example"})
    lies: dict[str, Any] = field(default_factory=dict)
    signs_with: Any = None
    algorithm: str = "ES256"
    issuer: str | None = None
    token_status: int = 200
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: int = 0
    big: bool = False

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        match request.path:
            case "/.well-known/openid-configuration":
                answer = self._json(self._metadata())
            case "/jwks":
                answer = self._json({"keys": [self.key.as_dict(private=False)]})
            case "/token":
                answer = self._token(request)
            case "/userinfo":
                answer = self._json(self.claims)
            case _:
                answer = Response(status=404)
        return answer(environ, start_response)

    def _json(self, said: dict[str, Any], status: int = 200) -> Response:
        return Response(json.dumps(said) + " " * (2_000_000 if self.big else 0), status, mimetype="application/json")

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer or self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
        }

    def agree(self, address: str) -> dict[str, str]:
        """Somebody signs in at the page this address leads to: the query their browser brings back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.asked)}"
        self.asked[code] = asked
        return {"code": code, "state": asked["state"]}

    def _token(self, request: Request) -> Response:
        asked = self.asked.pop(request.form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(sha256(request.form.get("code_verifier", "").encode()).digest())
        if asked is None or challenge.decode().rstrip("=") != asked["code_challenge"]:
            return self._json({"error": "invalid_grant"}, 400)
        self.tokens += 1
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.claims,
            **self.lies,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        return self._json(
            {"access_token": "x", "token_type": "Bearer", "id_token": self._signed(claims)}, self.token_status
        )

    def _signed(self, claims: dict[str, Any]) -> str:
        if self.algorithm == "none":
            parts = [json.dumps({"alg": "none"}), json.dumps(claims)]
            return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts) + "."
        key = OctKey.import_key(SECRET) if self.algorithm == "HS256" else self.signs_with or self.key
        return jwt.encode({"alg": self.algorithm, "kid": "one"}, claims, key)


@contextmanager
def universities(*of: University) -> Iterator[None]:
    """Open their doors on ports of loopback."""
    servers = [make_server("127.0.0.1", 0, one, threaded=True) for one in of]
    for one, server in zip(of, servers, strict=True):
        one.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


@contextmanager
def real_provider(user: dict[str, Any]) -> Iterator[str]:
    """A provider that somebody else wrote, in a process of its own; its address. Ended by its process id."""
    port = free_port()
    words = ["--port", str(port), "--require-nonce", "--user-claims", json.dumps(user)]
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://localhost:{port}"
    try:
        for _ in range(150):
            with suppress(requests.ConnectionError):
                if requests.get(f"{url}/jwks", timeout=2).ok:
                    break
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(10)
