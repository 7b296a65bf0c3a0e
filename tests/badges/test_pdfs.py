"""A stranger's PDF is opened in a process of its own: the same is found as by the library alone, within limits."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pikepdf
import pytest

from backpack import rendering
from backpack.badges.intake import Given, lines_of
from backpack.badges.pdfs import payloads_of
from backpack.cv.editing import MOST_BADGES as MOST
from backpack.openbadges.containers import pdf
from backpack.openbadges.errors import OpenBadgesError
from tests.openbadges import make

BADGE = make.text(make.assertion())
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><openbadges:assertion xmlns:openbadges="http://openbadges.org" '
    b'verify="https://issuer.example.org/1"/></x:xmpmeta>'
)


def with_attachments(count: int) -> bytes:
    attached = {f"a{number}": b"x" for number in range(count)}
    return make.pdf(None, password=None, **attached)


PDFS = {
    "in the information": make.pdf(BADGE),
    "attached": make.pdf(None, a=BADGE, b=make.png()),
    "in both": make.pdf(BADGE, a=BADGE),
    "in its XMP": make.pdf_with_xmp(XMP),
    "in a damaged XMP": make.pdf_with_xmp(XMP[:-9]),
    "nowhere": make.pdf(),
    "locked": make.pdf(BADGE, password="secret"),
    "locked with no password": make.pdf(BADGE, password=""),
    "cut off": make.pdf(BADGE)[:300],
    "too many attachments": with_attachments(pdf.MAX_ATTACHMENTS + 1),
}


def outcome(read: object, data: bytes) -> tuple[bytes, ...] | str:
    try:
        return read(data)  # type: ignore[operator, no-any-return]
    except OpenBadgesError as error:
        return error.code


@pytest.mark.parametrize("data", PDFS.values(), ids=PDFS)
def test_the_same_is_found_in_the_process_as_by_the_library(data: bytes) -> None:
    assert outcome(payloads_of, data) == outcome(pdf.extract, data)


def test_what_unpacks_to_very_much_costs_this_process_nothing_and_is_refused() -> None:
    file = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.attachments["a.json"] = b" " * 150_000_000
        made.save(file, compress_streams=True)
    assert len(file.getvalue()) < 1_000_000
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = peak()
    (line,) = lines_of([Given(label="cv.pdf", data=file.getvalue())], file_mb=10, archive_mb=10)
    assert line.code == "too-large"
    assert peak() - before < 20_000


def peak() -> int:
    """The most memory this process held, in KB."""
    found = re.search(r"^VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1])


def test_all_badges_of_the_longest_cv_are_read_and_no_more() -> None:
    badges = {f"b{number}": make.text(make.assertion(id=f"https://a.example/{number}")) for number in range(MOST + 1)}
    cv = make.pdf(None, password=None, **badges)
    lines = lines_of([Given(label="cv.pdf", data=cv)], file_mb=10, archive_mb=10)
    assert [line.code for line in lines] == [None] * MOST + ["too-many-given"]


def test_one_that_takes_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rendering.LIMITS, "seconds", 0)
    with pytest.raises(OpenBadgesError) as refused:
        payloads_of(make.pdf(BADGE))
    assert refused.value.code == "too-large"
