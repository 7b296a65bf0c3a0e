"""The page of a CV for a browser's engine: what `cv.typ` draws (layout `margin`), in HTML and CSS, from the same data.

Same words, faces, sizes, links, QR code, tags and number of pages. The engine keeps what a caller can let it keep from
one drawing to the next: the style sheet, read once, and its faces.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment

from backpack.rendering import FONTS

FACES = (
    ("Hanken Grotesk", 400, "HankenGrotesk-Regular.ttf"),
    ("Hanken Grotesk", 700, "HankenGrotesk-Bold.ttf"),
    ("Bricolage Grotesque", 700, "BricolageGrotesque-Bold.ttf"),
)
MARKUP = """
<!doctype html>
<html lang="{{ cv.language }}">
<head>
<meta charset="utf-8"><title>{{ cv.title }}</title>
<meta name="author" content="{{ cv.name }}"><meta name="description" content="{{ cv.description }}">
<meta name="keywords" content="{{ cv.keywords | join(', ') }}">
</head>
<body>
<header>
<div class="check">
<img src="qr:" alt="{{ cv.check.alt }}">
<p>{{ cv.check.caption }}<br><a href="{{ cv.check.url }}">{{ cv.check.code }}</a>
</div>
<h1>{{ cv.name }}</h1>
<p class="headline">{{ cv.headline }}
{% for row in cv.contacts %}
<p>{% for one in row -%}
{% if one.url %}<a href="{{ one.url }}">{{ one.text }}</a>{% else %}{{ one.text }}{% endif -%}
{{ " · " if not loop.last }}
{%- endfor %}{% endfor %}
</header>
{% for part in cv.parts %}
<h2>{{ part.heading }}</h2>
{% if part.kind == "words" %}<p>{{ part.words }}{% endif %}
{% for one in part.entries %}
<section><p class="when">{{ one.period }}
<p><strong>{{ one.title }}</strong>, {{ one.place }}<br>{{ one.text }}</section>
{% endfor %}
{% for one in part.badges %}
<section><p class="when">{{ one.month }}
<p><a href="{{ one.url }}"><strong>{{ one.title }}</strong></a> – {{ one.issuer }}<br>{{ one.line }}<br>
<small>{{ one.proof }}</small></section>
{% endfor %}
{% endfor %}
<p class="note">{{ cv.note }}
</body>
</html>
"""
STYLE = """
@page { size: A4; margin: 16mm 18mm;
  @bottom-left { content: string(name); font: 2.95mm Hanken Grotesk; color: #48585d }
  @bottom-right { content: counter(page) " / " counter(pages); font: 2.95mm Hanken Grotesk; color: #48585d } }
html { font: 3.65mm/1.25 Hanken Grotesk; color: #14262c }
body, p { margin: 0 }
h1 { string-set: name content(); font: 700 9.4mm/1 Bricolage Grotesque; letter-spacing: -.02em; margin: 0 0 2.4mm }
h2 { font: 700 4.5mm/1 Bricolage Grotesque; margin: 3.4mm 0 2.4mm; padding-bottom: 1mm;
  border-bottom: .3mm solid; break-after: avoid }
a { color: inherit; text-decoration: underline #0c5370 .18mm; text-underline-offset: .16em }
.headline { font-size: 4.4mm; font-weight: 700; color: #0c5370; margin-bottom: 1mm }
.check { float: right; width: 26mm; margin-top: -2.6mm; text-align: center; font-size: 2.95mm }
.check img { width: 26mm; height: 26mm }
section { position: relative; margin: 1.9mm 0 1.9mm 39mm }
.when { position: absolute; left: -39mm; width: 35mm; color: #48585d; font-variant-numeric: tabular-nums }
small { font-size: 3.2mm; color: #48585d }
.note { font-size: 2.95mm; color: #48585d; border-top: .2mm solid #dedbd2; margin-top: 4.4mm; padding-top: 2mm }
"""


def drawer(weasyprint: Any) -> Callable[[Mapping[str, Any]], bytes]:
    """What draws a CV's data with WeasyPrint, as a tagged PDF of PDF/UA-1."""
    faces = "".join(
        f"@font-face {{ font-family: {name}; font-weight: {weight}; src: url({(FONTS / file).as_uri()}) }}"
        for name, weight, file in FACES
    )
    kept = weasyprint.text.fonts.FontConfiguration()
    style = weasyprint.CSS(string=faces + STYLE, font_config=kept)
    template = Environment(autoescape=True).from_string(MARKUP)

    def draw(cv: Mapping[str, Any]) -> bytes:
        def code(url: str, *_more: object, **_named: object) -> Any:
            if url != "qr:":
                raise ValueError(url)
            body = cv["check"]["qr"].encode()
            return weasyprint.urls.URLFetcherResponse(url, body, {"Content-Type": "image/svg+xml"})

        page = weasyprint.HTML(string=template.render(cv=cv), url_fetcher=code)
        made: bytes = page.write_pdf(stylesheets=[style], font_config=kept, pdf_variant="pdf/ua-1")
        return made

    return draw
