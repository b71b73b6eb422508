"""A containerd of the test's own: root, state, socket and CNI configuration below one directory.

The containerd is the first in PATH: the host's, or the one of run.py's option --containerd.
"""
import os
import re

from harness.process import Process
from harness.wait import wait_for
from harness.world import run

SANDBOX_IMAGE = "ordinal.test/pause:1"

# The handler "second" is runc once more, for runtime classes.
# restrict_oom_score_adj: without CAP_SYS_RESOURCE, as in most containers and CI runners, runc cannot lower the
# score and no sandbox would start.
CONFIG = """
version = 2
root = "{directory}/root"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
  address = "{socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "{directory}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{sandbox_image}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{cni}"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "{registries}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.second]
    runtime_type = "io.containerd.runc.v2"
"""

# What a host of containerd 2.x has: nobody told the agent the sandbox image, and no registry has it.
CONFIG_2 = """
version = 3
root = "{directory}/root"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.blockfile", "io.containerd.nri.v1.nri"]
[grpc]
  address = "{socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "{directory}/opt"
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["/usr/lib/cni"]
    conf_dir = "{cni}"
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.second]
    runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.cri.v1.images".registry]
  config_path = "{registries}"
"""


def major_version():
    """1 or 2, of the containerd in PATH."""
    return int(re.search(r" v?(\d+)\.\d+\.\d+", run("containerd", "--version")).group(1))


class PrivateContainerd(Process):
    def __init__(self, directory):
        os.makedirs(directory, exist_ok=True)
        self.socket = "/run/containerd/containerd.sock"
        self.endpoint = "unix://" + self.socket
        self.cni = os.path.join(directory, "net.d")
        self.registries = os.path.join(directory, "certs.d")  # how to reach a registry: a folder for each (harness/registry.py)
        for path in (self.cni, self.registries):
            os.makedirs(path, exist_ok=True)
        config = os.path.join(directory, "config.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write((CONFIG_2 if major_version() > 1 else CONFIG).format(
                directory=directory, socket=self.socket, cni=self.cni, sandbox_image=SANDBOX_IMAGE,
                registries=self.registries))
        super().__init__("containerd", ["containerd", "-c", config], os.path.join(directory, "containerd.log"))

    def start(self):
        super().start()
        wait_for("containerd to answer", self._answers, 30)

    def _answers(self):
        self.check()
        if "Server" not in self.ctr("version"):
            return False
        # The socket is there a moment before the CRI service behind it is.
        crils = os.path.join(os.environ["ORDINAL_BUILD"], "tests/e2e/crils")
        return '"sandboxes"' in run(crils, "--endpoint", self.endpoint, "list", check=False)

    def ctr(self, *arguments):
        return run("ctr", "-a", self.socket, "-n", "k8s.io", *arguments)

    def restart(self, kill=False):
        """A new containerd process on the same state; the shims, and so the containers, live on."""
        if kill:
            self.kill9()
        else:
            self.terminate()
        self.start()
