"""What is left on the (private) host after everything was taken down."""
import os
import shutil

from harness.world import INHERITED, run

OWN_LINKS = {"lo", "up0"}
CGROUPS = "/sys/fs/cgroup"


def parents():
    """The parents of all processes."""
    found = set()
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                found.add(int(file.read().rpartition(")")[2].split()[1]))
        except OSError:
            continue  # it ended meanwhile
    return found


def shims():
    """Process id → what it was started for ("-id <sandbox>"), of every shim that holds a process.

    containerd 1.6 now and then forgets a shim it had just started when its client is killed in the middle of
    RunPodSandbox: that one holds nothing, is nobody's, and ends with containerd (docs/limits.md).
    """
    found, holding = {}, parents()
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/cmdline", "rb") as file:
                command = file.read().split(b"\0")
        except OSError:
            continue  # it ended meanwhile
        if command[0].endswith(b"containerd-shim-runc-v2") and int(entry) in holding:
            found[int(entry)] = b" ".join(command[1:]).decode().strip()
    return found


def mounts_below(*directories):
    """Mount points made since the test began: what the host had does not count."""
    found = []
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        for line in file:
            point = line.split()[4]
            if line.split()[0] not in INHERITED and any(point == directory or point.startswith(directory + "/") for directory in directories):
                found.append(point)
    return found


def links():
    # "4: ordinal0: <…>", "5: veth1@if2: <…>"
    names = {line.split(": ")[1].split("@")[0] for line in run("ip", "-o", "link").splitlines()}
    return sorted(names - OWN_LINKS)


def network_namespaces():
    return sorted(os.listdir("/run/netns")) if os.path.isdir("/run/netns") else []


def rules():
    """Rules and chains of iptables and nftables beyond the empty built-in ones."""
    lines = [line for line in run("iptables-save").splitlines() if line.startswith("-A")
             or (line.startswith(":") and " - " in line)]
    if lines or not shutil.which("nft"):  # without the program nobody made any with it
        return lines
    return [line for line in run("nft", "list", "ruleset", check=False).splitlines() if "jump" in line]


def address_reservations():
    found = []
    for directory, _, files in os.walk("/var/lib/cni/networks"):
        found += [os.path.join(directory, name) for name in files if name[0].isdigit()]
    return found


def cgroups(uids):
    """Cgroup directories named after one of the pods' uids, in any hierarchy."""
    found = []
    names = {f"pod{uid}" for uid in uids} | {f"pod{uid.replace('-', '_')}" for uid in uids}
    for directory, children, _ in os.walk(CGROUPS):
        if directory[len(CGROUPS):].count("/") > 4:
            children.clear()
        found += [os.path.join(directory, child) for child in children
                  if child in names or any(child.endswith(f"{name}.slice") for name in names)]
    return found


def attached_to(sandboxes):
    """Rules, reservations and libcni's records that name one of these sandboxes."""
    found = [line for line in run("iptables-save", "-t", "nat").splitlines() if any(each in line for each in sandboxes)]
    for directory, _, files in os.walk("/var/lib/cni"):
        for name in files:
            path = os.path.join(directory, name)
            with open(path, encoding="utf-8", errors="replace") as file:
                if any(each in name or each in file.read() for each in sandboxes):
                    found.append(path)
    return found


def masquerade_chains():
    return [line.split()[0][1:] for line in run("iptables-save", "-t", "nat").splitlines()
            if line.startswith(":CNI-") and "HOSTPORT" not in line]


def of_pods(agent):
    """What the agent's own directories hold of pods: kind → names."""
    places = {"pod directories": os.path.join(agent.state, "pods"), "pod logs": agent.pod_logs,
              "log links": "/var/log/containers", "notes of ends": os.path.join(agent.state, "ending")}
    return {kind: sorted(os.listdir(place)) for kind, place in places.items() if os.path.isdir(place)}


def everything(uids=(), directories=("/run/containerd", "/run/netns"), but=(), agent=None):
    """kind → what is left of it; empty when nothing is. Mounts on exactly the paths in `but` are the test's own."""
    left = of_pods(agent) if agent is not None else {}
    left |= {
        "shim processes": shims(),
        "mounts": [point for point in mounts_below(*directories) if point not in but],
        "links": links(),
        "network namespaces": network_namespaces(),
        "firewall rules": rules(),
        "reserved addresses": address_reservations(),
        "cgroups": cgroups(uids),
    }
    return {kind: things for kind, things in left.items() if things}
