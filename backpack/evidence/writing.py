"""What people write, as pages show it: CommonMark without raw HTML, then an allow-list (SECURITY C2)."""

from __future__ import annotations

from typing import Final

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS: Final = {
    *("p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a", "h3", "h4", "h5", "h6"),
}
SCHEMES: Final = {"http", "https", "mailto"}
DEEPEST: Final = 20
"""Levels of lists and quotations; what is deeper stays as it was typed. 50,000 nested quotations must not hold a
process."""

_reader = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST})
_plain = MarkdownIt("zero")
_reader.disable(["image", "html_block", "html_inline"])


def page_text(written: str) -> Markup:
    """Markdown as HTML that can only be text: titles below the page's own, pictures as links, nothing that runs."""
    tokens = _reader.parse(written)
    if any(token.nesting == 1 and token.level == DEEPEST - 1 for token in tokens):
        tokens = _plain.parse(written)  # the reader leaves out what lies deeper
    for token in tokens:
        if token.tag in {"h1", "h2"}:
            token.tag = "h3"
    html = _reader.renderer.render(tokens, _reader.options, {})
    clean = nh3.clean(
        html,
        tags=set(TAGS),
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes=set(SCHEMES),
        link_rel="nofollow noopener ugc",
    )
    return Markup(clean)  # noqa: S704 - the one place where a person's words become HTML, after the allow-list
