"""Bitstring Status List 1.0 and its forerunners StatusList2021 and RevocationList2020 (VERIFICATION 6.6).

The list is itself a credential, and says something only when its own proof, dates and address are in order. Bit 0 is
the left-most bit of the first byte.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping

from backpack.openbadges.asking import GONE
from backpack.openbadges.case import TOLERANCE, Case
from backpack.openbadges.documents import Document, Missing
from backpack.openbadges.errors import N_
from backpack.openbadges.identity.multibase import lenient_base64, to_base64url
from backpack.openbadges.proofs import signed_document
from backpack.openbadges.strict_json import JSON
from backpack.openbadges.versions.dates import stamped
from backpack.openbadges.versions.shapes import Object, identifier, obj, objects, string, strings
from backpack.openbadges.versions.v3 import end_stated, start_of

ENTRIES = frozenset({"BitstringStatusListEntry", "StatusList2021Entry", "RevocationList2020Status"})
_LISTS = {"BitstringStatusList", "StatusList2021", "RevocationList2020"}
_INDEX = re.compile(r"0|[1-9]\d{0,15}")
_GZIP = 31
MIN_ENTRIES = 131_072
_SUSPENDED = "suspension"
_WITHDRAWN = "revocation"


class Unusable(ValueError):
    """The list cannot be read, or not at this place."""


def check(case: Case, entry: Object) -> None:
    """One status entry. Adds its answer to the check `status`."""
    findings = case.findings
    address = entry.get("statusListCredential")
    if not isinstance(address, str):
        # Of several, RDF keeps no order: whoever holds the badge would choose which list is asked.
        findings.unknown("status", "status-unusable", name="statusListCredential")
        return
    answer = case.inquiry.ask(address, "status", "application/json, application/vc+jwt;q=0.9, */*;q=0.1")
    if isinstance(answer, Missing) or answer.status == GONE:
        findings.unknown("status", "status-unreachable", address)
        return
    try:
        document = _list_in(case, answer, address)
        _judge(case, entry, obj(document.get("credentialSubject")), address, document.get("id") in (None, address))
    except Unusable as wrong:
        findings.unknown("status", "status-unusable", address, name=str(wrong))


def _list_in(case: Case, answer: Document, address: str) -> dict[str, JSON]:
    """The list, once it is proven to be what it says. Raises Unusable."""
    document = signed_document.proven(answer.body, case.inquiry)
    if document is None:
        raise Unusable("proof")
    subject = obj(document.get("credentialSubject"))
    if not _LISTS & set(strings(subject.get("type"))):
        raise Unusable("type")
    start, end = stamped(start_of(document)), stamped(end_stated(document))
    if (start is not None and start > case.inquiry.now + TOLERANCE) or (end is not None and end < case.inquiry.now):
        raise Unusable("dates")
    case.inquiry.turns(end)
    if identifier(document.get("issuer")) != case.shown.issuer.id:
        case.findings.warning("status", N_("The list names another issuer."), "status-list-other-issuer", address)
    return document


def _judge(case: Case, entry: Object, subject: Object, address: str, is_named: bool) -> None:
    purposes = strings(entry.get("statusPurpose")) or (_WITHDRAWN,)
    served = strings(subject.get("statusPurpose"))
    if served and not set(purposes) <= set(served):
        raise Unusable("purpose")
    size = entry.get("statusSize", 1)
    if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= 64:
        raise Unusable("statusSize")
    bits = inflated(string(subject.get("encodedList")) or "", case.inquiry.policy.max_status_bytes)
    if len(bits) * 8 // size < MIN_ENTRIES:
        case.findings.warning("status", N_("The list is shorter than the standard asks."), "short-list", address)
    value = value_at(bits, index_of(entry), size)
    if not is_named and not value:
        # A good list in another one's place could hide a withdrawal; it cannot make one up.
        raise Unusable("id")
    for purpose in purposes:
        _say(case, entry, purpose, value, address)


def _say(case: Case, entry: Object, purpose: str, value: int, address: str) -> None:
    findings = case.findings
    if purpose == "message":
        words = _message(entry, value)
        findings.warning("status", N_("The issuer says of it: {what}"), "status-message", address, what=words)
    elif purpose == "refresh":
        text = N_("The issuer has a newer version.") if value else N_("The issuer has no newer version.")
        findings.passed("status", text, address)
    elif not value:
        text = N_("Not suspended.") if purpose == _SUSPENDED else N_("Not revoked.")
        findings.passed("status", text, address)
    elif purpose == _SUSPENDED:
        findings.failed("status", "suspended", address)
    elif purpose == _WITHDRAWN:
        findings.failed("status", "revoked", address)
    else:
        findings.unknown("status", "status-unusable", address, name=purpose)


def _message(entry: Object, value: int) -> str:
    for message in objects(entry.get("statusMessage")):
        if string(message.get("status")) in (hex(value), str(value)):
            return string(message.get("message")) or hex(value)
    return hex(value)


def index_of(entry: Object) -> int:
    """`statusListIndex`: a canonical decimal string, or an integer as many write it. Raises Unusable."""
    value = entry.get("statusListIndex")
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str) and _INDEX.fullmatch(value):
        return int(value)
    raise Unusable("statusListIndex")


def value_at(bits: bytes, index: int, size: int = 1) -> int:
    """The value of an entry: bit 0 is the left-most of byte 0. Raises Unusable beyond the end."""
    first = index * size
    if first + size > len(bits) * 8:
        raise Unusable("range")
    value = 0
    for place in range(first, first + size):
        value = value << 1 | bits[place // 8] >> (7 - place % 8) & 1
    return value


def inflated(encoded: str, most: int) -> bytes:
    """`encodedList`: multibase `u` base64url (2021: plain base64) of gzip. Raises Unusable, also for a bomb."""
    text = encoded[1:] if encoded.startswith("u") else encoded
    try:
        packed = lenient_base64(text)
        inflater = zlib.decompressobj(_GZIP)
        bits = inflater.decompress(packed, most + 1)
    except (ValueError, zlib.error) as error:
        raise Unusable("encodedList") from error
    if len(bits) > most or not inflater.eof:
        raise Unusable("encodedList")
    return bits


def encoded(bits: bytes) -> str:
    """The `encodedList` of these bits, for lists of our own."""
    packer = zlib.compressobj(9, zlib.DEFLATED, _GZIP)
    return "u" + to_base64url(packer.compress(bits) + packer.flush())


def list_of(revoked: Mapping[int, bool] | None = None, entries: int = MIN_ENTRIES) -> bytes:
    """The bits of a list in which these entries are set."""
    bits = bytearray(entries // 8)
    for index, is_set in (revoked or {}).items():
        if is_set:
            bits[index // 8] |= 0x80 >> index % 8
    return bytes(bits)
