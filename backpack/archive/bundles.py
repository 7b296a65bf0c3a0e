"""Proof bundles: a badge, what the network said about it, and the verdict, in one ZIP that can be judged again offline.

    badge/payload             the badge, to the byte; badge/original-1.png ... the files it came in
    now/documents.json        what each address had answered when the bundle was made; now/report.json the verdict
    then/...                  the same for the last day of which something was known, where it is not valid now
    bodies/<sha256>           the bodies, each once
    policy.json               the lists of issuers and platforms that the verdict rests on
    manifest.json             the SHA-256 and the size of each of these

The file has one form only: packed without compression, in one order, with one date. So whoever reads it packs it again
and compares, and no byte of it can be another one.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from backpack import openbadges
from backpack.archive.policy import registrable_domain
from backpack.errors import N_, BackpackError
from backpack.openbadges.documents import Document, Documents, Missing
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.model import Credential
from backpack.openbadges.policy import Policy
from backpack.openbadges.report import Report
from backpack.openbadges.strict_json import loads_object
from backpack.openbadges.summing import summary

FORMAT: Final = "backpack-proof-1"
MANIFEST, POLICY, PAYLOAD, README = "manifest.json", "policy.json", "badge/payload", "README.txt"
DATE: Final = (2026, 1, 1, 0, 0, 0)
MOST_MEMBERS, MOST_BYTES = 500, 256 * 1024 * 1024
INSTANTS: Final = ("fetched_at", "fresh_until", "usable_until")


class NoBundle(BackpackError):
    code = "no-bundle"
    sentence = N_("This is no proof bundle. Give the ZIP file that “Download the proof” gave you, as it is.")


class BundleChanged(BackpackError):
    code = "bundle-changed"
    sentence = N_("This proof bundle is not as it was made: %(found)s (%(member)s). Download it again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One judging: when, with which answers, and what came of it."""

    judged_at: datetime
    answers: Mapping[str, Document | Missing]
    verdict: Mapping[str, Any]

    def get(self, url: str, accept: str = "application/json") -> Document | Missing:
        """As the archive answered then. `accept` changes nothing here."""
        return self.answers.get(url) or Missing(url=url, why="not-asked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What a proof bundle holds, in the very bytes it was made of."""

    payload: bytes
    now: Sitting
    then: Sitting | None
    policy: Policy

    @property
    def sittings(self) -> tuple[Sitting, ...]:
        return (self.now,) if self.then is None else (self.now, self.then)

    def judged(self, sitting: Sitting, now: datetime | None = None, recipients: Sequence[str] = ()) -> Report:
        """The verdict again, from these documents and nothing else; `now`: at another instant."""
        try:
            credential = openbadges.read_payload(self.payload)
        except OpenBadgesError:  # judged as what can no longer be read
            credential = Credential(payload=self.payload)
        at = now or sitting.judged_at
        return openbadges.verify(credential, sitting, at, recipients=recipients, policy=self.policy)


@dataclass(slots=True)
class Recorder:
    """Documents that remember what they were asked and what they answered."""

    documents: Documents
    answers: dict[str, Document | Missing] = field(default_factory=dict)

    def get(self, url: str, accept: str = "application/json") -> Document | Missing:
        """The answer, kept."""
        self.answers[url] = self.documents.get(url, accept)
        return self.answers[url]


def sit(credential: Credential, documents: Documents, policy: Policy, now: datetime) -> Sitting:
    """Judge from these documents, and keep all that the verdict rests on. It says nothing about whose badge it is:
    the addresses of its owner are not put into a file that is made to be handed on."""
    recorder = Recorder(documents)
    report = openbadges.verify(credential, recorder, now, policy=policy)
    return Sitting(judged_at=now, answers=dict(recorder.answers), verdict=summary(report))


def bundle(
    payload: bytes, originals: Mapping[str, bytes], now: Sitting, then: Sitting | None, policy: Policy, words: str
) -> bytes:
    """The ZIP. `originals`: the files the badge came in, by their name in the bundle; `words`: what README.txt says."""
    members: dict[str, bytes] = {README: words.encode(), PAYLOAD: payload}
    members |= {f"badge/{name}": data for name, data in originals.items()}
    lists = {"keys": dict(policy.known_keys), "hosts": dict(policy.known_issuers), "platforms": list(policy.platforms)}
    members[POLICY] = _json(lists)
    for name, sitting in (("now", now), ("then", then)):
        if sitting is not None:
            members |= _written(name, sitting)
    told = {name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for name, data in members.items()}
    return _packed({MANIFEST: _json({"format": FORMAT, "members": told}), **members})


def read_bundle(data: bytes) -> Bundle:
    """What is in it. Raises NoBundle, or BundleChanged when any byte or member is not as it was made."""
    members = _unpacked(data)
    _check(members, data)
    try:
        lists = loads_object(members[POLICY])
        policy = Policy(
            known_keys=lists["keys"],  # type: ignore[arg-type] # our own file, hashed
            known_issuers=lists["hosts"],  # type: ignore[arg-type]
            platforms=tuple(lists["platforms"]),  # type: ignore[arg-type]
            registrable_domain=registrable_domain,
        )
        then = _read("then", members) if "then/report.json" in members else None
        return Bundle(payload=members[PAYLOAD], now=_read("now", members), then=then, policy=policy)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError, OpenBadgesError) as error:
        raise NoBundle from error


def _check(members: Mapping[str, bytes], data: bytes) -> None:
    try:
        manifest = loads_object(members[MANIFEST])
        told: Any = manifest["members"]
        known = {name: (one["sha256"], one["size"]) for name, one in told.items()}
    except (KeyError, TypeError, AttributeError, OpenBadgesError) as error:
        raise NoBundle from error
    if manifest.get("format") != FORMAT:
        raise NoBundle
    for name in known.keys() - members.keys():
        raise BundleChanged(found=N_("a file is missing"), member=name)
    for name in members.keys() - known.keys() - {MANIFEST}:
        raise BundleChanged(found=N_("a file was added"), member=name)
    for name, (digest, size) in known.items():
        if (hashlib.sha256(members[name]).hexdigest(), len(members[name])) != (digest, size):
            raise BundleChanged(found=N_("a file was changed"), member=name)
    again = {MANIFEST: _json({"format": FORMAT, "members": told}), **{name: members[name] for name in told}}
    if _packed(again) != data:
        raise BundleChanged(found=N_("the packing was changed"), member="ZIP")


def _unpacked(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            inside = packed.infolist()
            plain = all(one.compress_type == zipfile.ZIP_STORED and not one.flag_bits & 1 for one in inside)
            if not plain or len(inside) > MOST_MEMBERS or sum(one.file_size for one in inside) > MOST_BYTES:
                raise NoBundle
            if len({one.filename for one in inside}) != len(inside):
                raise BundleChanged(found=N_("a file was added"), member="ZIP")
            return {one.filename: _member(packed, one) for one in inside}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise NoBundle from error


def _member(packed: zipfile.ZipFile, one: zipfile.ZipInfo) -> bytes:
    try:
        return packed.read(one)
    except zipfile.BadZipFile as error:  # its own checksum says so already
        raise BundleChanged(found=N_("a file was changed"), member=one.filename) from error


def _packed(members: Mapping[str, bytes]) -> bytes:
    """The one ZIP of these members: nothing in it depends on when or where it is made."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for name, data in members.items():
            entry = zipfile.ZipInfo(name, DATE)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            packed.writestr(entry, data)
    return out.getvalue()


def _written(name: str, sitting: Sitting) -> dict[str, bytes]:
    bodies: dict[str, bytes] = {}
    answers = [_answer(one, bodies) for one in sitting.answers.values()]
    return {
        f"{name}/report.json": _json(dict(sitting.verdict)),
        f"{name}/documents.json": _json(answers),
        **bodies,
    }


def _answer(one: Document | Missing, bodies: dict[str, bytes]) -> dict[str, Any]:
    if isinstance(one, Missing):
        tried = one.tried_at.isoformat() if one.tried_at else None
        good = _answer(one.last_good, bodies) if one.last_good else None
        return {"url": one.url, "why": one.why, "tried_at": tried, "last_good": good}
    name = f"bodies/{hashlib.sha256(one.body).hexdigest()}"
    bodies[name] = one.body
    return {
        "url": one.url,
        "final_url": one.final_url,
        "chain": list(one.chain),
        "status": one.status,
        "headers": dict(one.headers),
        "content_type": one.content_type,
        **{instant: getattr(one, instant).isoformat() for instant in INSTANTS},
        "body": name,
    }


def _read(name: str, members: Mapping[str, bytes]) -> Sitting:
    report: Any = loads_object(members[f"{name}/report.json"])
    answers = [_answered(one, members) for one in json.loads(members[f"{name}/documents.json"])]
    return Sitting(
        judged_at=datetime.fromisoformat(report["judged_at"]),
        answers={one.url: one for one in answers},
        verdict=report,
    )


def _answered(one: Mapping[str, Any], members: Mapping[str, bytes]) -> Document | Missing:
    if "why" in one:
        good = _answered(one["last_good"], members) if one["last_good"] else None
        tried = datetime.fromisoformat(one["tried_at"]) if one["tried_at"] else None
        last = good if isinstance(good, Document) else None
        return Missing(url=one["url"], why=one["why"], tried_at=tried, last_good=last)
    plain = {key: one[key] for key in ("url", "final_url", "status", "headers", "content_type")}
    instants: dict[str, Any] = {key: datetime.fromisoformat(one[key]) for key in INSTANTS}
    return Document(**plain, **instants, chain=tuple(one["chain"]), body=members[one["body"]])


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
