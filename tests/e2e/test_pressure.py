"""Pressure: pods that take too much are evicted, the node says so and takes no more until it is over."""
import os

from harness.agent import condition
from harness.api import ask, context
from harness.case import AgentCase, make_busybox
from harness.wait import stays, wait_for

PODS = "/api/v1/namespaces/default/pods"
ALL_OF_IT = "1000Ti"  # more memory than any host has: there is pressure, and nothing has to be filled


def container(script, **more):
    return {"name": "main", "image": "busybox:1.35", "command": ["sh", "-c", f"trap exit TERM; {script}; sleep 1000 & wait"],
            **more}


def pod(name, script="true", volumes=(), container_more=None, **spec):
    main = container(script, **(container_more or {}))
    main["volumeMounts"] = [{"name": volume["name"], "mountPath": f"/{volume['name']}"} for volume in volumes]
    return {"metadata": {"name": name}, "spec": {"containers": [main], "volumes": list(volumes),
                                                 "terminationGracePeriodSeconds": 2, **spec}}


def statefulset(replicas):
    return {"metadata": {"name": "db"},
            "spec": {"serviceName": "db", "replicas": replicas, "podManagementPolicy": "Parallel",
                     "selector": {"matchLabels": {"app": "db"}},
                     "template": {"metadata": {"labels": {"app": "db"}},
                                  "spec": {"terminationGracePeriodSeconds": 2, "containers": [container("true")]}}}}


class Pressure(AgentCase):
    def start(self, *flags):
        self.agent.command = [self.agent.binary] + self.agent.flags + list(flags)
        tarball = os.path.join(self.directory, "busybox.tar")
        if not os.path.exists(tarball):
            make_busybox(tarball)
            self.agent.add_image(tarball)
        self.agent.start()
        self.agent.wait_ready()
        self.tls = context(os.path.join(self.agent.state, "admin.kubeconfig"))

    def create(self, document, path=PODS):
        status, answer = ask(self.tls, "POST", path, document)
        self.assertEqual(status, 201, answer)

    def status(self, name):
        return self.agent.pods()[name].get("status", {})

    def phase(self, name):
        return self.status(name).get("phase")

    def node(self):
        return self.agent.objects("nodes")["e2e-node"]

    def taints(self):
        return [taint["key"] for taint in self.node()["spec"].get("taints", [])]

    def reasons(self):
        return [event["reason"] for event in self.agent.objects("events").values()]

    def test_an_empty_dir_and_a_writable_layer_over_their_limits_are_evicted(self):
        self.start()
        volume = {"name": "data", "emptyDir": {"sizeLimit": "1Mi"}}
        limit = {"resources": {"limits": {"ephemeral-storage": "1Mi"}}}
        fill = "i=0; while [ $i -lt 300 ]; do echo 0123456789; i=$((i+1)); done > {0}; " \
               "for j in 1 2 3 4 5 6 7; do cat {0} {0} {0} > {0}.2; cat {0}.2 > {0}; done"
        self.create(pod("modest", "echo little > /data/file", [volume]))
        self.create(pod("greedy", fill.format("/data/file"), [volume]))
        self.create(pod("layer", fill.format("/file"), container_more=limit))
        wait_for("the greedy one to be evicted", lambda: self.phase("greedy") == "Failed", 60)
        status = self.status("greedy")
        self.assertEqual(status["reason"], "Evicted")
        self.assertEqual(status["message"], 'Usage of EmptyDir volume "data" exceeds the limit "1Mi". ')
        self.assertEqual(condition(self.agent.pods()["greedy"], "DisruptionTarget"), "True")
        wait_for("the one that fills its own file system", lambda: self.phase("layer") == "Failed", 60)
        self.assertIn("ephemeral local storage usage exceeds the total limit of containers 1Mi", self.status("layer")["message"])
        self.assertIn("Evicted", self.reasons())
        self.assertEqual(self.phase("modest"), "Running")
        self.assertEqual(condition(self.node(), "DiskPressure"), "False")
        self.take_down()

    def test_under_pressure_on_memory_one_ordinal_goes_and_its_successor_waits(self):
        self.start()
        self.create(statefulset(3), "/apis/apps/v1/namespaces/default/statefulsets")
        self.create(pod("critical", priorityClassName="system-cluster-critical"))
        self.wait_ready_pods(["critical", "db-0", "db-1", "db-2"])
        uids = {name: each["metadata"]["uid"] for name, each in self.agent.pods().items()}
        self.assertEqual(self.agent.terminate(), 0)
        self.start("--eviction-hard", f"memory.available<{ALL_OF_IT}", "--eviction-pressure-transition-period", "1s")
        wait_for("the node to say so", lambda: condition(self.node(), "MemoryPressure") == "True")
        self.assertEqual(self.taints(), ["node.kubernetes.io/memory-pressure"])

        def away():
            pods = self.agent.pods()
            return [name for name in ("db-0", "db-1", "db-2")
                    if name not in pods or pods[name]["metadata"]["uid"] != uids[name]]
        wait_for("one ordinal to be replaced", lambda: len(away()) == 1 and self.phase(away()[0]) == "Pending")
        first = away()
        wait_for("it to be said why", lambda: [c.get("reason") for c in self.status(first[0]).get("conditions", [])] ==
                 ["Unschedulable"])
        stays("one ordinal away, and no other", lambda: away() == first, 15)
        self.assertEqual(self.agent.pods()["critical"]["metadata"]["uid"], uids["critical"])
        self.assertEqual(self.phase("critical"), "Running")
        self.assertEqual(self.reasons().count("Evicted"), 1)
        # Nor does the end of the agent let the successor in.
        self.agent.kill9()
        self.agent.start()
        self.agent.wait_ready()
        stays("one ordinal away, and no other", lambda: away() == first, 5)
        # A pod without requests that somebody places by hand is refused.
        self.create(pod("late", nodeName="e2e-node"))
        wait_for("it to be refused", lambda: self.phase("late") == "Failed")
        self.assertEqual(self.status("late")["reason"], "Evicted")
        self.assertIn("The node had condition: [MemoryPressure]", self.status("late")["message"])
        # When it is over, the same set is whole again.
        self.assertEqual(self.agent.terminate(), 0)
        self.start()
        self.wait_ready_pods(["critical", "db-0", "db-1", "db-2"])
        self.assertEqual(self.taints(), [])
        self.assertEqual(condition(self.node(), "MemoryPressure"), "False")
        self.take_down()

    def wait_ready_pods(self, names):
        wait_for(lambda: f"{names} to be ready, not {self.agent.ready_pods()}\n{self.agent.tail()}",
                 lambda: self.agent.ready_pods() == names, 60)

    def test_a_threshold_that_nobody_understands_is_named(self):
        self.agent.command = [self.agent.binary] + self.agent.flags + ["--eviction-hard", "memory.free<1Mi"]
        self.agent.start()
        self.assertNotEqual(self.agent.wait(), 0)
        self.assertIn('--eviction-hard: "memory.free" is no signal', self.agent.tail())
