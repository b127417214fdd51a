"""Hosts for the tests: network namespaces on one bridge, with a name each, that can be cut off.

The test itself stands outside and reaches every host; what it listens on at `outside`, every host reaches.
All hosts see the same files. Needs root and iproute2.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tools.machine import IP

#: The range that is set apart for tests of networks (RFC 2544).
_NET = "198.18"


class NotPermitted(Exception):
    """Network namespaces cannot be made here; the message says why."""


@dataclass(frozen=True, slots=True)
class NamedHost:
    """One host."""

    name: str
    space: str
    link: str
    address: str

    @property
    def within(self) -> tuple[str, ...]:
        """A command that becomes another one on this host, under this host's name."""
        script = 'hostname "$0" && exec "$@"'
        return (str(IP), "netns", "exec", self.space, "unshare", "--uts", "sh", "-c", script, self.name)

    def cut(self) -> None:
        """Nothing goes in or out any more, and nobody is told."""
        _ip("link", "set", self.link, "down")

    def mend(self) -> None:
        """As before."""
        _ip("link", "set", self.link, "up")


@dataclass(frozen=True, slots=True)
class Network:
    """The hosts by name."""

    outside: str
    hosts: dict[str, NamedHost]


@contextmanager
def network(*names: str) -> Iterator[Network]:
    """Hosts with these names. Raises NotPermitted."""
    if os.geteuid() != 0:
        raise NotPermitted("network namespaces take root")
    number = os.getpid() % 250
    bridge, net = f"sh{number}", f"{_NET}.{number}"
    with ExitStack() as stack:
        _ip("link", "add", bridge, "type", "bridge", stack=stack, undo=("link", "del", bridge))
        _ip("addr", "add", f"{net}.1/24", "dev", bridge)
        _ip("link", "set", bridge, "up")
        hosts = {}
        for place, name in enumerate(names):
            space, link, inner = f"sh{number}n{place}", f"sh{number}v{place}", f"sh{number}i{place}"
            _ip("netns", "add", space, stack=stack, undo=("netns", "del", space))
            _ip("link", "add", link, "type", "veth", "peer", "name", inner)
            _ip("link", "set", inner, "netns", space, "name", "eth0")
            _ip("link", "set", link, "master", bridge, "up")
            host = NamedHost(name, space, link, f"{net}.{place + 2}")
            _ip("-n", space, "addr", "add", f"{host.address}/24", "dev", "eth0")
            _ip("-n", space, "link", "set", "eth0", "up")
            _ip("-n", space, "link", "set", "lo", "up")
            hosts[name] = host
        yield Network(f"{net}.1", hosts)


def _ip(*words: str, stack: ExitStack | None = None, undo: tuple[str, ...] = ()) -> None:
    done = subprocess.run([str(IP), *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotPermitted(f"ip {' '.join(words)}: {done.stderr.strip()}")
    if stack is not None:
        stack.callback(subprocess.run, [str(IP), *undo], capture_output=True, check=False)
