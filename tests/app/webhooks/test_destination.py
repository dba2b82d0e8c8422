"""No message goes inward, however the way there is spelt, and whatever a name leads to."""

import asyncio
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

import httpcore
import httpx
import pytest

from app.errors import Invalid
from app.webhooks.destination import check_destination, is_public
from app.webhooks.sender import Sender, SendError
from tests.receiver import receiver

pytestmark = pytest.mark.anyio

INWARD = (
    "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "2130706433", "017700000001",
    "0x7f000001", "0x7f.0.0.1", "0x7f.1", "0177.0.0.1", "0177.0.0.01", "127.0.0.1.",
    "0", "0.0.0.0", "0.0.0.1", "00000.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.0.1",
    "100.64.0.1", "100.100.100.200", "169.254.169.254", "0xa9fea9fe", "2852039166",
    "192.0.0.192", "168.63.129.16", "198.18.0.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::80ff:fffe]", "[fe80::1]",
    "[fe80::1%25lo]", "[::1%25lo]", "[fec0::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]",
    "[2606:4700::5efe:7f00:1]", "[2001:db8::1]", "localhost", "localhost.", "LOCALHOST",
    "a.localhost", "metadata.google.internal", "router.local",
    "\uff11\uff12\uff17.0.0.1", "\u2460\u2461\u2466.0.0.1",
    "127\u30020\u30020\u30021", "\u24dbocalhost", "%31%32%37.0.0.1", "127.0.0.1%00.example.org",
    "example.org@127.0.0.1", "127.0.0.1#@example.org", "127.0.0.1\\@example.org",
    "example.org:443@127.0.0.1", "127.0.0.1\t", "127.0.0.1:443", "[::1]:443",
)  # fmt: skip
"""More than 60 spellings of places inside."""


def test_there_are_sixty_spellings() -> None:
    assert len(set(INWARD)) >= 60


@pytest.mark.parametrize("host", INWARD)
def test_a_webhook_with_an_inward_address_is_refused(host: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_destination(f"https://{host}/", local=False)
    (error,) = refusal.value.errors
    assert (error.pointer, error.code) == ("/url", "destination")
    assert host not in error.message


@pytest.mark.parametrize(
    "url",
    ["http://hooks.example.org", "ftp://hooks.example.org", "https://hooks.example.org:22",
     "https://a:b@hooks.example.org", "https://hooks", "hooks.example.org", "", "https://"],
)  # fmt: skip
def test_other_urls_that_are_refused(url: str) -> None:
    with pytest.raises(Invalid):
        check_destination(url, local=False)


@pytest.mark.parametrize(
    "url",
    ["https://hooks.example.org", "https://hooks.example.org:8443/a/b?c=d", "https://8.8.8.8/",
     "https://[2606:4700::1111]/", "https://xn--bcher-kva.example.com/x"],
)  # fmt: skip
def test_urls_that_are_taken(url: str) -> None:
    assert check_destination(url, local=False).scheme == "https"


async def test_no_spelling_reaches_a_server_on_loopback_even_if_it_was_taken() -> None:
    with receiver() as canary:
        port = httpx.URL(canary.url).port
        sender = Sender(local=False)
        for host in INWARD:
            for scheme in ("http", "https"):
                try:
                    url = httpx.URL(f"{scheme}://{host.removesuffix(':443')}:{port}/")
                except (httpx.InvalidURL, UnicodeError):
                    continue
                with pytest.raises(SendError):
                    await sender.post(url, {}, "{}")
        sender.close()
        await asyncio.sleep(0.05)
    assert canary.connections == 0


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::1", "2606:4700::1111"], ["::ffff:127.0.0.1"],
     ["64:ff9b::7f00:1"], ["fe80::1%lo"]],
)  # fmt: skip
async def test_a_name_of_which_one_address_is_inward_is_not_connected_to(
    addresses: Sequence[str],
) -> None:
    with receiver() as canary:
        port = httpx.URL(canary.url).port
        sender = Sender(local=False, resolve=lambda *_: addresses)
        with pytest.raises(SendError) as failure:
            await sender.post(httpx.URL(f"http://hooks.example.org:{port}/"), {}, "{}")
    assert (failure.value.problem, canary.connections) == ("address", 0)


class Unconnected(httpcore.AnyIOBackend):
    """A network that says whom it would have connected to."""

    def __init__(self) -> None:
        self.hosts: list[str] = []

    async def connect_tcp(self, host: str, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        self.hosts.append(host)
        raise httpcore.ConnectError


async def test_a_name_that_leads_elsewhere_at_the_second_look_is_looked_up_once() -> None:
    looks = []

    def rebind(host: str, port: int) -> Sequence[str]:
        looks.append(host)
        return ["8.8.8.8", "2606:4700::1111"] if len(looks) == 1 else ["127.0.0.1"]

    network = Unconnected()
    sender = Sender(local=False, resolve=rebind, network=network)
    with pytest.raises(SendError) as failure:
        await sender.post(httpx.URL("https://hooks.example.org/"), {}, "{}")
    assert (looks, failure.value.problem) == (["hooks.example.org"], "connection")
    assert network.hosts == ["8.8.8.8", "2606:4700::1111"]


async def test_a_name_without_an_address_is_said_to_be_one() -> None:
    def fail(host: str, port: int) -> Sequence[str]:
        raise OSError

    with pytest.raises(SendError) as failure:
        await Sender(local=False, resolve=fail).post(httpx.URL("https://a.example.org"), {}, "{}")
    assert failure.value.problem == "name"


async def test_no_redirect_is_followed() -> None:
    with receiver() as inside, receiver() as outside:
        outside.answer, outside.location = lambda _: 307, inside.url
        status = await Sender(local=True).post(httpx.URL(outside.url), {}, "{}")
    assert (status, outside.connections, inside.connections) == (307, 1, 0)


async def test_no_proxy_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as proxy, receiver() as outside:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert await Sender(local=True).post(httpx.URL(outside.url), {}, "{}") == 204
    assert (outside.connections, proxy.connections) == (1, 0)


async def test_a_receiver_without_a_certificate_is_sent_nothing() -> None:
    with receiver() as outside:
        url = httpx.URL(outside.url).copy_with(scheme="https")
        with pytest.raises(SendError) as failure:
            await Sender(local=True).post(url, {}, "{}")
    assert (failure.value.problem, outside.arrivals) == ("connection", [])


def test_what_holds_an_inner_address_is_as_public_as_that() -> None:
    assert is_public(ip_address("64:ff9b::8.8.8.8"))
    assert not is_public(ip_address("64:ff9b::10.0.0.1"))
    assert not is_public(ip_address("::ffff:8.8.8.8"))
