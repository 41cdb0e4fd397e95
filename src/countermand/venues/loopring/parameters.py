"""Parameters: values of a query, in which clients send everything as text, absent values too."""

from countermand.wire.fields import invalid

_DIGITS_MAX = 18
# Texts that clients send for an absent value.
_NOTHING = ("", "None", "null", "undefined")
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


def given(text: str | None) -> str | None:
    """Return a parameter's text, or None for an absent value."""
    return None if text is None or text in _NOTHING else text


def number(name: str, text: str) -> int:
    """Return the number a parameter says. Raises InvalidField when it says none."""
    if not text.isascii() or not text.isdigit() or len(text) > _DIGITS_MAX:
        raise invalid(name, "must be a number")
    return int(text)


def optional_number(name: str, text: str | None, default: int) -> int:
    """Return the number a parameter says, or the default. Raises as `number` does."""
    known = given(text)
    return default if known is None else number(name, known)


def flag(name: str, text: str | None) -> bool:
    """Return what a flag says, absent is false. Raises InvalidField for another word."""
    known = (given(text) or "false").lower()
    if known not in _FLAGS:
        raise invalid(name, "must be true or false")
    return _FLAGS[known]


def words(text: str | None) -> list[str]:
    """Return the words of a comma separated list, each once."""
    known = given(text) or ""
    return list(dict.fromkeys(word.strip() for word in known.split(",") if word.strip()))


def chosen_words(name: str, text: str | None, known: tuple[str, ...]) -> list[str]:
    """Return the words of a list that a parameter may have. Raises InvalidField for others."""
    found = words(text)
    if any(word not in known for word in found):
        raise invalid(name, f"must be of {', '.join(known)}")
    return found
