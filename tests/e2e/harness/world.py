"""The host as a test sees it: fresh /run, logs and CNI state, a loopback and one outside link."""
import os
import signal
import subprocess

# Directories that containerd, the CNI plugins or the agent write to at fixed places.
PRIVATE = ["/run", "/var/lib/cni", "/var/log", "/etc/cni"]
INHERITED = set()  # ids of the mounts that were there before anything began
HOST_ADDRESS = "192.0.2.10"  # TEST-NET-1: routed nowhere


def run(*command, check=True, **options):
    """The output of a command; a failure says what the command said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(command)} failed ({done.returncode}):\n{done.stdout}{done.stderr}")
    return done.stdout


def prepare():
    """Called once in the new namespaces, before anything else. They are private: nothing here reaches the host."""
    run("mount", "--make-rprivate", "/")
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        INHERITED.update(line.split()[0] for line in file)
    for path in PRIVATE:
        os.makedirs(path, exist_ok=True)
        run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", path)
    os.makedirs("/run/lock")
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "up0", "type", "bridge")
    run("ip", "address", "add", f"{HOST_ADDRESS}/24", "dev", "up0")
    run("ip", "link", "set", "up0", "up")
    run("ip", "route", "add", "default", "via", "192.0.2.1")


def scrub():
    """Ends every other process of this pid namespace and removes their links, network namespaces and mounts."""
    others = [int(entry) for entry in os.listdir("/proc") if entry.isdigit() and int(entry) not in (1, os.getpid())]
    for pid in others:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    for name in os.listdir("/run/netns") if os.path.isdir("/run/netns") else []:
        run("umount", "--lazy", f"/run/netns/{name}", check=False)
        os.unlink(f"/run/netns/{name}")
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        points = [line.split()[4] for line in file]
    for point in reversed(points):
        if point.startswith(("/run/containerd/", "/run/netns/", "/tmp/ordinal-e2e-")):
            run("umount", "--lazy", point, check=False)
    for line in run("ip", "-o", "link").splitlines():
        name = line.split(": ")[1].split("@")[0]
        if name not in ("lo", "up0"):
            run("ip", "link", "delete", name, check=False)
    for table in ("filter", "nat"):
        for flag in ("-F", "-X"):
            run("iptables", "-t", table, flag, check=False)


def private_host_directories():
    """Also /etc and /var/lib, for programs that use their fixed places. Changes to them end with the namespace."""
    run("mount", "--bind", "/var/lib/dpkg", "/run/lock")  # kept in view while /var/lib is covered
    run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/var/lib")
    os.makedirs("/var/lib/dpkg")
    run("mount", "--move", "/run/lock", "/var/lib/dpkg")
    os.makedirs("/run/etc/upper")
    os.makedirs("/run/etc/work")
    run("mount", "-t", "overlay", "-o", "lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work", "overlay", "/etc")
