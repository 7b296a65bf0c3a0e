"""A mail (`.eml`, RFC 5322): every attachment that is a container is one, as is each link to a badge in its words."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser

from backpack.openbadges.addresses import badge_behind
from backpack.openbadges.errors import NoBadgeFound, TooLarge, Truncated

NAME = "eml"
MAX_PARTS = 200
MAX_TOTAL = 100 * 1024 * 1024
MAX_TEXT = 1024 * 1024
MAX_LINKS = 50
_LINK = re.compile(r"https?://[^\s<>\"'{}|\\^`]{1,2000}", re.IGNORECASE)
_FIELD = rb"[\x21-\x39\x3b-\x7e]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*"
_HEADER = re.compile(rb"(?:From [^\r\n]*\r?\n)?(?:" + _FIELD + rb"){2,}")
_OF_A_MAIL = re.compile(
    rb"^(?:from|received|return-path|delivered-to|mime-version|message-id|dkim-signature):",
    re.IGNORECASE | re.MULTILINE,
)


def recognises(head: bytes) -> bool:
    """Whether it begins with fields, of which one is a mail's."""
    found = _HEADER.match(head)
    return found is not None and _OF_A_MAIL.search(found.group()) is not None


def entries(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The name and the bytes of each attachment, and of each picture in the text; then each address of a badge that the
    text links to, under itself. Raises Truncated, TooLarge or NoBadgeFound."""
    total, count = 0, 0
    linked: dict[str, None] = {}
    for part in _parts(data):
        if part.is_multipart():
            continue
        if part.get_content_maintype() == "text" and not part.get_filename():
            linked |= dict.fromkeys(_badges_in(part))
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or not content:
            continue
        total, count = total + len(content), count + 1
        if total > MAX_TOTAL or count > MAX_PARTS:
            raise TooLarge
        yield part.get_filename() or part.get_content_type(), content
    yield from ((address, address.encode()) for address in list(linked)[:MAX_LINKS])
    if not count and not linked:
        raise NoBadgeFound


def extract(data: bytes) -> Iterator[bytes]:
    """The bytes of each attachment, and each address. Raises as `entries`."""
    return (content for _name, content in entries(data))


def _badges_in(part: EmailMessage) -> Iterator[str]:
    """The addresses of badges that the words of a mail link to. Words that are written wrongly have none."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return
    text = content[:MAX_TEXT].decode("utf-8", "replace")  # an address is written in ASCII, whatever the words are in
    for found in _LINK.finditer(html.unescape(text) if part.get_content_subtype() == "html" else text):
        if (address := badge_behind(found.group().rstrip(".,;:!?)]"))) is not None:
            yield address


def _parts(data: bytes) -> list[EmailMessage]:
    try:
        message = BytesParser(policy=policy.default).parsebytes(data)
        return list(message.walk())
    except (MessageError, ValueError, LookupError, RecursionError, AttributeError, IndexError, TypeError):
        raise Truncated from None  # the parser's own faults, on mails nobody sent
