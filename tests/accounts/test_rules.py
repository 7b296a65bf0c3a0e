"""Passwords, paces and browsers, without pages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from backpack.accounts import passwords
from backpack.accounts.addresses import NotAnAddress, read_address
from backpack.accounts.browsers import browser_of
from backpack.accounts.passwords import AT_ONCE, WAITING, Busy, hash_password, is_right
from backpack.accounts.tries import EVERYWHERE, ONE_ACCOUNT, ONE_NETWORK, Pace


def test_argon2id_with_a_salt_of_its_own() -> None:
    one, other = hash_password("the same password"), hash_password("the same password")
    assert one.startswith("$argon2id$")
    assert one != other
    assert is_right(one, "the same password")
    assert not is_right(one, "the same passwore")


def test_two_ways_of_typing_an_accent_are_one_password() -> None:
    assert is_right(hash_password("un caf\u00e9 noir"), "un cafe\u0301 noir")


@pytest.mark.parametrize("kept", [None, "", "not a hash", "$argon2id$v=19$"])
def test_without_a_password_nothing_is_right(kept: str | None) -> None:
    assert not is_right(kept, "")
    assert not is_right(kept, "anything")


def test_a_crowd_waits_and_the_rest_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PATIENCE", 300)  # however busy this machine is

    def one(_number: int) -> bool:
        try:
            hash_password("many at once, all alike")
        except Busy:
            return False
        return True

    with ThreadPoolExecutor(40) as pool:
        done = list(pool.map(one, range(40)))
    assert done.count(True) >= AT_ONCE + WAITING
    assert done.count(False) > 0
    assert is_right(hash_password("and then"), "and then"), "places are given back"


@pytest.mark.parametrize(
    ("pace", "tries", "seconds"),
    [
        (ONE_ACCOUNT, 0, 0),
        (ONE_ACCOUNT, 4, 0),
        (ONE_ACCOUNT, 5, 16),
        (ONE_ACCOUNT, 8, 128),
        (ONE_ACCOUNT, 10, 512),
        (ONE_ACCOUNT, 11, 900),
        (ONE_ACCOUNT, 10_000, 900),
        (EVERYWHERE, 99, 0),
        (EVERYWHERE, 10_000, 300),
        (ONE_NETWORK, 99, 0),
        (ONE_NETWORK, 10_000, 5),
    ],
)
def test_delays(pace: Pace, tries: int, seconds: int) -> None:
    assert pace.delay(tries) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("typed", "spelling", "folded"),
    [
        ("a@x.example", "a@x.example", "a@x.example"),
        (" Ada.B@Etu.Example ", "Ada.B@etu.example", "ada.b@etu.example"),
        ("ada+badges@x.example", "ada+badges@x.example", "ada+badges@x.example"),
        ("é@x.example", "é@x.example", "é@x.example"),
        ("a@intranet", "a@intranet", "a@intranet"),
    ],
)
def test_how_an_address_is_read(typed: str, spelling: str, folded: str) -> None:
    found = read_address(typed)
    assert (found.spelling, found.folded) == (spelling, folded)


@pytest.mark.parametrize(
    "typed", ["", "a", "@x.example", "a@", "a b@x.example", "a@x.example\nBcc: b@x.example", "<a@x.example>"]
)
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(NotAnAddress):
        read_address(typed)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox, Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/1 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0", "Edge, Windows"),
        ("", ""),
        ("<script>", ""),
    ],
)
def test_how_a_browser_is_named(user_agent: str, words: str) -> None:
    assert browser_of(user_agent) == words


def test_ten_thousand_tries_are_ten_in_a_quarter_of_an_hour() -> None:
    """One try a second, from one network: what is looked at of them, in any quarter of an hour."""
    looked_at: list[int] = []
    for second in range(10_000):
        if not looked_at or timedelta(seconds=second - looked_at[-1]) >= ONE_ACCOUNT.delay(len(looked_at)):
            looked_at.append(second)
    quarters = [sum(start <= one < start + 900 for one in looked_at) for start in range(0, 10_000, 60)]
    assert max(quarters) <= 10
    assert len(looked_at) <= 20
