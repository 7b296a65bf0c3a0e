"""Importing, from the form to the badge: what is added, what waits, what is refused, and that nothing is half-saved."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from backpack import jobs
from backpack.accounts.models import Person
from backpack.archive.refreshing import REFRESH, wish_refresh
from backpack.badges.handlers import IMPORT, import_item
from backpack.badges.importing import STEP, ask_for_judging
from backpack.badges.models import Arrival, Badge, BadgeFile, ImportItem
from backpack.badges.recording import VERDICT_CHANGED
from backpack.database import reading, transaction, utcnow
from backpack.jobs import Job
from backpack.openbadges.report import Wanted
from backpack.wiring import wired
from tests.badges.conftest import Holder, items, work
from tests.badges.issuers import HOST, Issuer, hashed, picture, plain, png, signed, svg
from tests.openbadges import make
from tests.people import ADDRESS, sign_up_person

ELSE = "somebody.else@elsewhere.example"


def count(table: type[Badge | ImportItem | Arrival | BadgeFile | Job]) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("name", ["hosted JSON", "hosted PNG", "signed JSON", "signed PNG", "signed SVG", "pasted"])
def test_a_badge_of_mine_is_added_with_its_bytes(holder: Holder, issuer: Issuer, name: str) -> None:
    payload = issuer.hosted() if name.startswith("hosted") else signed()
    file = {"PNG": png, "SVG": svg}.get(name.rpartition(" ")[2], bytes)(payload)
    if name == "pasted":
        [line] = holder.import_(pasted=payload.decode())
    else:
        [line] = holder.import_((name, file))
    assert (line.result, line.reason) == ("added", None)
    [badge] = holder.badges()
    assert badge.name == "Soudure"
    assert badge.issuer_name.endswith("Exemple")
    assert badge.payload == (payload if name != "pasted" else payload.strip())
    [kept] = badge.files
    assert wired().storage.read(kept.storage_key) == file
    assert badge.picture is not None
    assert wired().storage.read(badge.picture).startswith(b"\x89PNG")


@pytest.mark.parametrize("recipient", [hashed(ADDRESS), plain(ADDRESS), plain(ADDRESS.upper())])
def test_mine_is_what_names_a_confirmed_address(holder: Holder, issuer: Issuer, recipient: dict[str, object]) -> None:
    [line] = holder.import_(("badge.json", issuer.hosted(recipient=recipient)))
    assert line.result == "added"


def test_the_same_badge_as_png_and_as_svg_is_one_badge_with_two_files(holder: Holder) -> None:
    payload = signed()
    lines = holder.import_(
        ("a.png", png(payload)), ("b.svg", svg(payload)), ("c.json", payload), ("a.png", png(payload))
    )
    assert sorted(line.result for line in lines) == ["added", "known", "known", "known"]
    [badge] = holder.badges()
    assert sorted(file.container for file in badge.files) == ["json", "png", "svg"]


def test_a_zip_gives_a_line_for_each_thing_in_it(holder: Holder, issuer: Issuer) -> None:
    box = make.box({"a.png": png(signed()), "b.json": issuer.hosted(), "holiday.png": picture(), "../../x.json": b"{}"})
    lines = holder.import_(("lot.zip", box))
    assert sorted(line.result for line in lines) == ["added", "added", "refused", "refused"]
    assert all(line.label.startswith("lot.zip › ") for line in lines)
    assert len(holder.badges()) == 2


@pytest.mark.parametrize(
    ("name", "data", "code", "status"),
    [
        pytest.param("notes.txt", b"not a badge at all", "no-badge-found", 422, id="not a badge"),
        pytest.param("photo.png", picture(), "no-badge-found", 422, id="a picture without a badge"),
        pytest.param("cut.png", png(signed())[:-30], "truncated", 422, id="a truncated PNG"),
        pytest.param("empty.png", b"", "empty-file", 422, id="an empty file"),
        pytest.param("huge.png", b"\x89PNG" + bytes(11_000_000), "file-too-large", 413, id="a file beyond the limit"),
        pytest.param("class.json", json.dumps(make.badge_class()).encode(), "not-a-badge", 422, id="a badge class"),
        pytest.param("twice.json", b'{"id": 1, "id": 2}', "not-json", 422, id="damaged JSON"),
        pytest.param("nul.json", b'{"@context": "\x00"}', "not-json", 422, id="NUL in it"),
    ],
)
def test_what_is_no_badge_is_said_in_the_same_answer(
    holder: Holder, name: str, data: bytes, code: str, status: int
) -> None:
    answer = holder.give((name, data))
    assert answer.status_code == status
    assert 'class="results"' in answer.text
    assert name in answer.text
    assert code
    assert (count(ImportItem), count(Badge)) == (0, 0)


@pytest.mark.parametrize(
    ("pasted", "status"),
    [
        pytest.param("", 422, id="an empty form"),
        pytest.param("hello there", 422, id="words"),
        pytest.param("http://", 422, id="half an address"),
        pytest.param("a\x00b", 422, id="NUL"),
    ],
)
def test_an_unusable_text_is_refused_in_a_sentence(holder: Holder, pasted: str, status: int) -> None:
    answer = holder.give(pasted=pasted)
    assert answer.status_code == status
    assert count(ImportItem) == 0


def test_a_request_of_a_hundred_megabytes_more_is_refused(holder: Holder) -> None:
    answer = holder.give(("huge.png", bytes(115_000_000)))
    assert answer.status_code == 413
    assert count(ImportItem) == 0


def test_good_and_bad_together_keep_the_good(holder: Holder, issuer: Issuer) -> None:
    lines = holder.import_(("photo.png", picture()), ("badge.json", issuer.hosted()))
    assert [(line.result, line.reason) for line in lines] == [("refused", "no-badge-found"), ("added", None)]


@pytest.mark.parametrize(
    ("recipient", "shown"),
    [
        pytest.param(plain(ELSE), "s•••@elsewhere.example", id="in clear: masked"),
        pytest.param(hashed(ELSE), "", id="hidden: not said"),
    ],
)
def test_a_badge_for_another_address_waits_outside(
    holder: Holder, issuer: Issuer, recipient: dict[str, object], shown: str
) -> None:
    answer = holder.give(("badge.json", issuer.hosted(recipient=recipient)))
    work()
    [line] = items(answer.location.rpartition("/")[2])
    assert line.result == "arrival"
    assert holder.badges() == []
    with reading() as session:
        arrival = session.scalars(select(Arrival)).one()
    assert arrival.addressed_to == shown
    assert (arrival.ends_at - arrival.arrived_at).days == 30
    page = holder.client.get(answer.location).text
    assert ELSE not in page
    assert shown in page


def test_a_silent_issuer_makes_the_badge_unknown_not_refused(holder: Holder, issuer: Issuer) -> None:
    payload = issuer.hosted()
    issuer.is_silent = True
    [line] = holder.import_(("badge.json", payload))
    assert line.result == "added"
    [badge] = holder.badges()
    page = holder.client.get(f"/badges/{badge.public_id}").text
    assert 'data-state="unreachable_never"' in page


def test_an_address_is_fetched_in_the_background(holder: Holder, issuer: Issuer) -> None:
    issuer.hosted()
    answer = holder.give(pasted=f"{HOST}/assertions/1")
    assert answer.status_code == 303
    assert issuer.asked == []
    work()
    [line] = items(answer.location.rpartition("/")[2])
    assert line.result == "added"
    [badge] = holder.badges()
    assert [file.container for file in badge.files] == ["json"]


def test_an_address_of_a_baked_picture_is_the_badge_in_it(holder: Holder, issuer: Issuer) -> None:
    issuer.say_bytes(f"{HOST}/badges/1.png", png(signed()), "image/png")
    [line] = holder.import_(pasted=f"{HOST}/badges/1.png")
    assert line.result == "added"
    assert [file.container for file in holder.badges()[0].files] == ["png"]


def test_a_web_page_leads_to_the_badge_it_names(holder: Holder, issuer: Issuer) -> None:
    issuer.hosted()
    link = '<link rel="alternate" type="application/ld+json" href="/assertions/1">'
    issuer.say_bytes(f"{HOST}/page", f"<html><head>{link}</head></html>".encode(), "text/html")
    [line] = holder.import_(pasted=f"{HOST}/page")
    assert line.result == "added"
    assert line.facts == {"was_page": True}


def test_an_address_without_a_badge_is_refused(holder: Holder, issuer: Issuer) -> None:
    issuer.say_bytes(f"{HOST}/page", b"<html></html>", "text/html")
    [line] = holder.import_(pasted=f"{HOST}/page")
    assert (line.result, line.reason) == ("refused", "no-badge-there")


def test_a_private_address_is_refused(holder: Holder) -> None:
    [line] = holder.import_(pasted="http://127.0.0.1/badge")
    assert (line.result, line.reason) == ("refused", "address-refused")


def test_a_silent_address_is_kept_and_tried_again(holder: Holder, issuer: Issuer) -> None:
    issuer.hosted()
    issuer.is_silent = True
    [line] = holder.import_(pasted=f"{HOST}/assertions/1")
    assert (line.result, line.facts["tries"]) == ("held", 1)
    with reading() as session:
        job = session.scalars(select(Job).where(Job.kind == "badge.import", Job.finished_at.is_(None))).one()
    assert job.run_at > line.created_at


def test_an_altered_copy_does_not_take_the_place_of_a_good_one(holder: Holder) -> None:
    good = signed()
    altered = good.replace(b"Soudure", b"Doctorat")
    assert [line.result for line in holder.import_(("good.json", good))] == ["added"]
    [line] = holder.import_(("bad.json", altered))
    assert (line.result, line.reason) == ("refused", "altered-copy")
    [badge] = holder.badges()
    assert (badge.payload, badge.name) == (good, "Soudure")


def test_a_good_copy_takes_the_place_of_an_altered_one(holder: Holder) -> None:
    good = signed()
    altered = good.replace(b"Soudure", b"Doctorat")
    assert [line.result for line in holder.import_(("bad.json", altered))] == ["added"]
    with reading() as session:
        before = session.get_one(Person, holder.person.id).edition
    [line] = holder.import_(("good.json", good))
    assert (line.result, line.reason) == ("known", "replaced")
    with reading() as session:
        assert session.get_one(Person, holder.person.id).edition > before  # public pages are made anew
        assert session.scalar(select(Job.key).where(Job.kind == VERDICT_CHANGED)) == str(holder.badges()[0].id)
    [badge] = holder.badges()
    assert (badge.payload, badge.name) == (good, "Soudure")


def test_more_than_fifty_at_once_are_refused_one_by_one(holder: Holder) -> None:
    answer = holder.give(*((f"{n}.json", signed(number=n)) for n in range(51)))
    assert answer.status_code == 303
    lines = items(answer.location.rpartition("/")[2])
    assert [line.reason for line in lines[50:]] == ["too-many-given"]


def test_no_more_is_kept_than_there_is_room_for(holder: Holder) -> None:
    with transaction() as session:
        taken = {"batch": "x", "person_id": holder.person.id, "label": "x", "position": 0, "result": "waiting"}
        session.add(ImportItem(**taken, facts={}, size=500_000_000, created_at=utcnow()))
    answer = holder.give(("badge.json", signed()))
    assert answer.status_code == 413
    assert count(ImportItem) == 1
    assert list(wired().storage.keys()) == []


def test_an_item_judged_twice_is_one_badge(holder: Holder) -> None:
    [line] = holder.import_(("badge.json", signed()))
    import_item(wired(), {"item": line.id})
    assert len(holder.badges()) == 1


def test_fifty_imports_of_one_badge_at_once_make_one_badge(holder: Holder, app: Flask) -> None:
    payload = signed()
    batches = [holder.give(("badge.png", png(payload))).location.rpartition("/")[2] for _ in range(50)]
    given = [one.id for batch in batches for one in items(batch)]

    def judge(item: int) -> None:
        with app.app_context():
            import_item(wired(), {"item": item})

    with ThreadPoolExecutor(10) as many:
        list(many.map(judge, given))
    results = Counter(one.result for batch in batches for one in items(batch))
    assert results == {"added": 1, "known": 49}
    assert (count(Badge), count(BadgeFile)) == (1, 1)


def test_one_person_s_thousand_files_do_not_stand_before_another_s_one(holder: Holder, app: Flask) -> None:
    with transaction() as session:
        other = sign_up_person(session, "Lou", ELSE)
    now = utcnow()
    with transaction() as session:
        wish_refresh(session, [Wanted(url=f"{HOST}/{n}", accept="*/*", kind="assertion") for n in range(50)], now)
    with transaction() as session:
        for person, how_many in ((holder.person, 60), (other, 1)):
            for position in range(how_many):
                item = ImportItem(batch="b", person_id=person.id, label="", position=position, created_at=now)
                session.add(item)
                session.flush()
                ask_for_judging(session, item, now)
    last = item.id
    claimed: list[int | None] = []
    while (lease := jobs.claim(utcnow())) is not None:
        if lease.kind in {IMPORT, REFRESH}:
            claimed.append(lease.payload.get("item"))
    assert len(claimed) == 60 + 1 + 50
    assert claimed.index(last) == STEP
    assert claimed[61:] == [None] * 50  # whoever waits for an import waits for no refresh
