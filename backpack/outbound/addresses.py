"""Which addresses of the internet are out in the open. Our own list: `is_global` of the standard library says yes to
multicast, NAT64, 6to4 and to the metadata address of one cloud, and differs from one Python to the next."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

CLOSED_4: Final = tuple(
    IPv4Network(prefix)
    for prefix in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers; holds one cloud's metadata
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's host, reachable from its guests
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)

OPEN_6: Final = IPv6Network("2000::/3")
"""All that was ever given out. Mapped, compatible, NAT64, local and multicast addresses lie outside."""

CLOSED_6: Final = tuple(
    IPv6Network(prefix)
    for prefix in (
        "2001::/23",  # Teredo, benchmarks, ORCHID
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)

ISATAP: Final = frozenset((0x00005EFE, 0x02005EFE))


def is_open(text: str) -> bool:
    """Whether this address, as a resolver writes it, is plain globally routable unicast."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in closed for closed in CLOSED_4)
    return _is_open_6(address)


def _is_open_6(address: IPv6Address) -> bool:
    if address.scope_id is not None or address not in OPEN_6:
        return False
    if (int(address) >> 32) & 0xFFFFFFFF in ISATAP:  # the last half names an IPv4 address to tunnel to
        return False
    return not any(address in closed for closed in CLOSED_6)
