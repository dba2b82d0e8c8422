"""Where messages may be sent: to public addresses, and to no other (SSRF).

A url is looked at when a webhook is made, for the sake of whoever made it. What counts is the
address that a connection is made to, which is looked at when it is made (``app.webhooks.sender``).
"""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpx

from app.errors import Invalid

PORTS = (443, 8443)
NAME = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]+")
"""A name of the public DNS: dots, and a last part that no spelling of an address has."""
INWARD = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".invalid", ".test")
"""Ends of names that are of no public host."""
INWARD_NETWORKS = tuple(map(IPv4Network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")))
"""Public by the books, but not in fact: protocols and a metadata service; a relay to tunnels; what
hosts of one cloud ask about themselves."""
UNICAST = IPv6Network("2000::/3")
TUNNELS = (IPv6Network("2001::/23"), IPv6Network("2002::/16"), IPv6Network("2001:db8::/32"))
"""Teredo and others of its kind, 6to4, and examples: nobody is reached by them, or not who they
say; an IPv4 address that they hold is not looked at."""
NAT64 = IPv6Network("64:ff9b::/96")
"""By which hosts without IPv4 reach those without IPv6: the last 32 bits are who is reached."""
ISATAP = (0x00005EFE, 0x02005EFE)
"""Bits 64 to 95 of an IPv6 address that holds an IPv4 address in its last 32."""


def check_destination(url: str, *, local: bool) -> httpx.URL:
    """The url, if messages may be sent there as far as one can tell from it; else Invalid.

    ``local`` allows http, every port and this machine besides, for tests.
    """
    if not re.fullmatch(r"[!-~]+", url) or "\\" in url:
        raise _refusal("visible ASCII characters are needed: write other names in punycode")
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise _refusal("this is no url") from None
    if parsed.scheme != "https" and not (local and parsed.scheme == "http"):
        raise _refusal("it must begin with https://")
    if "@" in parsed.netloc.decode() or parsed.userinfo:
        raise _refusal("it must not hold a user or a password")
    if parsed.fragment or "#" in url:
        raise _refusal("it must not hold a fragment")
    if parsed.port is not None and parsed.port not in PORTS and not local:
        raise _refusal(f"the port must be one of {', '.join(map(str, PORTS))}")
    _check_host(parsed.raw_host.decode("ascii"), local=local)
    return parsed


def _check_host(host: str, *, local: bool) -> None:
    try:
        address = ip_address(host)
    except ValueError:
        if local and host == "localhost":
            return
        if not NAME.fullmatch(host) or host.endswith(INWARD):
            raise _refusal("a full public name is needed, such as hooks.example.org") from None
        return
    if not may_reach(address, local=local):
        raise _refusal("this address is not public")


def may_reach(address: IPv4Address | IPv6Address, *, local: bool) -> bool:
    """Whether a connection may be made to an address; ``local``: to this machine as well."""
    return is_public(address) or (local and address.is_loopback)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address can only be one of the public internet, whatever it is wrapped in."""
    if isinstance(address, IPv4Address):
        if address.is_multicast or any(address in network for network in INWARD_NETWORKS):
            return False
        return address.is_global
    if address in NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    hides = any(address in network for network in TUNNELS) or _interface(address) in ISATAP
    return address in UNICAST and address.is_global and not hides and address.scope_id is None


def _interface(address: IPv6Address) -> int:
    return int(address) >> 32 & 0xFFFFFFFF


def _refusal(message: str) -> Invalid:
    return Invalid.at("/url", "destination", message)
