"""Boxes: a ZIP or a mail becomes a line for each thing in it, in a job; other backpacks' lists; and what is refused."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from backpack.badges import unpacking
from backpack.badges.models import Badge, ImportItem
from backpack.database import reading, transaction
from backpack.evidence.queries import room_taken
from backpack.wiring import wired
from tests.badges.conftest import Holder, items, work
from tests.badges.issuers import HOST, Issuer, picture, png, signed, svg
from tests.openbadges import make


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Lines and jobs are tested on both kinds of database in `test_importing`."""
    copy = tmp_path / "backpack.db"
    copy.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{copy}"


def letter(*attached: tuple[str, bytes, str], text: str = "Bravo !") -> bytes:
    """A message as a mail program saves it, with a signature's picture in it."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = "badges@example.org", "camille@example.org", "Votre badge"
    made.set_content(text)
    for name, data, kind in attached:
        main, _slash, sub = kind.partition("/")
        made.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return made.as_bytes()


def results(lines: list[ImportItem]) -> list[tuple[str, str]]:
    return sorted((line.label, line.result) for line in lines)


def test_a_zip_is_opened_by_a_job_and_never_in_the_request(holder: Holder) -> None:
    box = make.box({"a.png": png(signed(number=1)), "dossier/b.svg": svg(signed(number=2)), "c.png": picture()})
    answer = holder.give(("lot.zip", box))
    assert answer.status_code == 303
    [waiting] = items(answer.location.rpartition("/")[2])
    assert (waiting.result, waiting.container, waiting.payload) == ("waiting", "zip", None)
    assert 'data-result="waiting"' in holder.client.get(answer.location).text
    work()
    lines = items(answer.location.rpartition("/")[2])
    assert results(lines) == [
        ("lot.zip › a.png", "added"),
        ("lot.zip › b.svg", "added"),
        ("lot.zip › c.png", "refused"),
    ]
    assert sorted(file.filename for badge in holder.badges() for file in badge.files) == ["a.png", "b.svg"]
    assert wired().storage.owners() == {holder.person.public_id}
    kept = {file.storage_key for badge in holder.badges() for file in badge.files} | {
        b.picture for b in holder.badges()
    }
    assert set(wired().storage.keys()) == kept, "the box itself is not kept"


def test_a_message_with_a_badge_attached(holder: Holder) -> None:
    mail = letter(("badge.png", png(signed()), "image/png"), ("logo.png", picture(), "image/png"))
    lines = holder.import_(("message.eml", mail))
    assert results(lines) == [("message.eml › badge.png", "added")], "a signature's picture is no badge that failed"
    [badge] = holder.badges()
    assert wired().storage.read(badge.files[0].storage_key) == png(signed())


def test_a_message_that_links_to_a_badge(holder: Holder, issuer: Issuer) -> None:
    """By an "Add to my backpack" link, or by a page that is known to show a badge; no other link is opened."""
    issuer.hosted(3)
    badge = quote(f"{HOST}/assertions/3", safe="")
    other = "https://badges.example.org/unsubscribe?who=camille"
    made = EmailMessage(policy=SMTP)
    made["From"], made["Subject"] = "badges@example.org", "Votre badge"
    made.set_content(f"Ajoutez-le : https://sac.example/import?url={badge}.\nSe désabonner : {other}")
    made.add_alternative(
        f'<a href="https://sac.example/import?lang=fr&amp;url={badge}">Ajouter</a> <a href="{other}">Stop</a>',
        subtype="html",
    )
    lines = holder.import_(("message.eml", made.as_bytes()))
    assert results(lines) == [(f"message.eml › {HOST}/assertions/3", "added")]
    assert not [url for url in issuer.asked if "unsubscribe" in url]


def test_a_forwarded_message_is_looked_into(holder: Holder) -> None:
    inner = EmailMessage(policy=SMTP)
    inner["From"], inner["Subject"] = "badges@example.org", "Votre badge"
    inner.set_content("…")
    inner.add_attachment(signed(), maintype="application", subtype="json", filename="badge.json")
    outer = EmailMessage(policy=SMTP)
    outer["From"], outer["Subject"] = "camille@example.org", "TR: Votre badge"
    outer.set_content("…")
    outer.add_attachment(inner)
    assert [line.result for line in holder.import_(("tr.eml", outer.as_bytes()))] == ["added"]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        pytest.param("m.eml", letter(), "no-badge-in-mail", id="a message without an attachment"),
        pytest.param("m.eml", letter(("a.png", picture(), "image/png")), "no-badge-in-mail", id="only a picture"),
        pytest.param("z.zip", make.box({}) or b"", "no-badge-found", id="an empty ZIP"),
        pytest.param("z.zip", make.box({"a.png": png(signed())})[:-40], "truncated", id="half a ZIP"),
        pytest.param("z.zip", make.box({f"{n}": b"" for n in range(2_001)}), "box-too-large", id="2,001 entries"),
        pytest.param("z.zip", make.box({"zeros": bytes(60_000_000)}), "box-too-large", id="a bomb of zeros"),
    ],
)
def test_a_box_that_cannot_be_opened_is_one_line_and_leaves_nothing(
    holder: Holder, name: str, data: bytes, code: str
) -> None:
    answer = holder.give((name, data))
    if answer.status_code == 303:
        work()
        lines = items(answer.location.rpartition("/")[2])
        assert [(line.label, line.result, line.reason) for line in lines] == [(name, "refused", code)]
        assert holder.client.get(answer.location).status_code == 200
    else:
        assert answer.status_code == 422
    assert list(wired().storage.keys()) == []


def test_ten_gigabytes_of_zeros_and_a_hundred_thousand_entries(holder: Holder) -> None:
    """What a ZIP claims is believed before anything of it is unpacked."""
    lying = bytearray(make.box({"zeros": bytes(1000)}))
    central = lying.rindex(b"PK\x01\x02")
    lying[central + 24 : central + 28] = (0xFFFFFFF0).to_bytes(4, "little")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        for number in range(100_000):
            box.writestr(zipfile.ZipInfo(str(number)), b"")
    lines = holder.import_(("zeros.zip", bytes(lying)), ("many.zip", out.getvalue()))
    assert [line.reason for line in lines] == ["box-too-large", "box-too-large"]


def test_names_in_a_box_are_only_shown(holder: Holder) -> None:
    box = make.box({"../../etc/x.png": png(signed(number=1)), "C:\\con.json": signed(number=2), "<b>.json": b"{}"})
    lines = holder.import_(("lot.zip", box))
    assert [line.label for line in lines] == ["lot.zip › x.png", "lot.zip › con.json", "lot.zip › <b>.json"]
    assert list(Path(wired().settings.data_dir).rglob("x.png")) == []


def test_a_box_in_a_box_is_not_opened(holder: Holder) -> None:
    inner = make.box({"a.png": png(signed())})
    lines = holder.import_(("lot.zip", make.box({"inner.zip": inner, "m.eml": letter(), "b.json": signed(number=2)})))
    assert sorted((line.result, line.reason) for line in lines if line.reason) == [("refused", "box-in-a-box")] * 2
    assert len(holder.badges()) == 1


def test_at_most_five_hundred_of_one_box(holder: Holder) -> None:
    box = make.box({f"{n}.txt": b"x" for n in range(502)})
    lines = holder.import_(("lot.zip", box))
    assert len(lines) == 502
    assert [line.reason for line in lines[500:]] == ["too-many-given"] * 2


def test_a_box_finds_no_more_room_than_there_is(holder: Holder) -> None:
    with transaction() as session:
        taken = {"batch": "x", "person_id": holder.person.id, "label": "x", "position": 0, "result": "held"}
        answer = holder.give(("lot.zip", make.box({"a.png": png(signed(number=1)), "b.png": png(signed(number=2))})))
        session.add(ImportItem(**taken, facts={}, size=499_999_000, created_at=func.now()))
    work()
    lines = items(answer.location.rpartition("/")[2])
    assert {line.reason for line in lines} == {"no-room"}
    assert list(wired().storage.keys()) == []


def test_an_interrupted_unpacking_doubles_nothing(holder: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker dies after the files are stored and before the lines are there; then it is done twice over."""
    answer = holder.give(("lot.zip", make.box({"a.png": png(signed(number=1)), "b.json": signed(number=2)})))
    [box] = items(answer.location.rpartition("/")[2])
    whole = unpacking._take_apart

    def dies(*_given: Any) -> None:
        raise OSError("the worker died here")

    monkeypatch.setattr(unpacking, "_take_apart", dies)
    with pytest.raises(OSError, match="died"):
        unpacking.unpack(wired(), room_taken, {"item": box.id})
    monkeypatch.setattr(unpacking, "_take_apart", whole)
    for _ in range(2):
        unpacking.unpack(wired(), room_taken, {"item": box.id})
    work()
    assert [line.result for line in items(box.batch)] == ["added", "added"]
    assert len(holder.badges()) == 2


def mozilla(number: int, payload: bytes) -> dict[str, Any]:
    """An entry of a Displayer's group."""
    assertion = json.loads(payload)
    return {"hostedUrl": f"{HOST}/assertions/{number}", "assertion": assertion, "imageUrl": f"{HOST}/badge.png"}


LISTS: list[Any] = [
    pytest.param(
        lambda one, two: {"userId": 7, "groupId": 1, "badges": [mozilla(1, one), mozilla(2, two)]}, id="Mozilla"
    ),
    pytest.param(
        lambda one, two: {
            "status": {"success": True},
            "result": [
                {"entityType": "BackpackAssertion", "openBadgeId": f"{HOST}/assertions/{n}", "narrative": None}
                for n in (1, 2)
            ],
        },
        id="Badgr and Canvas Credentials",
    ),
    pytest.param(
        lambda one, two: [{"assertionUrl": f"{HOST}/assertions/{n}"} for n in (1, 2)], id="a plain list of addresses"
    ),
    pytest.param(
        lambda one, two: {
            "badges": [{"assertion": {"verify": {"type": "hosted", "url": f"{HOST}/assertions/{n}"}}} for n in (1, 2)]
        },
        id="assertions that say where they are",
    ),
]


@pytest.mark.parametrize("made", LISTS)
def test_another_backpacks_list_leads_to_the_badges_themselves(
    holder: Holder, issuer: Issuer, made: Callable[[bytes, bytes], Any]
) -> None:
    listing = json.dumps(made(issuer.hosted(1), issuer.hosted(2))).encode()
    lines = holder.import_(("badges.json", listing))
    assert [line.result for line in lines] == ["added", "added"]
    assert all(line.label.startswith("badges.json › https://issuer.example.org/assertions/") for line in lines)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Badge)) == 2


def test_a_list_in_a_zip_and_the_badge_itself_are_one_badge(holder: Holder, issuer: Issuer) -> None:
    listing = json.dumps({"badges": [mozilla(1, issuer.hosted(1))]}).encode()
    lines = holder.import_(("export.zip", make.box({"group.json": listing, "badge.png": png(issuer.hosted(1))})))
    assert sorted(line.result for line in lines) == ["added", "known"]
    assert len(holder.badges()) == 1


def test_a_list_cannot_say_what_a_badge_is(holder: Holder, issuer: Issuer) -> None:
    """Its copy of the assertion is not believed: the issuer is asked."""
    entry = mozilla(1, issuer.hosted(1))
    entry["assertion"]["badge"] = {"name": "Doctorat"}
    holder.import_(("badges.json", json.dumps({"badges": [entry]}).encode()))
    assert [badge.name for badge in holder.badges()] == ["Soudure"]
