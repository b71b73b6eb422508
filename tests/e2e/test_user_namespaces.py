"""User namespaces (hostUsers: false) with a runc that knows them, on containerd 2.x: what a pod's root is on the host, and
that every kind of volume can be used all the same. Run with run.py's options --containerd and --runc."""
import json
import os
import signal

import test_pod_security
from harness.wait import wait_for
from harness.world import run
from test_classes import of_spec
from test_configuration import config_map, pod, secret


class UserNamespaces(test_pod_security.SecurityCase):
    def apply_rootless(self, name, volumes, mounts, **spec):
        self.apply(of_spec(pod(name, volumes, mounts), hostUsers=False, **spec))

    def host_ids(self, name):
        """Real user and group of the container's first process, as the host sees them."""
        with open(f"/proc/{self.cri.running(name)['pid']}/status", encoding="utf-8") as status:
            lines = dict(line.split(":", 1) for line in status if ":" in line)
        return int(lines["Uid"].split()[0]), int(lines["Gid"].split()[0])

    def test_root_is_nobody_on_the_host_and_goes_on_so(self):
        probe = {"exec": {"command": ["/bin/cat", "/v/file"]}, "failureThreshold": 1000}
        self.apply(of_spec(pod("rootless", [{"name": "v", "emptyDir": {}}], [{"name": "v", "mountPath": "/v"}],
                               livenessProbe=probe), hostUsers=False))
        self.apply(of_spec(pod("second"), hostUsers=False))
        self.apply(pod("usual"))
        for name in ("rootless", "second", "usual"):
            self.running(name)
        firsts = [self.host_ids(name)[0] for name in ("rootless", "second", "usual")]
        self.assertEqual(len(set(firsts)), 3, "each has ids of its own")
        self.assertEqual(firsts[2], 0)
        self.look_into_user_namespace("rootless")

    def test_every_kind_of_volume(self):
        place = os.path.join(self.directory, "place")
        os.makedirs(os.path.join(place, "sub"))
        run("mount", "-t", "tmpfs", "tmpfs", os.path.join(place, "sub"))
        self.addCleanup(run, "umount", os.path.join(place, "sub"))
        self.apply(config_map("settings", a="1"))
        self.apply(secret("keys", password="secret"))
        self.apply(json.dumps({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"},
                               "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}}))
        sources = {"empty": {"emptyDir": {}}, "memory": {"emptyDir": {"medium": "Memory"}},
                   "settings": {"configMap": {"name": "settings"}}, "keys": {"secret": {"secretName": "keys"}},
                   "data": {"persistentVolumeClaim": {"claimName": "data"}}, "host": {"hostPath": {"path": place}},
                   "image": {"image": {"reference": test_pod_security.GROUPS}},
                   "fields": {"downwardAPI": {"items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}}}
        mounts = [{"name": name, "mountPath": f"/{name}"} for name in sources]
        mounts.append({"name": "host", "mountPath": "/deep", "readOnly": True, "recursiveReadOnly": "Enabled"})
        self.apply_rootless("uses", [{"name": name, **source} for name, source in sources.items()], mounts)
        self.running("uses")
        for name in ("empty", "memory", "data", "host"):
            self.assertEqual(self.shell("uses", f"echo mine >/{name}/file && cat /{name}/file"), "mine\n", name)
        self.assertEqual(os.stat(os.path.join(place, "file")).st_uid, 0, "the mount maps ids back")
        self.assertEqual(self.shell("uses", "cat /settings/a /keys/password"), "1secret")
        self.assertIn('app="uses"', self.shell("uses", "cat /fields/labels"))
        self.assertIn("extra:x:50000", self.shell("uses", "cat /image/etc/group"))
        tries = "echo x 2>/dev/null >{0} && echo written || echo refused"
        for path in ("/image/file", "/deep/file", "/deep/sub/file"):
            self.assertEqual(self.shell("uses", tries.format(path)).strip(), "refused", path)
        token = "/var/run/secrets/kubernetes.io/serviceaccount/token"
        self.assertEqual(self.shell("uses", f"cat {token}").count("."), 2)
        self.apply(config_map("settings", a="2"))
        wait_for("a change to be seen", lambda: self.shell("uses", "cat /settings/a") == "2", 10)

    def test_who_is_not_root_owns_what_his_group_owns(self):
        context = {"runAsUser": 1000, "runAsGroup": 1000, "fsGroup": 2000}
        self.apply_rootless("alice", [{"name": "v", "emptyDir": {}}], [{"name": "v", "mountPath": "/v"}],
                            securityContext=context)
        self.running("alice")
        first = int(self.shell("alice", "cat /proc/self/uid_map").split()[1])
        self.assertEqual(self.host_ids("alice"), (first + 1000, first + 1000))
        self.assertIn(2000, self.groups_of("alice"))
        self.assertEqual(self.shell("alice", "echo mine >/v/file && cat /v/file"), "mine\n")
        # a container that ended is made with the same ids
        os.kill(self.cri.running("alice")["pid"], signal.SIGKILL)
        wait_for("its successor", lambda: self.status("alice")["containerStatuses"][0]["restartCount"] == 1 and
                 self.status("alice")["containerStatuses"][0]["ready"], 20)
        self.assertEqual(self.host_ids("alice"), (first + 1000, first + 1000))
        self.assertEqual(self.shell("alice", "cat /v/file"), "mine\n")
