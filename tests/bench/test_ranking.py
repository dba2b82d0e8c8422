"""Rankings are judged as by hand."""

import numpy as np
import pytest

from bench.ranking import average_precision, quality, ranking, tf_idf


def test_average_precision_is_the_mean_share_of_wanted_ones_down_to_each_of_them() -> None:
    assert average_precision("abcd", "a") == 1
    assert average_precision("abcd", "bd") == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert average_precision("abcd", "dz") == pytest.approx((1 / 4) / 2)  # z is never found


def test_a_hit_is_a_wanted_one_among_the_first_five() -> None:
    found = quality([("abcdef", "e"), ("abcdef", "f")])
    assert found.hit_at_5 == 0.5
    assert found.mean_average_precision == pytest.approx((1 / 5 + 1 / 6) / 2)
    assert found.rankings == 2


def test_equal_scores_keep_the_order_given() -> None:
    assert ranking(np.array([0.1, 0.7, 0.1, 0.7]), "abcd") == ["b", "d", "a", "c"]


def test_tf_idf_counts_shared_words_and_rare_ones_more() -> None:
    texts = ["garden help", "help with forms", "piano lessons", ""]
    scores = tf_idf(["Help in my GARDEN"], texts)[0]
    assert scores[0] > scores[1] > scores[2] == scores[3] == 0
    assert tf_idf(["piano lessons"], texts)[0][2] == pytest.approx(1)
