"""Films and recordings: others get what a phone wrote into them about its place as free space of the same length."""

from __future__ import annotations

import hashlib
from contextlib import suppress

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from backpack import jobs
from backpack.accounts.models import Person
from backpack.badges.models import Badge
from backpack.database import reading, transaction, utcnow
from backpack.evidence.carrying import piece_of
from backpack.evidence.films import MOST_BLANKS, NotUnderstood, blanked, blanks_of
from backpack.evidence.models import Evidence
from backpack.evidence.queries import evidence_of, file_of
from backpack.publishing.links import Choices, create_link, publish, token_of
from backpack.wiring import wired
from tests.backpacks import give_badge
from tests.evidence.files import PLACE, mp4, piece, told, track
from tests.evidence.test_pages import add_file


def read_blank(data: bytes) -> bytes:
    """The film as others get it."""
    blanks = blanks_of(lambda at, length: data[at : at + length], len(data))
    return b"".join(blanked([data], 0, blanks))


def large(kind: bytes, inside: bytes) -> bytes:
    """The same box with a length of 64 bits."""
    return b"\0\0\0\1" + kind + (len(inside) + 16).to_bytes(8) + inside


WITHOUT_END = b"\0\0\0\0" + b"uuid" + PLACE
FAR = mp4(moov=told(), last=piece(b"free", b"\0" * 70_000) + piece(b"GPS ", PLACE))


@pytest.mark.parametrize(
    "film",
    [
        pytest.param(mp4(moov=told()), id="in a film of MP4"),
        pytest.param(mp4(b"qt  ", told()), id="in a film of QuickTime"),
        pytest.param(mp4(moov=track(), last=large(b"uuid", PLACE)), id="in a box of 64 bits"),
        pytest.param(mp4(moov=track(), last=WITHOUT_END), id="in a last box without a length"),
        pytest.param(FAR, id="behind all else"),
        pytest.param(
            mp4(moov=track(), last=piece(b"moof", piece(b"traf", piece(b"tfhd", b"\4"), piece(b"udta", PLACE)))),
            id="in a fragment",
        ),
    ],
)
def test_a_place_is_blanked_and_nothing_moves(film: bytes) -> None:
    assert PLACE in film
    made = read_blank(film)
    assert PLACE not in made
    assert b"quicktime.location" not in made
    assert len(made) == len(film)
    assert blanks_of(lambda at, length: made[at : at + length], len(made))  # the same boxes, as free space
    for kept in (b"\1" * 50, track()[8:], b"\2" * 84):
        assert (kept in made) is (kept in film)


def test_any_part_of_it_is_the_same_part_of_the_whole() -> None:
    film = mp4(moov=told())
    blanks = blanks_of(lambda at, length: film[at : at + length], len(film))
    made = read_blank(film)
    for start in range(0, len(film), 7):
        end = min(start + 31, len(film))
        assert b"".join(blanked([film[start : start + 3], film[start + 3 : end]], start, blanks)) == made[start:end]


def nested(depth: int) -> bytes:
    made = PLACE
    for _ in range(depth):
        made = piece(b"trak", made)
    return made


def by_key(*keys: bytes) -> bytes:
    """A track of metadata by key, as an iPhone adds some."""
    of_keys = piece(b"keys", *(piece(bytes([0, 0, 0, n]), piece(b"keyd", b"mdta" + key)) for n, key in enumerate(keys)))
    return track(b"meta", b"mebx", entry=of_keys)


@pytest.mark.parametrize(
    "film",
    [
        pytest.param(mp4(), id="a table of contents of zeros"),
        pytest.param(mp4(moov=piece(b"mvhd", b"\3")), id="no track"),
        pytest.param(mp4(moov=track() + b"\0\0\0\7udta"), id="a box shorter than its head"),
        pytest.param(mp4(moov=track() + b"\0\0\0\1udta" + b"\0" * 7 + b"\x0f" + PLACE), id="a long one, the same"),
        pytest.param(mp4(moov=track() + b"\0\0\0\xffudta" + PLACE), id="a box that reaches out of the one it is in"),
        pytest.param(mp4(moov=track() + b"\0\0\0\1udta" + b"\xff" * 8), id="a box of 16 million terabytes"),
        pytest.param(mp4(moov=track() + b"\0\0\0\0udta" + PLACE), id="a box without a length inside another"),
        pytest.param(mp4(moov=track() + b"\0\0\0"), id="half a head"),
        pytest.param(mp4(moov=track(), last=piece(b"udta")[:-3]), id="half a head at the end"),
        pytest.param(mp4(moov=track() + piece(b"uuid", b"1") * (MOST_BLANKS + 1)), id="very many to blank"),
        pytest.param(mp4(moov=track() + piece(b"mvhd") * 30_000), id="very many boxes"),
        pytest.param(mp4(moov=piece(b"cmov", PLACE)), id="a packed table of contents"),
        pytest.param(mp4(moov=track() + track(b"camm", b"camm")), id="a track of places"),
        pytest.param(mp4(moov=track() + track(b"meta", b"gpmd")), id="a track of places of another maker"),
        pytest.param(
            mp4(moov=track() + by_key(b"com.apple.quicktime.Location.ISO6709")), id="a track of places by key"
        ),
        pytest.param(b"", id="nothing"),
    ],
)
def test_what_cannot_be_told_apart_is_left_alone(film: bytes) -> None:
    with pytest.raises(NotUnderstood):
        read_blank(film)


def test_boxes_within_boxes_are_no_deeper_than_the_format() -> None:
    """Each track in a track is no part of a film: it is blanked, not looked into."""
    film = mp4(moov=track() + nested(5_000))
    assert PLACE not in read_blank(film)


def test_a_track_of_other_things_stays() -> None:
    film = mp4(moov=told() + by_key(b"com.apple.quicktime.detected-face", b"com.apple.quicktime.video-orientation"))
    made = read_blank(film)
    assert PLACE not in made
    assert b"detected-face" in made


@settings(deadline=None)
@given(st.integers(0, 1_400), st.integers(0, 12), st.binary(max_size=12))
def test_whatever_is_damaged_keeps_its_length_or_is_left_alone(at: int, cut: int, written: bytes) -> None:
    film = mp4(moov=told())
    damaged = film[:at] + written + film[at + cut :]
    with suppress(NotUnderstood):
        assert len(read_blank(damaged)) == len(damaged)


def test_it_is_read_a_page_at_a_time() -> None:
    film, asked = mp4(moov=told(), last=piece(b"mdat", b"\5" * 5_000_000)), []

    def read(at: int, length: int) -> bytes:
        asked.append(length)
        return film[at : at + length]

    assert blanks_of(read, len(film))
    assert sum(asked) < 200_000


@pytest.fixture
def badge(person: Person) -> Badge:
    return give_badge(person)


def shown(badge: Badge) -> Evidence:
    with reading() as session:
        return evidence_of(session, [badge.id])[badge.id][0]


@pytest.fixture
def film(signed_in_client: FlaskClient, badge: Badge) -> bytes:
    data = mp4(b"qt  ", told())
    add_file(signed_in_client, badge, data, "atelier.mov")
    return data


def public(person: Person, badge: Badge) -> str:
    with transaction() as session:
        link = create_link(session, person.id, secret=wired().settings.secret_key, now=utcnow(), badge_id=badge.id)
        publish(session, link, Choices(label="Musée", evidence={shown(badge).id}), utcnow())
        return f"/p/{token_of(link, wired().settings.secret_key)}"


def test_others_get_a_film_without_its_place_and_its_owner_the_original(
    app: Flask, signed_in_client: FlaskClient, badge: Badge, person: Person, film: bytes
) -> None:
    stranger, page, one = app.test_client(), public(person, badge), shown(badge)
    address, own = f"{page}/evidence/{one.public_id}", f"/works/{one.artefact.public_id}"
    assert stranger.get(address).status_code == 404  # nobody has looked into it yet
    assert address not in stranger.get(page).text
    assert "The copy that others get is being made" in signed_in_client.get(f"{own}?lang=en").text
    jobs.run_pending(wired().handlers)
    made = stranger.get(address)
    assert made.data == read_blank(film)
    assert PLACE not in made.data
    assert (made.mimetype, made.headers["Content-Length"]) == ("video/quicktime", str(len(film)))
    assert f'src="{address}"' in stranger.get(page).text
    at = film.index(PLACE)
    part = stranger.get(address, headers={"Range": f"bytes={at}-{at + 40}", "If-Range": made.headers["ETag"]})
    assert (part.status_code, part.data) == (206, made.data[at : at + 41])
    original = signed_in_client.get(f"{own}/file")
    assert original.data == film
    assert original.headers["ETag"] != made.headers["ETag"]
    assert signed_in_client.get(f"{own}/copy").data == made.data


def test_the_fingerprint_for_others_is_that_of_what_they_get(
    app: Flask, signed_in_client: FlaskClient, badge: Badge, person: Person, film: bytes
) -> None:
    page = public(person, badge)
    jobs.run_pending(wired().handlers)
    clean, original = hashlib.sha256(read_blank(film)).hexdigest(), hashlib.sha256(film).hexdigest()
    text = app.test_client().get(f"{page}?lang=en").text
    assert text.index("Of the copy that others get") < text.index(clean) < text.index("Of the original")
    assert original in text
    one = shown(badge)
    assert piece_of(one, "https://backpack.example/p/x").digest == bytes.fromhex(clean)
    assert piece_of(one, "https://backpack.example/p/x").media_type == "video/quicktime"
    assert piece_of(one, None).digest == bytes.fromhex(original)
    own = signed_in_client.get(f"/works/{one.artefact.public_id}?lang=en").text
    assert "Hidden data is blanked in it" in own
    assert "often holds the place" not in own


def test_a_film_with_nothing_to_blank_stays_as_it_is(signed_in_client: FlaskClient, badge: Badge) -> None:
    add_file(signed_in_client, badge, mp4(moov=track(), last=piece(b"free", b"\0" * 8)), "atelier.mp4")
    jobs.run_pending(wired().handlers)
    file = file_of(shown(badge))
    assert file
    assert (file.blanks, file.clean_digest) == ([], None)
    assert "often holds the place" not in signed_in_client.get(f"/badges/{badge.public_id}/publish?lang=en").text
