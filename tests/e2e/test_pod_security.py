"""Security contexts as the containers see them, and what this host or its runtime cannot do for a pod."""
import json
import os
import signal

from harness.case import BUSYBOX, SOURCE
from harness.containerd import major_version
from harness.wait import wait_for
from harness.world import run
from test_classes import of_spec
from test_configuration import PodCase, pod

GROUPS = "docker.io/library/groups:1"
DENIES_KILL = {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["kill"], "action": "SCMP_ACT_ERRNO"}]}
NEWER = major_version() > 1


class SecurityCase(PodCase):
    """Pods with security contexts, and an image with a group file of its own."""

    def setUp(self):
        super().setUp()
        # An image whose user 1000 is in a group of its own, and that has a file to be mounted.
        group, image = os.path.join(self.directory, "group"), os.path.join(self.directory, "groups.tar")
        with open(group, "w", encoding="utf-8") as file:
            file.write("root:x:0:\nextra:x:50000:alice\n")
        passwd = os.path.join(self.directory, "passwd")
        with open(passwd, "w", encoding="utf-8") as file:
            file.write("root:x:0:0::/:/bin/sh\nalice:x:1000:1000::/:/bin/sh\n")
        run(os.path.join(SOURCE, "examples/make-image"), GROUPS, image, "/bin/sh", f"{group}=/etc/group",
            f"{passwd}=/etc/passwd", *(f"/bin/busybox=/bin/{name}" for name in ("sh", "sleep", "cat")))
        self.agent.add_image(image)

    def start_agent(self):
        self.agent.command += ["--allowed-unsafe-sysctls", "kernel.msg*,net.core.somaxconn"]
        os.makedirs(os.path.join(self.agent.state, "seccomp/deny"))
        with open(os.path.join(self.agent.state, "seccomp/deny/kill.json"), "w", encoding="utf-8") as file:
            json.dump(DENIES_KILL, file)
        super().start_agent()

    def status(self, name):
        return self.kubectl.object("pod", name)["status"]

    def rejected(self, name):
        """Reason and message of a pod that the node did not take."""
        wait_for(f"{name} to fail", lambda: self.status(name)["phase"] == "Failed", 20)
        return self.status(name)["reason"], self.status(name)["message"]

    def messages(self, name, reason):
        items = json.loads(self.kubectl("get", "events", "-o", "json",
                                        f"--field-selector=involvedObject.name={name}"))["items"]
        return "\n".join(item["message"] for item in items if item["reason"] == reason)

    def secured(self, name, context, image=BUSYBOX, **members):
        self.apply(of_spec(pod(name, image=image), securityContext=context, **members))

    def groups_of(self, name):
        line = next(line for line in self.shell(name, "cat /proc/self/status").splitlines() if "Groups:" in line)
        return {int(group) for group in line.split()[1:]}

    def look_into_user_namespace(self, name):
        first = self.shell(name, "cat /proc/self/uid_map").split()
        self.assertEqual((first[0], first[2], int(first[1]) % 65536), ("0", "65536", 0))
        self.assertEqual(self.shell(name, "echo mine >/v/file && cat /v/file /etc/hosts")[:5], "mine\n")
        volume = os.path.join(self.agent.state, "pods", self.kubectl.object("pod", name)["metadata"]["uid"],
                              "volumes/kubernetes.io~empty-dir/v/file")
        self.assertEqual(os.stat(volume).st_uid, 0)  # the mount maps ids back
        with open(f"/proc/{self.cri.running(name)['pid']}/status", encoding="utf-8") as status:
            uids = next(line for line in status if line.startswith("Uid:")).split()
        self.assertEqual(uids[1], first[1])
        # an agent that comes later goes on with the same ids
        self.agent.kill9()
        self.agent.start()
        self.agent.wait_ready()
        self.assertEqual(self.shell(name, "cat /proc/self/uid_map").split(), first)
        main = self.cri.running(name)["pid"]
        os.kill(main, signal.SIGKILL)
        wait_for("its successor", lambda: self.status(name)["containerStatuses"][0]["restartCount"] == 1 and
                 self.status(name)["containerStatuses"][0]["ready"], 20)
        self.assertEqual(self.shell(name, "cat /proc/self/uid_map").split(), first)


class PodSecurity(SecurityCase):
    def test_kernel_parameters_and_profiles(self):
        self.secured("tuned", {"sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "1000"},
                                           {"name": "kernel/msgmax", "value": "65536"}]})
        self.secured("unsafe", {"sysctls": [{"name": "fs.mqueue.msg_max", "value": "20"}]})
        self.secured("confined", {"seccompProfile": {"type": "Localhost", "localhostProfile": "deny/kill.json"}})
        self.secured("unnamed", {"seccompProfile": {"type": "Localhost", "localhostProfile": "nosuch.json"}})
        self.secured("armoured", {"appArmorProfile": {"type": "RuntimeDefault"}})
        self.secured("free", {"appArmorProfile": {"type": "Unconfined"}}, hostnameOverride="db.example")
        for name in ("tuned", "confined", "free"):
            self.running(name)
        self.assertEqual(self.shell("tuned", "cat /proc/sys/net/ipv4/ip_unprivileged_port_start").strip(), "1000")
        self.assertEqual(self.shell("tuned", "cat /proc/sys/kernel/msgmax").strip(), "65536")
        self.assertEqual(self.rejected("unsafe"),
                         ("SysctlForbidden", 'Pod was rejected: forbidden sysctl: "fs.mqueue.msg_max" not allowlisted'))
        tries = "kill -0 $$ 2>/dev/null && echo free || echo denied"
        self.assertEqual(self.shell("confined", tries).strip(), "denied")
        self.assertEqual(self.shell("free", tries).strip(), "free")
        self.assertEqual(self.shell("free", "hostname").strip(), "db.example")
        self.assertRegex(self.shell("free", "cat /etc/hosts"), r"(?m)^\S+\tdb.example$")
        wait_for("the missing profile to be told", lambda: "nosuch.json" in self.messages("unnamed", "Failed"), 20)
        if not os.path.exists("/sys/module/apparmor"):
            self.assertEqual(self.rejected("armoured"), ("AppArmor", "Pod was rejected: Cannot enforce AppArmor: AppArmor "
                                                         "is not enabled on the host"))

    def test_groups(self):
        alice = {"runAsUser": 1000, "runAsGroup": 1000, "fsGroup": 2000, "supplementalGroups": [3000]}
        self.secured("merged", alice, GROUPS)
        self.secured("strict", {**alice, "supplementalGroupsPolicy": "Strict"}, GROUPS)
        self.running("merged")
        self.assertEqual(self.groups_of("merged") - {1000}, {2000, 3000, 50000})
        if NEWER:
            self.running("strict")
            self.assertEqual(self.groups_of("strict") - {1000}, {2000, 3000})
        else:
            self.assertEqual(self.rejected("strict")[0], "SupplementalGroupsPolicyNotSupported")

    def test_read_only_all_the_way_down(self):
        place = os.path.join(self.directory, "place")
        os.makedirs(os.path.join(place, "sub"))
        run("mount", "-t", "tmpfs", "tmpfs", os.path.join(place, "sub"))
        self.addCleanup(run, "umount", os.path.join(place, "sub"))
        volume = {"name": "v", "hostPath": {"path": place}}
        for name, mode in (("enabled", "Enabled"), ("possible", "IfPossible"), ("disabled", "Disabled")):
            self.apply(pod(name, [volume], [{"name": "v", "mountPath": "/v", "readOnly": True,
                                             "recursiveReadOnly": mode}]))
        writes = "echo x >/v/sub/{0} 2>/dev/null && echo written || echo refused"
        for name, written in (("disabled", True), ("possible", not NEWER)):
            self.running(name)
            self.assertEqual(self.shell(name, writes.format(name)).strip(), "written" if written else "refused", name)
        if NEWER:
            self.running("enabled")
            self.assertEqual(self.shell("enabled", writes.format("enabled")).strip(), "refused")
        else:
            wait_for("the reason", lambda: "requested recursive read-only mode" in self.messages("enabled", "Failed"), 20)
            waiting = self.status("enabled")["containerStatuses"][0]["state"]["waiting"]
            self.assertEqual(waiting["reason"], "CreateContainerConfigError")
        self.kubectl("delete", "pod", "--all")

    def test_what_needs_a_newer_runtime(self):
        probe = {"exec": {"command": ["/bin/cat", "/v/file"]}, "failureThreshold": 1000}
        self.apply(of_spec(pod("rootless", [{"name": "v", "emptyDir": {}}], [{"name": "v", "mountPath": "/v"}],
                               livenessProbe=probe), hostUsers=False))
        image = {"name": "v", "image": {"reference": GROUPS}}
        self.apply(pod("files", [image], [{"name": "v", "mountPath": "/files"}]))
        self.apply(pod("below", [image], [{"name": "v", "mountPath": "/etc/one", "subPath": "etc"}]))
        if NEWER:
            self.running("files")
            self.assertIn("extra:x:50000", self.shell("files", "cat /files/etc/group"))
            # containerd 2.1 would ignore a subPath
            wait_for("below to run or say why not", lambda: self.status("below")["phase"] == "Running" or
                     "needs containerd 2.2" in self.messages("below", "Failed"), 20)
            if self.status("below")["phase"] == "Running":
                self.assertIn("extra:x:50000", self.shell("below", "cat /etc/one/group"))
            self.assertEqual(self.shell("files", "echo x 2>/dev/null >/files/x || echo refused").strip(), "refused")
        else:
            wait_for("its volume to be told of", lambda: "needs containerd 2.1" in self.messages("files", "FailedMount"), 20)
        # On runc 1.1, and on a newer one where it maps no ids, the reason; elsewhere its root is nobody here.
        wait_for("rootless to run or say why not", lambda: self.status("rootless")["phase"] == "Running" or
                 "does not support user namespaces" in self.messages("rootless", "FailedCreatePodSandBox"), 20)
        if self.status("rootless")["phase"] == "Running":
            self.look_into_user_namespace("rootless")
