"""The people of other tests: theirs are real accounts and real sessions."""

from __future__ import annotations

from backpack.accounts.models import Person
from backpack.accounts.queries import confirmed_addresses
from backpack.database import reading


def test_a_person_for_tests_has_one_confirmed_address(person: Person) -> None:
    with reading() as session:
        (address,) = confirmed_addresses(session, person.id)
    assert address.is_main
    assert address.spelling == "camille@etu.estuaire.example"
