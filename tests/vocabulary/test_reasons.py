"""Reasons: each has its sentence, and says whether waiting helps."""

import pytest

from countermand.vocabulary.reasons import RejectReason


@pytest.mark.parametrize("reason", RejectReason)
def test_every_reason_has_a_plain_sentence(reason: RejectReason) -> None:
    """People get words, without a capital or a full stop."""
    sentence = reason.sentence

    assert sentence
    assert sentence[0].islower()
    assert not sentence.endswith(".")


def test_sentences_differ() -> None:
    """No two reasons sound alike."""
    assert len({reason.sentence for reason in RejectReason}) == len(RejectReason)


def test_waiting_helps_against_a_closed_market_but_not_against_a_bad_price() -> None:
    """Transient means that the very same order may be taken later."""
    assert RejectReason.MARKET_CLOSED.transient
    assert RejectReason.INSUFFICIENT_FUNDS.transient
    assert not RejectReason.PRICE_NOT_POSITIVE.transient
    assert not RejectReason.DUPLICATE_CL_ORD_ID.transient
