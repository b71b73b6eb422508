"""Runs one end-to-end test file in namespaces of its own: run.py test_kubia --build build/release [unittest args].

The network, the mounts and the process ids are the test's alone: it neither sees nor disturbs what else runs on
the host, and when its first process ends the kernel ends all others.
"""
import argparse
import importlib
import os
import shutil
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SKIPPED = 77  # SKIP_RETURN_CODE in CMakeLists.txt
NAMESPACES = ["unshare", "--mount", "--net", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc"]
INSIDE = "ORDINAL_E2E_INSIDE"


def missing(containerd, runc):
    """Why the tests cannot run here, or None."""
    for directory, programs, package in ((containerd, ("containerd", "containerd-shim-runc-v2", "ctr"), "containerd-2"),
                                         (runc, ("runc",), "runc-new")):
        for program in programs:
            if directory and not os.access(os.path.join(directory, program), os.X_OK):
                return f"there is no {program} in {directory} (packages/{package} brings one)"
    if os.geteuid() != 0:
        return "not root: containerd, namespaces and mounts need it"
    for program, package in (("containerd", "containerd"), ("runc", "runc"), ("unshare", "util-linux"),
                             ("ip", "iproute2"), ("iptables", "iptables"), ("dig", "bind9-dnsutils")):
        if shutil.which(program) is None:
            return f"{program} is not installed (apt-get install {package})"
    if not os.path.exists("/usr/lib/cni/bridge"):
        return "/usr/lib/cni/bridge is not installed (apt-get install containernetworking-plugins)"
    if os.spawnvp(os.P_WAIT, NAMESPACES[0], NAMESPACES + ["true"]) != 0:
        return "this kernel or container does not let us make namespaces (unshare failed)"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("module")
    parser.add_argument("--build", required=True, help="the build directory with ordinald")
    parser.add_argument("--containerd", help="directory of a containerd, its shim and ctr, instead of the host's")
    parser.add_argument("--runc", help="directory of a runc, instead of the host's")
    options, rest = parser.parse_known_args()
    if os.environ.get(INSIDE) != "1":
        for directory in filter(None, (options.containerd, options.runc)):
            os.environ["PATH"] = os.path.abspath(directory) + ":" + os.environ["PATH"]
        reason = missing(options.containerd, options.runc)
        if reason:
            print(f"SKIPPED: {reason}")
            return SKIPPED
        os.environ[INSIDE] = "1"
        os.execvp(NAMESPACES[0], NAMESPACES + [sys.executable] + sys.argv)
    sys.path.insert(0, HERE)
    os.environ["ORDINAL_BUILD"] = os.path.abspath(options.build)
    from harness import world  # after the path is set
    world.prepare()
    module = importlib.import_module(options.module)
    program = unittest.main(module=module, argv=[options.module] + rest, verbosity=2, exit=False)
    if program.result.skipped:
        print("SKIPPED: " + "; ".join(reason for _, reason in program.result.skipped))
        return SKIPPED
    return 0 if program.result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
