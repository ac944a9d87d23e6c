"""
Internal ports that go back into the network namespaces that they were in.

In the kernel's datapath an internal port outlives the switch. In user space it is a tap device of the switch itself:
when the switch starts again it makes the device anew, among the host's own interfaces, and what routers and DHCP servers
have in their namespaces is a device that leads nowhere. The new device moves to the place of the old one and gets the old
one's addresses and routes. Nothing is done where nothing is stale.
"""

import json
import os
import subprocess

from switch import Later, rows, run, some_at_once, vsctl

NAMESPACES = "/run/netns"
# The host's own devices: the container has the host's network.
DEVICES = "/sys/class/net"
# Not worth moving: the kernel makes them of addresses by itself.
OWN = ("local", "broadcast", "multicast", "anycast")


def internal_ports():
    """Names of the ports that the switch makes itself; a bridge's own has the bridge's name and stays on the host."""
    find = ["--columns=name", "find", "Interface", "type=internal"]
    ports, bridges = rows(vsctl("--format=json", "--", *find, "--", "--columns=name", "list", "Bridge"))
    return {name for [name] in ports} - {name for [name] in bridges}


def address_words(address):
    """What `ip address replace` needs to make one that `ip -json address` showed."""
    words = [f"{address['local']}/{address['prefixlen']}"]
    if "broadcast" in address:
        words += ["broadcast", address["broadcast"]]
    return words + (["nodad"] if address["family"] == "inet6" else [])


def routes_of(port, lines):
    """The routes through a device, of the lines of `ip route`."""
    split = [[word for word in line.split() if word != "linkdown"] for line in lines]
    return [line for line in split if through(line) == port and "kernel" not in line and line[0] not in OWN]


def through(line):
    return line[line.index("dev") + 1] if "dev" in line else None


def held(namespace, ports):
    """The devices of ports in a namespace, with what they have."""
    try:
        shown = json.loads(run("ip", "-n", namespace, "-json", "address", "show") or "[]")
    except subprocess.CalledProcessError as error:
        # One that was removed since it was listed, or that nobody can enter: the others go on.
        print(f"kolla_switch: {namespace}: {error.stderr.strip()}", flush=True)
        return []
    links = [link for link in shown if link.get("ifname") in ports]
    if not links:
        return []
    ways = [(family, run("ip", "-n", namespace, family, "route", "show", "table", "all").splitlines()) for family in ("-4", "-6")]
    return [
        {
            "namespace": namespace,
            "name": link["ifname"],
            "hardware": link["address"],
            "mtu": link["mtu"],
            "addresses": [address_words(address) for address in link["addr_info"]],
            "routes": {family: routes_of(link["ifname"], lines) for family, lines in ways},
        }
        for link in links
    ]


def look():
    """
    All ports in namespaces of the host, with what they have. While a switch starts they are those of the one before; its
    own are not among the host's devices then, so nothing happens to what never left.
    """
    namespaces = sorted(os.listdir(NAMESPACES)) if os.path.isdir(NAMESPACES) else []
    if not namespaces:
        return []
    ports = internal_ports()
    looks = [Later(some_at_once, held, name, ports) for name in namespaces]
    return [port for look_in in looks for port in look_in.result()]


def has_come(port):
    """Whether the switch has made its device anew."""
    return os.path.exists(f"{DEVICES}/{port['name']}")


def batch(lines, *options):
    """Does one thing after the other, and goes on where one cannot be done."""
    if lines:
        run("ip", *options, "-force", "-batch", "-", given="".join(f"{' '.join(line)}\n" for line in lines))


def put_back(namespace, ports, flows_are_there):
    """
    Moves the new devices of a namespace to where the old ones are, which go. None is up before there are flows: a
    question for a neighbour's address that gets lost is asked again after a whole second.
    """
    inside = ("-n", namespace)
    batch([["link", "delete", port["name"]] for port in ports], *inside)
    moves = []
    for port in ports:
        device = ["link", "set", port["name"]]
        moves += [[*device, "address", port["hardware"], "mtu", str(port["mtu"])], [*device, "netns", namespace]]
    batch(moves)
    flows_are_there.wait()
    lines = [["link", "set", port["name"], "up"] for port in ports]
    lines += [["address", "replace", *words, "dev", port["name"]] for port in ports for words in port["addresses"]]
    batch(lines + [["route", "replace", *line] for port in ports for line in port["routes"]["-4"]], *inside)
    batch([["route", "replace", *line] for port in ports for line in port["routes"]["-6"]], *inside, "-6")


def put_all_back(ports, flows_are_there):
    """Puts ports back whose new devices are there; those that are left. One namespace that fails leaves the others."""
    here = [port for port in ports if has_come(port)]
    by_namespace = {}
    for port in here:
        by_namespace.setdefault(port["namespace"], []).append(port)
    for done in [Later(some_at_once, put_back, *of, flows_are_there) for of in by_namespace.items()]:
        try:
            done.result()
        except (OSError, subprocess.SubprocessError) as error:
            print(f"kolla_switch: {error} {getattr(error, 'stderr', '')}", flush=True)
    return [port for port in ports if port not in here]
