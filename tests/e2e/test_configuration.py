"""Config maps and secrets in pods: environments, volumes, what misses them, what happens when they change."""
import json
import os
import time

from harness.wait import stays, wait_for
from test_kubectl import BUSYBOX, KubectlCase

FILES = """
{"name": "files", "projected": {"defaultMode": 288, "sources": [
  {"configMap": {"name": "settings"}},
  {"secret": {"name": "keys", "items": [{"key": "password", "path": "deep/password", "mode": 256}]}},
  {"downwardAPI": {"items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}}]}}
"""


def pod(name, volumes=(), mounts=(), **container):
    main = {"name": "main", "image": BUSYBOX, "imagePullPolicy": "Never",
            "command": ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"],
            "volumeMounts": list(mounts), **container}
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": name}},
                       "spec": {"terminationGracePeriodSeconds": 2, "containers": [main], "volumes": list(volumes)}})


def config_map(name, **data):
    return json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data})


def secret(name, **data):
    return json.dumps({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data})


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class PodCase(KubectlCase):
    """Pods of busybox, looked at from inside."""

    def apply(self, text):
        self.kubectl("apply", "-f", "-", text=text)

    def running(self, name):
        self.kubectl("wait", "--for=condition=Ready", f"pod/{name}", "--timeout=30s")

    def shell(self, name, command):
        return self.kubectl("exec", name, "--", "/bin/sh", "-c", command)


class Configuration(PodCase):
    def waiting(self, name):
        status = self.kubectl.object("pod", name)["status"]
        return status.get("containerStatuses", [{}])[0].get("state", {}).get("waiting", {})

    def reasons(self, name):
        items = json.loads(self.kubectl("get", "events", "-o", "json",
                                        f"--field-selector=involvedObject.name={name}"))["items"]
        return [item["reason"] for item in items]

    def test_variables_that_another_container_wrote(self):
        body = json.loads(pod("told", [{"name": "v", "emptyDir": {}}]))
        key = {"volumeName": "v", "path": "deep/told.env", "key": "ADDRESS"}
        main = body["spec"]["containers"][0]
        main["env"] = [{"name": "PLACE", "valueFrom": {"fileKeyRef": key}},
                       {"name": "NONE", "valueFrom": {"fileKeyRef": {**key, "key": "NONE", "optional": True}}},
                       {"name": "URL", "value": "db://$(PLACE)"}]
        body["spec"]["initContainers"] = [{
            "name": "first", "image": BUSYBOX, "imagePullPolicy": "Never",
            "volumeMounts": [{"name": "v", "mountPath": "/v"}],
            "command": ["/bin/sh", "-c", "mkdir -p /v/deep; echo \"ADDRESS='10.0.0.7'\" >/v/deep/told.env"]}]
        self.apply(json.dumps(body))
        self.running("told")
        self.assertEqual(self.shell("told", "echo $URL,$NONE,").strip(), "db://10.0.0.7,,")
        # a link out of the volume leads nowhere
        body["metadata"]["name"] = "led"
        body["spec"]["initContainers"][0]["command"][2] = "mkdir -p /v/deep; ln -s /etc/passwd /v/deep/told.env"
        self.apply(json.dumps(body))
        wait_for("led to say what it misses", lambda: self.waiting("led").get("reason") == "CreateContainerConfigError")
        self.assertIn("there is no such file", self.waiting("led")["message"])

    def test_environment_and_files(self):
        self.apply(config_map("settings", COLOR="red", SHAPE="round"))
        self.apply(secret("keys", password="hidden"))
        one = {"name": "files", "mountPath": "/one", "subPath": "COLOR"}
        self.apply(pod("reader", [json.loads(FILES)], [{"name": "files", "mountPath": "/files"}, one],
                       envFrom=[{"configMapRef": {"name": "settings"}, "prefix": "MY_"},
                                {"secretRef": {"name": "nosuch", "optional": True}}],
                       env=[{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "password"}}},
                            {"name": "URL", "value": "db:$(PASSWORD)@$(MY_COLOR)"}]))
        self.running("reader")
        self.assertEqual(self.shell("reader", "echo $MY_COLOR $MY_SHAPE $PASSWORD $URL").strip(),
                         "red round hidden db:hidden@red")
        self.assertEqual(self.shell("reader", "cd /files; cat COLOR deep/password labels"), 'redhiddenapp="reader"')
        self.assertEqual(self.shell("reader", "stat -L -c '%a %n' /files/COLOR /files/deep/password").split(),
                         ["440", "/files/COLOR", "400", "/files/deep/password"])
        self.assertIn("Read-only", self.shell("reader", "touch /files/new 2>&1; true"))
        # what is secret is on no disk
        place = os.path.join(self.agent.state, "pods", self.kubectl.object("pod", "reader")["metadata"]["uid"],
                             "volumes/kubernetes.io~projected/files")
        with open("/proc/mounts", encoding="utf-8") as mounts:
            self.assertIn(f"tmpfs {place} tmpfs", mounts.read())

        # a change is in the files within a second, and in nothing else
        self.apply(config_map("settings", COLOR="green", SIZE="big"))
        wait_for("the change to be seen", lambda: text_of(os.path.join(place, "COLOR")) == "green", 1)
        self.assertEqual(self.shell("reader", "cat /files/COLOR /files/SIZE; ls /files/SHAPE 2>/dev/null; true"), "greenbig")
        self.assertEqual(self.shell("reader", "cat /one; echo $MY_COLOR"), "redred\n")
        self.assertEqual(self.cri.running("reader")["attempt"], 0)

        # a container that is started again has the new ones
        os.kill(self.cri.running("reader")["pid"], 9)
        wait_for("the successor", lambda: [c["attempt"] for c in self.cri.containers("reader", "running")] == [1], 20)
        wait_for("its environment", lambda: self.shell("reader", "cat /one; echo $MY_COLOR") == "greengreen\n", 5)

        # what is gone stays in the files of who runs, also with another agent
        self.kubectl("delete", "configmap", "settings")
        self.agent.kill9()
        self.agent.start()
        self.agent.wait_ready()
        stays("the files as they were", lambda: text_of(os.path.join(place, "COLOR")) == "green", 2)
        self.apply(config_map("settings", COLOR="blue"))
        wait_for("the new one to be seen", lambda: text_of(os.path.join(place, "COLOR")) == "blue", 1)
        self.assertEqual(self.shell("reader", "cat /files/COLOR"), "blue")
        self.assertEqual(self.cri.running("reader")["attempt"], 1)
        self.kubectl("delete", "pod", "reader")
        with open("/proc/mounts", encoding="utf-8") as mounts:
            self.assertNotIn(place, mounts.read())

    def test_pods_that_miss_something_wait_and_start_within_a_second(self):
        one = [{"name": "X", "valueFrom": {"configMapKeyRef": {"name": "later", "key": "k"}}}]
        self.apply(pod("env", env=one))
        self.apply(pod("file", [{"name": "v", "secret": {"secretName": "later"}}],
                       [{"name": "v", "mountPath": "/v"}]))
        wait_for(lambda: f"env to wait, not {self.waiting('env')}",
                 lambda: self.waiting("env") == {"reason": "CreateContainerConfigError",
                                                 "message": 'configmap "later" not found'}, 20)
        wait_for(lambda: f"file to be said to wait, not {self.reasons('file')}",
                 lambda: "FailedMount" in self.reasons("file"), 20)
        self.assertEqual(self.waiting("file"), {"reason": "ContainerCreating"})
        wait_for("env to be said to fail", lambda: "Failed" in self.reasons("env"), 5)
        for name, text in (("env", config_map("later", k="v")), ("file", secret("later", k="v"))):
            self.apply(text)
            began = time.monotonic()
            wait_for(f"{name} to run", lambda: self.cri.containers(name, "running"), 10)  # pylint: disable=W0640
            took = time.monotonic() - began
            print(f"{name} runs {took * 1000:.0f} ms after what it missed is there")
            self.assertLess(took, 3)  # with the runtime's share, on a machine that may be busy
        self.assertEqual(self.shell("file", "cat /v/k"), "v")

    def test_thirty_pods_see_a_change_within_a_second(self):
        self.apply(config_map("shared", generation="0"))
        mount = [{"name": "v", "mountPath": "/v"}]
        for number in range(30):
            self.apply(pod(f"many-{number}", [{"name": "v", "configMap": {"name": "shared"}}], mount))
        for number in range(30):
            self.running(f"many-{number}")
        places = [os.path.join(self.agent.state, "pods", item["metadata"]["uid"],
                               "volumes/kubernetes.io~configmap/v/generation")
                  for item in json.loads(self.kubectl("get", "pods", "-o", "json"))["items"]]
        self.assertEqual(len(places), 30)

        def seen(text):
            return all(text_of(place) == text for place in places)
        self.apply(config_map("shared", generation="1"))
        began = time.monotonic()
        wait_for("all thirty to have it", lambda: seen("1"), 10)
        took = time.monotonic() - began
        print(f"30 pods have the change {took * 1000:.0f} ms after kubectl returned")
        self.assertLess(took, 1)
