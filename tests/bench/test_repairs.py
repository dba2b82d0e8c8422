"""What repairs keep, measured on a small room."""

from bench.repairs import after_drop_outs, kept, published


def test_a_repair_keeps_most_of_what_a_fresh_solve_reaches() -> None:
    event = after_drop_outs(published(30, 1, 0.5), 0.1, 5)
    gone = [a.id for a in event.attendees if {4, 5} <= set(a.absent_rounds)]
    assert len(gone) >= 3
    one = kept(event, 0.5, 0.5)
    assert 0.7 < one.strict <= one.balanced + 0.05
    assert one.broken <= 40
