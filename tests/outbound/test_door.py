"""What the door does with issuers that hang, drip, swell, lie and lead elsewhere. Everything is on loopback; the
connector leads a public address there, so that the rules run as they do in the open."""

from __future__ import annotations

import gzip
import socket
import time
from pathlib import Path
from typing import Any

import pytest
import urllib3.connection

from backpack.outbound import Answer, Failure, Outbound, RecordedAnswer
from backpack.outbound.answers import MIB
from tests.loopback import (
    PUBLIC,
    Authority,
    Connector,
    Resolver,
    Script,
    answer,
    dripping,
    hanging,
    pouring,
    saying,
    serving,
)

HOME = "https://backpack.example"
ASKED = "http://issuer.example/a.json"


def fetch(script: Script, url: str = ASKED, **named: Any) -> Answer | Failure:
    with serving(script) as server:
        return Outbound(HOME, resolver=Resolver([PUBLIC]), connector=Connector(server.port)).fetch(url, **named)


def why(found: Answer | Failure) -> str:
    assert isinstance(found, Failure), found
    return found.why


def test_an_answer_comes_back_as_it_was_said() -> None:
    found = fetch(saying(answer(body=b'{"a": 1}', headers={"ETag": '"1"', "Set-Cookie": "a=b"})))
    assert found == Answer(
        url=ASKED,
        final_url=ASKED,
        chain=(ASKED,),
        status=200,
        headers={"content-type": "application/json", "etag": '"1"'},
        body=b'{"a": 1}',
    )


def test_what_is_sent_names_us_and_carries_nothing_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine issuer.example login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(saying(answer())) as server:
        door = Outbound(HOME, resolver=Resolver([PUBLIC]), connector=Connector(server.port))
        door.fetch(f"{ASKED}?b=%20c#part", accept="application/ld+json", etag='"1"', last_modified="yesterday")
    assert server.heads[0].decode().split("\r\n") == [
        "GET /a.json?b=%20c HTTP/1.1",
        "Host: issuer.example",
        "User-Agent: Backpack (+https://backpack.example)",
        "Accept-Encoding: identity",
        "Connection: close",
        "Accept: application/ld+json",
        'If-None-Match: "1"',
        "If-Modified-Since: yesterday",
        "",
        "",
    ]


@pytest.mark.parametrize("status", [204, 304, 400, 401, 403, 404, 410, 429, 500, 503])
def test_an_answer_that_refuses_is_an_answer(status: int) -> None:
    body = b"" if status in (204, 304) else b"no"
    found = fetch(saying(answer(status, body=body)))
    assert isinstance(found, Answer)
    assert (found.status, found.body) == (status, b"")


# --- where it goes


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], [PUBLIC, "127.0.0.1"], ["169.254.169.254"], ["::1"], ["64:ff9b::7f00:1"], ["::ffff:10.0.0.1"]],
)
def test_a_name_with_one_closed_address_is_refused(addresses: list[str]) -> None:
    with serving(saying(answer())) as canary:
        connector = Connector(canary.port)
        found = Outbound(HOME, resolver=Resolver(addresses), connector=connector).fetch(ASKED)
    assert why(found) == "refused"
    assert (connector.told, canary.heads) == ([], [])


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://[::1]/", "http://[::ffff:169.254.169.254]/", "http://[64:ff9b::a9fe:a9fe]/"]
)
def test_a_closed_literal_is_refused_without_a_look_up(url: str) -> None:
    resolver = Resolver([PUBLIC])
    assert why(Outbound(HOME, resolver=resolver, connector=Connector(9)).fetch(url)) == "refused"
    assert resolver.asked == []


def test_the_real_resolver_and_connector_refuse_loopback_too() -> None:
    with serving(saying(answer())) as canary:
        found = [
            Outbound(HOME).fetch(url) for url in ("http://127.0.0.1/", "http://[::1]/", "http://localhost.localdomain/")
        ]
    assert {why(one) for one in found} <= {"refused", "dns"}
    assert canary.heads == []


def test_a_name_that_answers_differently_the_second_time_is_looked_up_once() -> None:
    resolver = Resolver([PUBLIC], ["127.0.0.1"])
    with serving(saying(answer())) as server:
        connector = Connector(server.port)
        found = Outbound(HOME, resolver=resolver, connector=connector).fetch(ASKED)
    assert isinstance(found, Answer)
    assert (resolver.asked, connector.told) == (["issuer.example"], [(PUBLIC, 80)])


def test_each_redirect_is_looked_up_and_checked_again() -> None:
    resolver = Resolver([PUBLIC], ["10.0.0.7"])
    with serving(saying(answer(302, headers={"Location": "/b"}))) as server:
        connector = Connector(server.port)
        found = Outbound(HOME, resolver=resolver, connector=connector).fetch(ASKED)
    assert why(found) == "refused"
    assert len(server.heads) == len(connector.told) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1/", "//127.0.0.1", "\\\\127.0.0.1", "http://[::1]/", "http://0x7f.1/", "file:///etc/passwd"],
)
def test_a_redirect_to_the_inside_is_refused(status: int, location: str) -> None:
    with serving(saying(answer(status, headers={"Location": location}))) as server:
        found = Outbound(HOME, resolver=Resolver([PUBLIC]), connector=Connector(server.port)).fetch(ASKED)
    assert why(found) == "refused"
    assert len(server.heads) == 1


def test_redirects_are_followed_and_kept() -> None:
    found = fetch(
        saying(
            answer(301, headers={"Location": "/b"}), answer(302, headers={"Location": "//other.example/c"}), answer()
        )
    )
    assert isinstance(found, Answer)
    assert found.chain == (ASKED, "http://issuer.example/b", "http://other.example/c")
    assert found.final_url == "http://other.example/c"


def test_redirects_end_after_five() -> None:
    with serving(saying(answer(302, headers={"Location": "/again"}))) as server:
        found = Outbound(HOME, resolver=Resolver([PUBLIC]), connector=Connector(server.port)).fetch(ASKED)
    assert why(found) == "redirect"
    assert len(server.heads) == 6


def test_cookies_are_not_carried_over_a_redirect() -> None:
    first = answer(302, headers={"Location": "/b", "Set-Cookie": "a=b; Path=/"})
    with serving(saying(first, answer())) as server:
        Outbound(HOME, resolver=Resolver([PUBLIC]), connector=Connector(server.port)).fetch(ASKED)
    assert b"cookie" not in server.heads[1].lower()


def test_the_body_of_a_redirect_is_not_read() -> None:
    flood = dripping(b"HTTP/1.1 302 Said\r\nLocation: http://127.0.0.1/\r\nContent-Length: 900\r\n\r\n", b"a", 0.5, 8)
    started = time.monotonic()
    assert why(fetch(flood)) == "refused"
    assert time.monotonic() - started < 3


# --- how long, how much


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(hanging, id="hangs"),
        pytest.param(dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"a", 0.3), id="drips its body"),
        pytest.param(dripping(b"HTTP/1.1 200 OK\r\nX: ", b"a", 0.3), id="drips its headers"),
        pytest.param(
            dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n", 0.3), id="drips chunks"
        ),
        pytest.param(dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.3), id="says 'go on' for ever"),
    ],
)
def test_a_slow_issuer_is_left_in_time(script: Script) -> None:
    started = time.monotonic()
    assert why(fetch(script, seconds=2)) == "timeout"
    assert 1.5 < time.monotonic() - started < 3


def test_a_drip_is_left_after_ten_seconds_in_all() -> None:
    started = time.monotonic()
    assert why(fetch(dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"a", 0.5), seconds=600)) == "timeout"
    assert 9.5 < time.monotonic() - started < 10.5


def test_silence_is_left_after_five_seconds() -> None:
    started = time.monotonic()
    assert why(fetch(hanging)) == "timeout"
    assert 4.5 < time.monotonic() - started < 6


def test_a_resolver_that_hangs_is_left() -> None:
    def asleep(_host: str) -> list[str]:
        time.sleep(3)
        return [PUBLIC]

    started = time.monotonic()
    assert why(Outbound(HOME, resolver=asleep, connector=Connector(9)).fetch(ASKED, seconds=1)) == "dns"
    assert time.monotonic() - started < 2


ENDLESS_CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(saying(answer(body=b" " * (4 * MIB + 1))), id="one byte too many"),
        pytest.param(pouring(ENDLESS_CHUNKS, b"4000\r\n" + b"a" * 0x4000 + b"\r\n", 4000), id="chunks without end"),
        pytest.param(pouring(b"HTTP/1.0 200 OK\r\n\r\n", b"a" * 65536, 1000), id="no length, no end"),
        pytest.param(
            saying(answer(body=gzip.compress(bytes(200 * MIB)), headers={"Content-Encoding": "gzip"})), id="gzip bomb"
        ),
        pytest.param(pouring(b"HTTP/1.1 200 OK\r\n", b"X: " + b"a" * 8000 + b"\r\n", 5000), id="headers without end"),
        pytest.param(pouring(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 8000, 5000), id="one header without end"),
        pytest.param(pouring(b"", b"HTTP/1.1 100 Continue\r\nX: 1\r\n\r\n", 100_000), id="'go on' without end"),
    ],
)
def test_a_swelling_answer_is_cut(script: Script) -> None:
    assert why(fetch(script)) == "too-large"


@pytest.mark.parametrize(("kind", "mebibytes"), [("assertion", 4), ("profile", 4), ("image", 5), ("status", 16)])
def test_each_kind_has_its_size(kind: str, mebibytes: int) -> None:
    fits = fetch(saying(answer(body=b" " * (mebibytes * MIB))), kind=kind)
    assert isinstance(fits, Answer)
    assert len(fits.body) == mebibytes * MIB
    assert why(fetch(saying(answer(body=b" " * (mebibytes * MIB + 1))), kind=kind)) == "too-large"


def test_one_layer_of_gzip_is_unpacked() -> None:
    found = fetch(saying(answer(body=gzip.compress(b'{"a": 1}'), headers={"Content-Encoding": "gzip"})))
    assert isinstance(found, Answer)
    assert found.body == b'{"a": 1}'


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        pytest.param(gzip.compress(gzip.compress(b"{}")), "gzip, gzip", id="packed twice"),
        pytest.param(b"\x0b\x00\x80", "br", id="brotli"),
        pytest.param(b"(\xb5/\xfd", "zstd", id="zstandard"),
        pytest.param(b"not packed", "gzip", id="not packed"),
        pytest.param(gzip.compress(b"{}" * 1000)[:-9], "gzip", id="cut off"),
    ],
)
def test_other_packings_are_not_opened(body: bytes, encoding: str) -> None:
    assert why(fetch(saying(answer(body=body, headers={"Content-Encoding": encoding})))) == "connection"


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"hello\r\n\r\n", id="no HTTP"),
        pytest.param(b"HTTP/1.1 999999 x\r\n\r\n", id="no status"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", id="cut short"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", id="broken chunks"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 200 + b"\r\n{}", id="two hundred headers"),
    ],
)
def test_a_broken_answer_is_a_failure(said: bytes) -> None:
    assert why(fetch(saying(said))) == "connection"


def test_a_closed_port_is_a_failure() -> None:
    with serving(saying(answer())) as server:
        port = server.port
    found = Outbound(HOME, resolver=Resolver([PUBLIC]), connector=Connector(port)).fetch(ASKED)
    assert why(found) == "connection"


def test_the_next_address_is_tried_when_the_first_does_not_answer() -> None:
    with serving(saying(answer())) as server:
        good = Connector(server.port)

        def connector(address: str, port: int, seconds: float) -> socket.socket:
            if address == "1.1.1.1":
                raise ConnectionRefusedError
            return good(address, port, seconds)

        found = Outbound(HOME, resolver=Resolver(["1.1.1.1", PUBLIC]), connector=connector).fetch(ASKED)
    assert isinstance(found, Answer)
    assert good.told == [(PUBLIC, 80)]


# --- certificates


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.mark.parametrize(
    ("named", "options", "expected"),
    [
        pytest.param("issuer.example", {}, "answers", id="good"),
        pytest.param("other.example", {}, "tls", id="another name"),
        pytest.param("issuer.example", {"days": -1}, "tls", id="expired"),
        pytest.param("issuer.example", {"self_signed": True}, "tls", id="vouched for by itself"),
    ],
)
def test_a_certificate_must_be_good(authority: Authority, named: str, options: dict[str, Any], expected: str) -> None:
    with serving(saying(answer()), authority.context_for(named, **options)) as server:
        door = Outbound(
            HOME, resolver=Resolver([PUBLIC]), connector=Connector(server.port), authorities=str(authority.file)
        )
        found = door.fetch("https://issuer.example/a.json")
    assert ("answers" if isinstance(found, Answer) else found.why) == expected


def test_an_authority_we_do_not_know_is_not_trusted(authority: Authority) -> None:
    with serving(saying(answer()), authority.context_for("issuer.example")) as server:
        found = Outbound(HOME, resolver=Resolver([PUBLIC]), connector=Connector(server.port)).fetch(
            "https://issuer.example/"
        )
    assert why(found) == "tls"


def test_no_drip_inside_an_encrypted_connection(authority: Authority) -> None:
    drip = dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"a", 0.3)
    started = time.monotonic()
    with serving(drip, authority.context_for("issuer.example")) as server:
        door = Outbound(
            HOME, resolver=Resolver([PUBLIC]), connector=Connector(server.port), authorities=str(authority.file)
        )
        assert why(door.fetch("https://issuer.example/", seconds=2)) == "timeout"
    assert time.monotonic() - started < 3


def test_https_never_goes_down_to_http(authority: Authority) -> None:
    script = saying(answer(302, headers={"Location": "http://issuer.example/"}))
    with serving(script, authority.context_for("issuer.example")) as server:
        door = Outbound(
            HOME, resolver=Resolver([PUBLIC]), connector=Connector(server.port), authorities=str(authority.file)
        )
        assert why(door.fetch("https://issuer.example/")) == "redirect"
    assert len(server.heads) == 1


# --- issuers that answer inside the door


RECORDED = {
    "https://issuer.example/a.json": RecordedAnswer(headers={"ETag": '"1"'}, body=b"{}"),
    "https://issuer.example/gone": RecordedAnswer(status=410, body=b"gone"),
    "https://issuer.example/moved": RecordedAnswer(status=302, headers={"Location": "/a.json"}),
    "https://issuer.example/inside": RecordedAnswer(status=302, headers={"Location": "https://127.0.0.1/"}),
    "https://issuer.example/down": RecordedAnswer(status=302, headers={"Location": "http://issuer.example/a.json"}),
    "https://issuer.example/round": RecordedAnswer(status=302, headers={"Location": "/round"}),
    "https://issuer.example/huge": RecordedAnswer(body=b" " * (4 * MIB + 1)),
    "https://issuer.example/silent": RecordedAnswer(why="timeout"),
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.json", 200),
        ("a.json#part", 200),
        ("gone", 410),
        ("moved", 200),
        ("inside", "refused"),
        ("down", "redirect"),
        ("round", "redirect"),
        ("huge", "too-large"),
        ("silent", "timeout"),
        ("elsewhere", "dns"),
    ],
)
def test_recorded_issuers_live_under_the_same_rules(path: str, expected: int | str) -> None:
    def nowhere(_host: str) -> list[str]:
        raise OSError

    found = Outbound(HOME, resolver=nowhere, answers=RECORDED.get).fetch(f"https://issuer.example/{path}")
    assert (found.status if isinstance(found, Answer) else found.why) == expected


def test_a_recorded_answer_says_that_nothing_changed() -> None:
    found = Outbound(HOME, answers=RECORDED.get).fetch("https://issuer.example/a.json", etag='"1"')
    assert isinstance(found, Answer)
    assert (found.status, found.body) == (304, b"")


def test_the_name_urllib3_gives_to_making_a_socket_still_holds() -> None:
    assert callable(urllib3.connection.HTTPConnection._new_conn)
    assert callable(urllib3.connection.HTTPSConnection._new_conn)
