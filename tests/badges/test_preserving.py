"""A badge outlives its issuer: the last good day is said and kept, and its proof can be judged again offline."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from backpack.archive.bundles import MANIFEST, BundleChanged, NoBundle, read_bundle
from backpack.archive.models import TrustedIssuer
from backpack.badges.looking import look
from backpack.cli import main
from backpack.database import transaction, utcnow
from tests.badges.conftest import Holder, work
from tests.badges.issuers import HOST, KEY, Issuer, signed
from tests.people import ADDRESS, signed_in

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=True) as traveller:
        yield traveller


def proof(holder: Holder) -> bytes:
    answer = signed_in(holder.client, holder.person).get(f"/badges/{holder.badges()[0].public_id}/proof.zip")
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["Content-Disposition"]
    return bytes(answer.data)


def verified(data: bytes, folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[Any]]:
    """What `backpack verify --bundle` says: exit status and lines."""
    path = folder / "proof.zip"
    path.write_bytes(data)
    status = main(["verify", "--bundle", str(path), "--json", *words])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"input"' in line]


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def packed(members: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["hosted", "signed"])
def test_the_same_verdict_comes_out_without_the_network(
    kind: str, holder: Holder, issuer: Issuer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = issuer.hosted() if kind == "hosted" else signed()
    holder.import_(("badge.json", file))
    data = proof(holder)
    status, [line] = verified(data, tmp_path, capsys)
    assert (status, line["outcome"], line["bundle"], line["recipient"]) == (0, "valid", "intact", "not-asked")
    assert members(data)["badge/payload"] == file.strip()
    assert members(data)["badge/original-1.json"] == file
    assert ADDRESS not in members(data)["now/report.json"].decode()
    status, [line] = verified(data, tmp_path, capsys, "--recipient", ADDRESS)
    assert (status, line["recipient"]) == (0, "match")


def test_the_proof_knows_the_issuers_that_the_site_s_staff_knows(holder: Holder) -> None:
    with transaction() as session:
        session.add(TrustedIssuer(kind="key", value=KEY.did(), name="University", added_at=utcnow()))
    holder.import_(("badge.json", signed()))
    bundle = read_bundle(proof(holder))
    assert bundle.policy.known_keys == {KEY.did(): "University"}


def fall_silent(issuer: Issuer, clock: time_machine.Traveller) -> None:
    """The issuer says nothing more for longer than any answer counts, and we have looked."""
    issuer.is_silent = True
    clock.shift(timedelta(days=40))
    look({})
    work()
    look({})


def test_a_badge_whose_issuer_is_gone_says_its_last_good_day_and_proves_it(
    holder: Holder,
    issuer: Issuer,
    clock: time_machine.Traveller,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    holder.import_(("badge.json", issuer.hosted()))
    fall_silent(issuer, clock)
    page = signed_in(holder.client, holder.person).get(f"/badges/{holder.badges()[0].public_id}").text
    assert 'data-state="unreachable"' in page
    assert 'datetime="2026-03-02T12:00' in page
    assert "Les réponses de ce jour-là sont conservées." in page
    assert f"{HOST}/assertions/1" in page
    status, [today, then] = verified(proof(holder), tmp_path, capsys)
    assert (status, today["outcome"], today["reason"]) == (1, "unknown", "document-unreachable")
    assert (then["outcome"], then["judged_at"][:16]) == ("valid", "2026-03-02T12:00")


def test_the_last_good_day_is_that_of_the_answers_it_had(
    holder: Holder,
    issuer: Issuer,
    clock: time_machine.Traveller,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    holder.import_(("badge.json", issuer.hosted()))
    clock.shift(timedelta(hours=1))
    issuer.hosted(expires=(NOON + timedelta(minutes=30)).isoformat())  # its server says another end from now on
    holder.client.get(f"/badges/{holder.badges()[0].public_id}")
    work()
    status, [today, then] = verified(proof(holder), tmp_path, capsys)
    assert (status, today["outcome"], then["outcome"]) == (1, "expired", "valid")


@pytest.fixture
def bundle(holder: Holder, issuer: Issuer) -> bytes:
    holder.import_(("badge.json", issuer.hosted()))
    return proof(holder)


def test_every_changed_byte_is_found(bundle: bytes) -> None:
    assert read_bundle(bundle).then is None
    step = max(1, len(bundle) // 400)
    for at in [*range(0, len(bundle), step), *range(len(bundle) - 200, len(bundle))]:
        other = bytearray(bundle)
        other[at] ^= 1 << (at % 8)
        with pytest.raises((BundleChanged, NoBundle)):
            read_bundle(bytes(other))


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(lambda inside: {**inside, "extra.txt": b"more"}, id="one added"),
        pytest.param(lambda inside: {n: d for n, d in inside.items() if n != "badge/payload"}, id="one missing"),
        pytest.param(lambda inside: {n.replace("payload", "pay1oad"): d for n, d in inside.items()}, id="one renamed"),
        pytest.param(lambda inside: dict(reversed(inside.items())), id="another order"),
        pytest.param(lambda inside: inside, id="packed again"),
        pytest.param(lambda inside: {n: d for n, d in inside.items() if n != MANIFEST}, id="no manifest"),
        pytest.param(lambda _inside: {MANIFEST: b"[" * 9000}, id="nonsense"),
        pytest.param(lambda _inside: {MANIFEST: b'{"format": "backpack-proof-1", "members": {"a": 1}}'}, id="odd"),
    ],
)
def test_another_set_of_files_is_found(bundle: bytes, work: Callable[[dict[str, bytes]], dict[str, bytes]]) -> None:
    with pytest.raises((BundleChanged, NoBundle)):
        read_bundle(packed(work(members(bundle))))
    with pytest.raises((BundleChanged, NoBundle)):
        read_bundle(packed(work(members(bundle)), zipfile.ZIP_DEFLATED))


@pytest.mark.parametrize("data", [b"", b"PK", b"a picture", packed({}), packed({"a": b"b"})])
def test_what_is_no_bundle_is_refused_in_a_sentence(
    data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, [line] = verified(data, tmp_path, capsys)
    assert (status, line["error"]) == (2, "no-bundle")
    assert main(["verify", "--bundle", str(tmp_path / "nowhere.zip")]) == 2
    assert main(["verify"]) == 2


def test_a_verdict_that_was_written_otherwise_does_not_come_out_again(
    bundle: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every hash put right: only judging again tells."""
    inside = members(bundle)
    inside["now/report.json"] = inside["now/report.json"].replace(b'"valid"', b'"void!"')
    manifest = json.loads(inside[MANIFEST])
    manifest["members"]["now/report.json"] = {
        "sha256": hashlib.sha256(inside["now/report.json"]).hexdigest(),
        "size": len(inside["now/report.json"]),
    }
    inside[MANIFEST] = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in inside.items():
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            made.writestr(entry, data)
    status, [line] = verified(out.getvalue(), tmp_path, capsys)
    assert (status, line["error"]) == (2, "bundle-changed")
    assert "another verdict" in line["message"]


def test_nobody_else_gets_it(holder: Holder, issuer: Issuer, bundle: bytes) -> None:
    address = f"/badges/{holder.badges()[0].public_id}/proof.zip"
    stranger = holder.client.application.test_client()
    assert stranger.get(address).status_code in {302, 303}


def test_what_was_taken_back_has_no_last_good_day_once_its_issuer_is_silent(
    holder: Holder,
    issuer: Issuer,
    clock: time_machine.Traveller,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    holder.import_(("badge.json", issuer.hosted()))
    [badge] = holder.badges()
    clock.shift(timedelta(days=1))
    issuer.say(f"{HOST}/assertions/1", {}, 410)
    signed_in(holder.client, holder.person).get(f"/badges/{badge.public_id}")
    work()
    fall_silent(issuer, clock)
    page = signed_in(holder.client, holder.person).get(f"/badges/{badge.public_id}").text
    assert 'data-state="withdrawn"' in page
    assert "Retiré par son émetteur le 3 mars 2026." in page
    assert "était valide" not in page
    assert "Dernière confirmation" not in page
    status, [today, then] = verified(proof(holder), tmp_path, capsys)
    assert (status, today["outcome"]) == (1, "unknown")
    assert (then["outcome"], then["judged_at"][:10]) == ("revoked", "2026-03-03")
    assert holder.badges()[0].state == "withdrawn"
