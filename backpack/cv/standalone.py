"""A CV as one HTML file that needs no server: its few rules of style and what programs read of it stand in its head.

Our own pages hold nothing inline; this one is a file to be kept, and is never shown by us.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask.json import dumps
from jinja2.utils import htmlsafe_json_dumps

from backpack.cv.linked_data import json_ld

STYLE: Final = """
body { font: 1.0625rem/1.5 system-ui, sans-serif; color: #14262c; background: #fff; max-inline-size: 44rem;
  margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 2rem; line-height: 1.1; margin: 0 }
h2 { font-size: 1.15rem; border-block-end: 1px solid; padding-block-end: .2rem; margin-block: 1.75rem .6rem }
p { margin: .2rem 0 }
ul { list-style: none; padding: 0; margin: 0 }
li + li { margin-block-start: .7rem }
.inline-list li { display: inline }
.inline-list li + li::before { content: ", " }
.lead { color: #0c5370; font-weight: 600 }
.muted { color: #48585d; font-size: .9375rem }
a { color: #0c5370 }
"""


def whole_file(markup: str, page: Mapping[str, Any]) -> str:
    """`markup` (the template `cv/standalone.html`, filled with `page`) with its style and its JSON-LD."""
    linked = htmlsafe_json_dumps(json_ld(page), dumps=dumps)
    head = f'<style>{STYLE}</style>\n<script type="application/ld+json">{linked}</script>\n</head>'
    return markup.replace("</head>", head, 1)
