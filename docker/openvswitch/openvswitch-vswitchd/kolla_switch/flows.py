"""
Flows that outlive the switch: saved when it is told to stop, and put into the next one when that has its ports.

They are for the time until the agent of the networks has programmed all anew, which it does when it does not find its
canary. That one is left out; the others go by themselves after a while where the agent does not want them any more. An
agent that has begun before they were there had its own replaced by them: its canary, the first thing that it makes, is
taken away once they are, and it begins again. (flow-restore-wait of ovs-vswitchd.conf.db(5) is of no use: the switch
drops all flows when it gets its controllers, which it does after that.)
"""

import json
import os
import re
import subprocess
import time

from switch import RUN, SECONDS, ask, rows, run, vsctl

SAVED = f"{RUN}/saved-flows"
# Older ones are not of the switch that stopped last. Seconds.
FRESH = 120
# Whoever programs a switch has found out by then. Seconds; it is the agent's own flow that stays.
LIFE = 1800
# CANARY_TABLE of neutron/plugins/ml2/drivers/openvswitch/agent/common/constants.py
CANARY_TABLE = 23
CANARY = re.compile(rf"\btable={CANARY_TABLE}\b")
PORT = re.compile(r"^ +(\S+) (\d+)/")


def clock():
    """Seconds since the host was started, and by which start: no change of the time of day makes old ones fresh."""
    with open("/proc/sys/kernel/random/boot_id") as file:
        boot = file.read().strip()
    return boot, time.clock_gettime(time.CLOCK_BOOTTIME)


def kept(line):
    """A flow as it is put back, from a line of ovs-ofctl dump-flows; None for what is not."""
    match, found, actions = line.strip().partition(" actions=")
    if not found or CANARY.search(match):
        return None
    # Names that ovs-ofctl prints and does not read (ovs-save).
    match = match.replace("igmp_type", "tp_src").replace("igmp_code", "tp_dst").replace("igmp", "ip,nw_proto=2")
    life = "" if "_timeout=" in match else f"hard_timeout={LIFE}, "
    return f"{life}{match} actions={actions}"


def numbers(shown):
    """{"br-int/tap0": 3}: the numbers by which flows name ports, from dpif/show."""
    found, bridge = {}, ""
    for line in shown.splitlines():
        port = PORT.match(line)
        if port and line.startswith("    "):
            found[f"{bridge}/{port[1]}"] = int(port[2])
        elif line.startswith("  "):
            bridge = line.strip().rstrip(":")
    return found


def protocol(spoken):
    """The newest protocol of a bridge, from its column in the database: a name, or a set of which none means all."""
    names = spoken[1] if isinstance(spoken, list) else [spoken]
    return max(names, default="OpenFlow14")


def dump(what, bridge, version):
    words = ["ovs-ofctl", "-O", version, what, bridge]
    if what == "dump-flows":
        words += ["--no-names", "--no-stats"]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def said(process):
    out, _ = process.communicate(timeout=SECONDS)
    if process.returncode != 0:
        raise OSError(f"{' '.join(process.args)} failed")
    return out.splitlines()


def save(control, ports):
    """
    Writes down the flows of a switch that serves, and what its ports in namespaces have, which `ports` gives; the next one
    finds all of it, or nothing.
    """
    [bridges] = rows(vsctl("--format=json", "--columns=name,protocols", "list", "Bridge"))
    versions = {name: protocol(spoken) for name, spoken in bridges}
    dumps = [
        (name, dump("dump-groups", name, version), dump("dump-flows", name, version))
        for name, version in versions.items()
    ]
    forget()
    forget(f"{SAVED}.new")
    os.mkdir(f"{SAVED}.new", 0o700)
    for name, groups, flows in dumps:
        put(f"{name}.groups", [line.strip() for line in said(groups) if "group_id=" in line])
        put(f"{name}.flows", filter(None, map(kept, said(flows))))
    boot, now = clock()
    about = {"boot": boot, "at": now, "versions": versions, "ports": numbers(ask(control, "dpif/show"))}
    put("ports.json", [json.dumps(ports())])
    put("about.json", [json.dumps(about)])
    os.rename(f"{SAVED}.new", SAVED)


def put(name, lines):
    with open(f"{SAVED}.new/{name}", "w") as file:
        file.writelines(f"{line}\n" for line in lines)


def fresh():
    """What is said about saved flows of the switch that stopped last; None where there are none."""
    try:
        with open(f"{SAVED}/about.json") as file:
            about = json.load(file)
    except (OSError, ValueError):
        return None
    boot, now = clock()
    return about if about["boot"] == boot and 0 <= now - about["at"] <= FRESH else None


def saved_ports():
    with open(f"{SAVED}/ports.json") as file:
        return json.load(file)


def forget(saved=None):
    saved = saved or SAVED
    if os.path.isdir(saved):
        for name in os.listdir(saved):
            os.unlink(f"{saved}/{name}")
        os.rmdir(saved)


def restore(control):
    """Puts saved flows into a switch, each bridge's at once; the bridges that have got theirs, with their protocols."""
    about = fresh()
    if about is None:
        return {}
    had, has = about["ports"], numbers(ask(control, "dpif/show"))
    if any(had[port] != has[port] for port in had.keys() & has.keys()):
        raise OSError("ports have other numbers than before")
    bridges = about["versions"].items()
    groups = [(add("add-groups", bridge, version, "groups"), bridge, version) for bridge, version in bridges]
    added = [(add("add-flows", bridge, version, "flows"), bridge) for there, bridge, version in groups if ended(there)]
    return {bridge: about["versions"][bridge] for flows, bridge in added if ended(flows)}


def take_canaries_away(versions):
    for bridge, version in versions.items():
        run("ovs-ofctl", "-O", version, "del-flows", bridge, f"table={CANARY_TABLE}")


def add(verb, bridge, version, kind):
    path = f"{SAVED}/{bridge}.{kind}"
    if not os.path.exists(path) or os.path.getsize(path) == 0:
        return None
    bundle = ["--bundle"] if version >= "OpenFlow14" else []
    return subprocess.Popen(["ovs-ofctl", "-O", version, *bundle, verb, bridge, path])


def ended(process):
    """Whether it ended well; its own words are in the log."""
    return process is None or process.wait(timeout=SECONDS) == 0
