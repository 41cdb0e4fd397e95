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
