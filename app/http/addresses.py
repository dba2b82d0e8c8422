"""Addresses of callers, as far as they tell one caller from another."""

from ipaddress import IPv4Address, IPv6Network, ip_address

NETWORK_BITS = 64
"""Whoever has one IPv6 address has all that begin with the same bits."""


def network_of(host: str) -> str:
    """Whose address it is; the same empty text for all that are none."""
    try:
        address = ip_address(host)
    except ValueError:
        return ""
    address = getattr(address, "ipv4_mapped", None) or address
    if isinstance(address, IPv4Address):
        return str(address)
    return str(IPv6Network((int(address), NETWORK_BITS), strict=False))
