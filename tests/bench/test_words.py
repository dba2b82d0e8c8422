import pytest

from bench.words import messages_in


def test_messages_are_found_with_their_notes() -> None:
    source = """
# Translators: a greeting.
hello = message("Hello {name}", name=name)
many = counted("one", "several " "more", count=3)

bye = message("Bye")
"""
    found = [(source.ids, source.notes) for source in messages_in("a.py", source)]
    assert found == [
        (("Hello {name}",), ("a greeting.",)),
        (("one", "several more"), ("a greeting.",)),
        (("Bye",), ()),
    ]


def test_a_message_that_is_not_written_out_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a\.py:1: a message must be written out"):
        list(messages_in("a.py", "message(f'Hello {name}')"))
