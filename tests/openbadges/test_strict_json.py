"""What the strict reader lets in, and what it refuses, in bounded time."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backpack.openbadges import strict_json
from backpack.openbadges.errors import NotJSON, OpenBadgesError, TooLarge
from backpack.openbadges.strict_json import loads, loads_object

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


@given(VALUES)
def test_what_json_writes_is_read_back(value: object) -> None:
    assert loads(json.dumps(value)) == value
    assert loads(json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.parametrize(
    ("data", "value"),
    [
        pytest.param(b'\xef\xbb\xbf{"a": 1}', {"a": 1}, id="a byte order mark"),
        pytest.param(b' \r\n\t{"a": 1}\n', {"a": 1}, id="white space around"),
        pytest.param(rb'"\ud83d\ude00"', "😀", id="a pair of surrogates"),
        pytest.param(b"[" * 64 + b"]" * 64, None, id="64 deep"),
        pytest.param(json.dumps("[" * 500).encode(), "[" * 500, id="brackets in a string are no depth"),
        pytest.param(json.dumps(['"\\' + "{" * 100]).encode(), ['"\\' + "{" * 100], id="escapes before brackets"),
        pytest.param(b"[" + b",".join([b"0"] * 99_999) + b"]", None, id="100,000 values"),
        pytest.param(b"[" + b",".join([b"[]"] * 99_999) + b"]", None, id="100,000 values, most of them empty boxes"),
        pytest.param(b"18446744073709551615", 2**64 - 1, id="the largest integer"),
    ],
)
def test_reads(data: bytes, value: object) -> None:
    assert loads(data) == value or value is None


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(b'{"a": 1, "a": 2}', NotJSON, id="the same member twice"),
        pytest.param(rb'{"a": 1, "\u0061": 2}', NotJSON, id="the same member twice, once escaped"),
        pytest.param(b"NaN", NotJSON, id="NaN"),
        pytest.param(b"[Infinity]", NotJSON, id="Infinity"),
        pytest.param(b"[-Infinity]", NotJSON, id="-Infinity"),
        pytest.param(b"[1e999]", NotJSON, id="infinite in disguise"),
        pytest.param(b"[18446744073709551616]", NotJSON, id="2^64"),
        pytest.param(b"[-9223372036854775809]", NotJSON, id="-2^63-1"),
        pytest.param(b"[" + b"9" * 100_000 + b"]", NotJSON, id="a number of 100,000 digits"),
        pytest.param(rb'["\ud800"]', NotJSON, id="a lone surrogate"),
        pytest.param(rb'{"\udc00": 1}', NotJSON, id="a lone surrogate in a name"),
        pytest.param("{}".encode("utf-16"), NotJSON, id="UTF-16"),
        pytest.param("{}".encode("utf-16-le"), NotJSON, id="UTF-16 without mark"),
        pytest.param('{"a": "é"}'.encode("latin-1"), NotJSON, id="Latin-1"),
        pytest.param(b"[" * 65 + b"]" * 65, NotJSON, id="65 deep"),
        pytest.param(b'{"a":' * 65 + b"1" + b"}" * 65, NotJSON, id="65 deep in objects"),
        pytest.param(b"[" + b",".join([b"0"] * 100_000) + b"]", TooLarge, id="100,001 values"),
        pytest.param(b'"' + b"a" * strict_json.MAX_BYTES + b'"', TooLarge, id="4 MiB and two bytes"),
        pytest.param(b"", NotJSON, id="nothing"),
        pytest.param(b"{'a': 1}", NotJSON, id="single quotes"),
        pytest.param(b'{"a": 1} {"b": 2}', NotJSON, id="two documents"),
        pytest.param(b'{"a": "\x00"}', NotJSON, id="a control character"),
        pytest.param(b'{"a": 1,}', NotJSON, id="a comma too many"),
        pytest.param(b"\xed\xa0\x80", NotJSON, id="a surrogate in UTF-8"),
        pytest.param("\ud800", NotJSON, id="a str with a lone surrogate"),
    ],
)
def test_refuses(data: bytes | str, error: type[OpenBadgesError]) -> None:
    with pytest.raises(error):
        loads(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"[" * 50_000_000, id="50 MB of brackets"),
        pytest.param(b"[" * strict_json.MAX_BYTES, id="4 MiB of brackets"),
        pytest.param(b"[]" * (strict_json.MAX_BYTES // 2), id="4 MiB of empty boxes"),
        pytest.param(b'["' + b'\\"' * (strict_json.MAX_BYTES // 2 - 50) + b"[" * 70, id="4 MiB of escaped quotes"),
        pytest.param(b"[" * 70 + b'"' * (strict_json.MAX_BYTES - 70), id="4 MiB of quotes"),
        pytest.param(b"[" + b"[0," * (strict_json.MAX_BYTES // 3 - 1), id="4 MiB of boxes left open"),
    ],
)
def test_hostile_text_is_refused_quickly(data: bytes) -> None:
    started = time.process_time()
    with pytest.raises(OpenBadgesError):
        loads(data)
    assert time.process_time() - started < 2


def test_an_object_is_asked_for() -> None:
    assert loads_object(b'{"a": []}') == {"a": []}
    with pytest.raises(NotJSON):
        loads_object(b"[]")


def test_what_was_found_is_said() -> None:
    with pytest.raises(NotJSON) as caught:
        loads(b'{"a": 1, "a": 2}')
    assert caught.value.facts == {"found": strict_json.FOUND_DUPLICATE}
    assert "the same member twice" in str(caught.value)
