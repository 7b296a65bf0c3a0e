"""What a stranger's page of twenty badges weighs, as the application itself sends it."""

from __future__ import annotations

import re

from flask import Flask

from backpack.web.static import static_files
from tests.benchmarks.peopling import page_of

KB = 1024
MOST_KB = 60
MOST_FONTS_KB = 90


def test_a_page_of_twenty_badges_is_light(example: Flask) -> None:
    client, path = example.test_client(), f"/c/{page_of(20)}"
    page = client.get(path, headers={"Accept-Encoding": "gzip", "Accept-Language": "fr"})
    assert page.headers["Content-Encoding"] == "gzip"
    text = client.get(path, headers={"Accept-Language": "fr"}).text
    parts = set(re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', text))
    sent = [client.get(part, headers={"Accept-Encoding": "gzip"}) for part in sorted(parts)]
    assert all(one.headers["Content-Encoding"] == "gzip" for one in sent)
    assert (len(page.data) + sum(len(one.data) for one in sent)) / KB <= MOST_KB
    assert text.count("<article") == 20
    pictures = re.findall(r"<img [^>]+>", text)
    assert len(pictures) >= 20
    for picture in pictures:
        assert 'loading="lazy"' in picture
        assert re.search(r'width="\d+" height="\d+"', picture)


def test_the_fonts_are_light_too() -> None:
    fonts = [one.body for name, one in static_files().items() if name.endswith(".woff2")]
    assert 0 < sum(len(body) for body in fonts) / KB <= MOST_FONTS_KB
