"""Addresses: one caller is one address, in whichever way it is written."""

import pytest

from app.http.addresses import network_of


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("x" * 9_000, ""),
        ("", ""),
    ],
)
def test_who_may_change_the_address_at_will_is_one_caller(host: str, network: str) -> None:
    assert network_of(host) == network
