"""Which resolved addresses this service may connect to."""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _networks(*names: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(name) for name in names)


# Metadata services that no other rule covers: AWS and Google over IPv6, Alibaba, Azure, Oracle
METADATA = {
    ipaddress.ip_address(text)
    for text in ("fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16", "192.0.0.192")
}
# Always forbidden: unspecified, link-local, multicast, reserved, and local NAT64
NEVER = _networks(
    "0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128", "fe80::/10", "ff00::/8", "64:ff9b:1::/48"
)  # fmt: skip
# Not public. Listed here because `is_global` differs between versions of Python.
# https://www.iana.org/assignments/iana-ipv4-special-registry and .../iana-ipv6-special-registry
SPECIAL = _networks(
    "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
    "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "2001::/23", "2001:db8::/32", "3fff::/20",
)  # fmt: skip
UNICAST = ipaddress.ip_network(
    "2000::/3"
)  # all IPv6 addresses in public use; fc00::/7, fec0::/10 and the rest are outside
# https://www.rfc-editor.org/rfc/rfc6052: the last 32 bits are an IPv4 address
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def permitted(address: Address, *, allow_private: bool) -> bool:
    """Whether a connection to this resolved address is allowed.

    Public addresses are; private ones and loopback with `allow_private`; link-local, metadata, multicast, unspecified
    and reserved ones never. An IPv4 address inside an IPv6 one is judged as that IPv4 address.
    """
    inner = _inner(address)
    if inner in METADATA or any(inner in network for network in NEVER):
        return False
    given_out = inner.version == 4 or inner in UNICAST  # noqa: PLR2004 -- the version of the protocol
    return allow_private or (given_out and not any(inner in network for network in SPECIAL))


def public(address: Address) -> bool:
    """Whether an address is public."""
    return permitted(address, allow_private=False)


def _inner(address: Address) -> Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address
