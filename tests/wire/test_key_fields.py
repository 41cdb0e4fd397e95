"""Key fields: a table is read whole, or the field at fault is named."""

from typing import Any

import pytest

from countermand.wire import key_fields
from countermand.wire.operation import Access


def test_table_of_known_fields_passes() -> None:
    """Known fields may be left out."""
    key_fields.refuse_unknown({"key": "a"}, ("key", "secret"))


def test_unknown_field_is_named() -> None:
    """The first unknown field by name, so the error does not depend on the table's order."""
    with pytest.raises(ValueError, match=r"^passwrd: not a field of a key$"):
        key_fields.refuse_unknown({"secrt": 1, "key": "a", "passwrd": 2}, ("key",))


def test_text_is_taken_as_it_is() -> None:
    """Blanks inside it too."""
    assert "a key " == key_fields.ascii_text({"key": "a key "}, "key")


@pytest.mark.parametrize("value", [None, "", 5, "schlüssel", "a\nb", b"a"])
def test_text_that_could_not_be_a_header_is_refused(value: Any) -> None:
    """Neither is one that is missing or empty."""
    with pytest.raises(ValueError, match=r"^key: must be ASCII text$"):
        key_fields.ascii_text({"key": value}, "key")


def test_key_allows_everything_unless_it_says_less() -> None:
    """A key has all rights, or those that its `access` names."""
    assert (Access.VIEW, Access.TRADE) == key_fields.access({})
    assert (Access.VIEW,) == key_fields.access({"access": ["view"]})


@pytest.mark.parametrize("value", [["look"], 5, [["view"]]])
def test_unknown_access_is_refused(value: Any) -> None:
    """An unknown word does not become a right."""
    with pytest.raises(ValueError, match=r"^access: must be a list of view and trade$"):
        key_fields.access({"access": value})
