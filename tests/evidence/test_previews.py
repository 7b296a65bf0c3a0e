"""What is drawn of works in the background: until it is there, pages have a place for it, and others get no picture."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from PIL import Image

from backpack import jobs
from backpack.accounts.models import Person
from backpack.database import reading
from backpack.errors import NotFound
from backpack.evidence.models import Artefact, ArtefactFile
from backpack.evidence.queries import own_works
from backpack.evidence.serving import for_others
from backpack.wiring import wired
from tests.backpacks import give_badge
from tests.evidence import files
from tests.evidence.test_pages import add_file
from tests.people import post


def added(client: FlaskClient, data: bytes, name: str) -> str:
    """The address of the work that this file became."""
    sent = post(client, "/works/add", file=(io.BytesIO(data), name))
    assert sent.status_code == 303, sent.text
    return str(sent.location)


def file_of_first(person_id: int) -> tuple[Artefact, ArtefactFile]:
    with reading() as session:
        work = own_works(session, person_id)[0]
    return work, work.files[-1]


def broken() -> bytes:
    """A picture that is whole from its head to its end, with nonsense between them."""
    data = files.photo("PNG", size=(400, 300))
    start = data.index(b"IDAT") + 4
    return data[:start] + b"\x55" * 60 + data[start + 60 :]


def test_what_others_get_of_a_photo_is_made_in_the_background(signed_in_client: FlaskClient, person: Person) -> None:
    photo = files.photo()
    assert b"Canary" in photo
    page = added(signed_in_client, photo, "plage.jpg")
    assert "The copy that others get is being made" in signed_in_client.get(f"{page}?lang=en").text
    assert signed_in_client.get(f"{page}/picture").status_code == 404
    _work, file = file_of_first(person.id)
    with pytest.raises(NotFound):
        for_others(file)
    jobs.run_pending(wired().handlers)
    made = signed_in_client.get(f"{page}/picture").data
    assert made.startswith(b"RIFF")
    assert b"Canary" not in made
    assert b"Exif" not in made
    assert signed_in_client.get(f"{page}/file").data == photo
    assert for_others(file_of_first(person.id)[1]).headers["Content-Type"] == "image/webp"


def test_a_phone_s_photo_stands_upright(signed_in_client: FlaskClient) -> None:
    """64 by 40 pixels as they lie in the file, turned by a quarter as the phone was held."""
    page = added(signed_in_client, files.heic(), "IMG_0001.HEIC")
    jobs.run_pending(wired().handlers)
    with Image.open(io.BytesIO(signed_in_client.get(f"{page}/picture").data)) as picture:
        top, bottom = picture.convert("RGB").getpixel((20, 8)), picture.convert("RGB").getpixel((20, 56))
        assert picture.size == (40, 64)
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 150 > top[2]
    assert bottom[2] > 150 > bottom[0]


def test_a_picture_that_cannot_be_drawn_stays_with_its_owner(signed_in_client: FlaskClient, person: Person) -> None:
    page = added(signed_in_client, broken(), "plage.png")
    jobs.run_pending(wired().handlers)
    text = signed_in_client.get(f"{page}?lang=en").text
    assert "so others do not get it" in text
    assert signed_in_client.get(f"{page}/file").data == broken()
    assert signed_in_client.get(f"{page}/picture").status_code == 404
    with pytest.raises(NotFound):
        for_others(file_of_first(person.id)[1])


@pytest.mark.parametrize(
    ("data", "name", "named"),
    [
        pytest.param(files.pdf("Léa Martin"), "a.pdf", ["Léa Martin"], id="a PDF"),
        pytest.param(files.pdf(), "a.pdf", [], id="a PDF that names nobody"),
        pytest.param(
            files.docx(
                properties="<dc:creator>Léa &amp; Zoé</dc:creator><cp:lastModifiedBy>Atelier</cp:lastModifiedBy>"
            ),
            "a.docx",
            ["Léa & Zoé", "Atelier"],
            id="an office document",
        ),
        pytest.param(files.docx(properties="<dc:creator></dc:creator>"), "a.docx", [], id="one that names nobody"),
        pytest.param(b"%PDF-1.7\nno document\nstartxref\n0\n%%EOF\n", "a.pdf", None, id="one nobody can read"),
    ],
)
def test_before_a_document_is_published_its_owner_hears_whom_it_names(
    signed_in_client: FlaskClient, person: Person, data: bytes, name: str, named: list[str] | None
) -> None:
    badge = give_badge(person)
    assert add_file(signed_in_client, badge, data, name).status_code == 303
    jobs.run_pending(wired().handlers)
    work, file = file_of_first(person.id)
    assert file.names == named
    for address in (f"/works/{work.public_id}", f"/badges/{badge.public_id}/publish"):
        page = signed_in_client.get(f"{address}?lang=en").text
        assert ("idden properties" in page) is bool(named)
        assert all(str(escape(one)) in page for one in named or ())
        assert ("was not looked at" in page) is (named is None)
