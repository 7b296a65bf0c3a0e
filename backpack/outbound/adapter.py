"""The adapter that requests is given: its connections go where the guard said, and nowhere else."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any

import requests
from certifi import where
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from backpack.outbound.answers import Stopped
from backpack.outbound.sockets import LimitedSocket, LimitedSSLSocket
from backpack.outbound.targets import Target

Opener = Callable[[], LimitedSocket]


def trust(authorities: str | None = None) -> ssl.SSLContext:
    """Which certificates count: the usual authorities, or those in a file. There is no switch to go without."""
    context = ssl.create_default_context(cafile=authorities or where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = LimitedSSLSocket
    return context


class _Plain(HTTPConnection):
    opener: Opener

    # urllib3's own name for "make the socket": a test holds it, and the pinned version moves by hand
    def _new_conn(self) -> LimitedSocket:
        return self.opener()


class _Encrypted(HTTPSConnection):
    opener: Opener

    def _new_conn(self) -> LimitedSocket:
        self._opened = self.opener()
        return self._opened

    def connect(self) -> None:
        super().connect()
        if isinstance(self.sock, LimitedSSLSocket):
            self.sock.limits = self._opened.limits


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain
    opener: Opener

    def _new_conn(self) -> Any:
        made: Any = super()._new_conn()
        made.opener = self.opener
        return made


class _EncryptedPool(HTTPSConnectionPool):
    ConnectionCls = _Encrypted
    opener: Opener

    def _new_conn(self) -> Any:
        made: Any = super()._new_conn()
        made.opener = self.opener
        return made


class GuardedAdapter(HTTPAdapter):
    """One journey to one target. `opener` makes the connection; the name stays the target's, so that Host, SNI and
    the certificate's check are about the name that was asked for."""

    def __init__(self, target: Target, opener: Opener, context: ssl.SSLContext) -> None:
        super().__init__(max_retries=0)
        self._target, self._opener, self._context = target, opener, context

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> HTTPConnectionPool:
        if request.url != self._target.url:
            raise Stopped("refused", "not the address that was checked")
        pool: _PlainPool | _EncryptedPool
        if self._target.scheme == "https":
            pool = _EncryptedPool(self._target.host, self._target.port, ssl_context=self._context)
        else:
            pool = _PlainPool(self._target.host, self._target.port)
        pool.opener = self._opener
        return pool

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Nothing to choose: the context says which certificates count."""

    def proxy_manager_for(self, *_args: Any, **_named: Any) -> Any:
        raise Stopped("refused", "no proxies")
