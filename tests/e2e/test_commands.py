"""Commands of probes and hooks: the agent makes a container's process itself, and it is as the runtime makes it."""
import json
import os

from harness.wait import stays, wait_for
from test_kubectl import BUSYBOX, KubectlCase

# What a process has of its container. Limits: without the column of units, which has blanks.
TELL = r"""
echo "id $(id)"
grep -E '^(Uid|Gid|Groups|Cap...|NoNewPrivs|Seccomp|Seccomp_filters):' /proc/self/status | sed 's/\tself//'
sed 's/ *[a-z]* *$//' /proc/self/limits
echo cgroups; cat /proc/self/cgroup
[ "$(grep NSsid: /proc/self/status | grep -o '[0-9]*$')" = $PPID ] && echo leads its session
echo "oom $(cat /proc/self/oom_score_adj)"
echo "label $(cat /proc/self/attr/current 2>&1)"
for each in cgroup ipc mnt net pid user uts; do echo "$each $(readlink /proc/self/ns/$each)"; done
echo "in $(pwd), umask $(umask), root $(ls -di / | sed 's/ .*//')"
env | grep -v -E '^(SHLVL|OLDPWD|_)=' | sort
ls -l /proc/self/fd | wc -l
"""

ASK = "sh /told/tell >/told/new-{0} 2>&1; mv /told/new-{0} /told/{0}"

CONTEXTS = {
    "plain": {},
    "user": {"securityContext": {"runAsUser": 1234, "runAsGroup": 2345, "allowPrivilegeEscalation": False},
             "workingDir": "/tmp/deep", "env": [{"name": "ODD", "value": "a b=c\nd"}]},
    "caps": {"securityContext": {"capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE", "CHOWN"]}}},
    "filtered": {"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}, "allowPrivilegeEscalation": False}},
    "filtered-root": {"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}},
    "privileged": {"securityContext": {"privileged": True}},
    "read-only": {"securityContext": {"readOnlyRootFilesystem": True}},
    "limited": {"resources": {"limits": {"memory": "64Mi", "cpu": "200m"}}},
}
PODS = {"host": {"hostNetwork": True, "hostPID": True, "hostIPC": True}, "shared": {"shareProcessNamespace": True},
        "groups": {"securityContext": {"runAsUser": 7, "fsGroup": 77, "supplementalGroups": [8, 9]}}}


class Commands(KubectlCase):
    def pod(self, name, spec, container):
        place = os.path.join(self.directory, name)
        os.mkdir(place)
        os.chmod(place, 0o777)
        script = os.path.join(place, "tell")
        with open(script, "w", encoding="utf-8") as file:
            file.write(TELL)
        probe = {"exec": {"command": ["sh", "-c", ASK.format("direct")]}}
        main = {"name": "main", "image": BUSYBOX, "imagePullPolicy": "Never",
                "command": ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"],
                "readinessProbe": {**probe, "timeoutSeconds": 5},
                "volumeMounts": [{"name": "told", "mountPath": "/told"}], **container}
        self.kubectl("apply", "-f", "-", text=json.dumps({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
            "spec": {"terminationGracePeriodSeconds": 1, "containers": [main],
                     "volumes": [{"name": "told", "hostPath": {"path": place}}], **spec}}))
        return place

    def told(self, place, who):
        with open(os.path.join(place, who), encoding="utf-8") as file:
            return file.read().splitlines()

    def log(self):
        return self.agent.tail(100000)

    def test_a_process_of_the_agents_is_as_one_of_the_runtimes(self):
        places = {name: self.pod(name, {}, container) for name, container in CONTEXTS.items()}
        places.update({name: self.pod(name, spec, {}) for name, spec in PODS.items()})
        for name, place in places.items():
            wait_for(lambda n=name: f"{n} to be ready; the log ends with {self.agent.tail(5)}",
                     lambda n=name: self.kubectl.object("pod", n)["status"]["containerStatuses"][0]["ready"], 30)
            container = self.cri.running(name)["id"]
            self.cri.exec(container, "sh", "-c", ASK.format("runtime"))
            with self.subTest(name):
                self.maxDiff = None
                self.assertEqual(self.told(place, "direct"), self.told(place, "runtime"))
                self.assertIn("leads its session", self.told(place, "direct"))
        self.assertNotIn("commands are run by the runtime", self.log())

    def test_programs_that_are_not_there_say_nothing_of_the_container(self):
        place = self.pod("odd", {}, {"livenessProbe": {"exec": {"command": ["nosuch"]}, "periodSeconds": 1,
                                                       "failureThreshold": 1}})
        wait_for("the probe to have run", lambda: os.path.exists(os.path.join(place, "direct")), 20)
        stays("the first container", lambda: self.cri.running("odd")["attempt"] == 0, 4)
        items = json.loads(self.kubectl("get", "events", "-o", "json"))["items"]
        self.assertIn("Liveness probe errored and resulted in unknown state: execute the command: No such file or "
                      "directory", [item["message"] for item in items])
