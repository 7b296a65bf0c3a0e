"""One parser: what it lets through, in which form, and what it refuses."""

from __future__ import annotations

import pytest

from backpack.outbound import Refused, parse_target
from backpack.outbound.answers import Stopped
from backpack.outbound.targets import next_target


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://issuer.example/a.json", "https://issuer.example/a.json"),
        ("HTTPS://Issuer.Example", "https://issuer.example/"),
        ("https://issuer.example:443/a", "https://issuer.example/a"),
        ("http://issuer.example:80/a?b=c&d=e#part", "http://issuer.example/a?b=c&d=e"),
        ("https://issuer.example/a%20b", "https://issuer.example/a%20b"),
        ("https://issuer.example/é?q=ü", "https://issuer.example/%C3%A9?q=%C3%BC"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
        ("https://1.1.1.1/a", "https://1.1.1.1/a"),
        ("https://[2606:4700:4700::1111]/a", "https://[2606:4700:4700::1111]/a"),
    ],
)
def test_an_address_has_one_form(url: str, asked: str) -> None:
    assert parse_target(url).url == asked


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/a.json",
        "//issuer.example/a",
        "file:///etc/passwd",
        "ftp://issuer.example/",
        "gopher://issuer.example:70/1",
        "data:application/json,{}",
        "jar:https://issuer.example/a.jar!/",
        "dict://issuer.example:2628/",
        "ldap://issuer.example/",
        "unix:///var/run/docker.sock",
        "javascript:alert(1)",
        "https:issuer.example",
        "https:///a",
        "https://issuer.example:6379/",
        "http://issuer.example:25/",
        "http://issuer.example:443/",
        "https://issuer.example:80/",
        "https://issuer.example:0/",
        "https://issuer.example:99999/",
        "https://issuer.example:4 43/",
        "https://user@issuer.example/",
        "https://user:secret@issuer.example/",
        "https://@issuer.example/",
        "http://a@b@c.example",
        "http://127.0.0.1\\@1.1.1.1",
        "http://1.1.1.1\\@127.0.0.1/",
        "https://issuer.example\\.evil.example/",
        "https://issuer.example/a b",
        " https://issuer.example/",
        "https://issuer.example/\r\nHost: evil",
        "https://issuer.example/\x00",
        "https://issuer.example/\u2028",
        "https://issuer.example./",
        "https://issuer..example/",
        "https://.example/",
        "https://localhost/",
        "https://issuer/",
        "http://0x7f.1",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://1.2.3/",
        "http://256.1.1.1/",
        "http://issuer.0x1/",
        "http://①②⑦.⓪.⓪.①.1/x/",
        "https://issuer.example%2eevil/",
        "https://issuer%00.example/",
        "https://-issuer.example/",
        "https://xn--a.example/",
        "https://xn--/",
        "https://ex*ample.example/",
        "https://a\u200db.example/",
        "https://[::1",
        "https://[not-an-address]/",
        "https://[fe80::1%25eth0]x/",
        "https://[::ffff:127.0.0.1]@issuer.example/",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 130 + "example/",
        "https://issuer.example/" + "a" * 5000,
    ],
)
def test_an_address_with_two_meanings_has_none(url: str) -> None:
    with pytest.raises(Refused):
        parse_target(url)


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("/b", "https://issuer.example/b"),
        ("b?c", "https://issuer.example/x/b?c"),
        ("//other.example/b", "https://other.example/b"),
        ("https://other.example", "https://other.example/"),
    ],
)
def test_a_redirect_leads_somewhere(location: str, leads_to: str) -> None:
    assert next_target(parse_target("https://issuer.example/x/a"), location).url == leads_to


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://issuer.example/", "redirect"),
        ("file:///etc/passwd", "refused"),
        ("\\\\127.0.0.1", "refused"),
        ("https://user@issuer.example/", "refused"),
        ("https://issuer.example:8443/", "refused"),
        ("", None),
    ],
)
def test_a_redirect_is_checked_like_the_first_address(location: str, why: str | None) -> None:
    current = parse_target("https://issuer.example/a")
    if why is None:
        assert next_target(current, location) == current
        return
    with pytest.raises(Stopped) as stopped:
        next_target(current, location)
    assert stopped.value.why == why
