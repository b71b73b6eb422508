"""The node's own API at port 10250: who may ask what, and whether what it says is so."""
import gzip
import http.client
import json
import os
import re
import socket
import ssl

from harness import exposition
from harness.wait import wait_for
from harness.world import HOST_ADDRESS
from test_kubectl import BUSYBOX, KubectlCase

PORT = 10250
NANOSECOND = 1e-9
# Some processor time is used, and files are written where each kind of place is.
WORK = ("dd if=/dev/zero of=/file bs=1024 count=64 2>/dev/null; dd if=/dev/zero of=/empty/file bs=1024 count=256 "
        "2>/dev/null; echo a line; i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; "
        ": >/done; trap 'exit 0' TERM; while :; do sleep 0.1; done")


def pod(name, host_network=False):
    container = {"name": "main", "image": BUSYBOX, "imagePullPolicy": "Never", "command": ["/bin/sh", "-c", WORK],
                 "volumeMounts": [{"name": "empty", "mountPath": "/empty"}],
                 "resources": {"limits": {"memory": "64Mi", "cpu": "500m"}},
                 "readinessProbe": {"exec": {"command": ["/bin/ls", "/done"]}, "periodSeconds": 1}}
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
                       "spec": {"terminationGracePeriodSeconds": 1, "containers": [container],
                                "hostNetwork": host_network, "volumes": [{"name": "empty", "emptyDir": {}}]}})


class NodeApi(KubectlCase):
    def setUp(self):
        super().setUp()
        self.pki = os.path.join(self.agent.state, "pki")

    def tls(self, role=None):
        context = ssl.create_default_context(cafile=os.path.join(self.pki, "ca.crt"))
        if role:
            context.load_cert_chain(os.path.join(self.pki, role + ".crt"), os.path.join(self.pki, role + ".key"))
        return context

    def ask(self, path, role="view", method="GET", headers=None):
        """(status, headers, body)"""
        connection = http.client.HTTPSConnection(HOST_ADDRESS, PORT, context=self.tls(role), timeout=20)
        try:
            connection.request(method, path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def text(self, path, role="view"):
        status, _, body = self.ask(path, role)
        self.assertEqual(status, 200, body)
        return body.decode()

    def families(self, path):
        status, headers, body = self.ask(path)
        self.assertEqual(status, 200, body)
        self.assertEqual(headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        return exposition.parse(body.decode())

    def summary(self, query=""):
        return json.loads(self.text("/stats/summary" + query))

    def await_port(self, port):
        """That the node tells of."""
        def told():
            return self.kubectl.object("node", "e2e-node")["status"]["daemonEndpoints"]["kubeletEndpoint"]["Port"]
        wait_for(lambda: f"the node to tell of port {port}, not {told()}", lambda: told() == port, 20)

    def start(self, name, **how):
        self.kubectl("apply", "-f", "-", text=pod(name, **how))
        self.kubectl("wait", "--for=condition=Ready", f"pod/{name}", "--timeout=30s")

    def cgroup(self, name):
        """Where the kernel tells of the pod's container: a function from file names to texts."""
        with open(f"/proc/{self.cri.running(name)['pid']}/cgroup", encoding="utf-8") as file:
            places = {kind: path for _, kind, path in (line.strip().split(":", 2) for line in file)}

        def read(controller, v1, v2):
            unified = os.path.exists("/sys/fs/cgroup/cgroup.controllers")
            directory = places[""] if unified else controller + places[controller]
            with open(os.path.join("/sys/fs/cgroup", directory.lstrip("/"), v2 if unified else v1),
                      encoding="utf-8") as file:
                return file.read(), unified
        return read

    def cpu(self, name):
        text, unified = self.cgroup(name)("cpuacct", "cpuacct.usage", "cpu.stat")
        return int(re.search(r"usage_usec (\d+)", text)[1]) / 1e6 if unified else int(text) / 1e9

    def memory(self, name):
        """Bytes: all, and without the page cache that was not used lately."""
        used = int(self.cgroup(name)("memory", "memory.usage_in_bytes", "memory.current")[0])
        stat = self.cgroup(name)("memory", "memory.stat", "memory.stat")[0]
        inactive = re.search(r"(?m)^total_inactive_file (\d+)", stat) or re.search(r"(?m)^inactive_file (\d+)", stat)
        return used, used - int(inactive[1])

    def test_who_may_ask_what(self):
        paths = ["/configz", "/metrics", "/metrics/cadvisor", "/metrics/probes", "/metrics/resource", "/pods",
                 "/stats/summary?only_cpu_and_memory=true", "/healthz/ping", "/healthz/syncloop"]
        for path in paths:
            self.assertEqual(self.ask(path, role=None)[0], 401, path)
            self.assertEqual(self.ask(path, role="node")[0], 403, path)
            self.assertEqual(self.ask(path, role="view")[0], 200, path)
            self.assertEqual(self.ask(path, role="admin")[0], 200, path)
        self.assertEqual(self.ask("/healthz", role=None)[2], b"ok")
        self.assertEqual(self.ask("/exec/default/a/main", role="view", method="POST")[0], 403)
        self.assertEqual(self.ask("/exec/default/a/main", role="admin", method="POST")[0], 501)
        self.assertEqual(self.ask("/nothing", role="admin")[0], 404)
        with open(os.path.join(self.pki, "tokens.csv"), encoding="utf-8") as file:
            tokens = {line.split(",")[1]: line.split(",")[0] for line in file if not line.startswith("#")}
        for token, status in ((tokens["ordinal-view"], 200), (tokens["kubernetes-admin"], 200), ("invented", 401)):
            headers = {"Authorization": "Bearer " + token}
            self.assertEqual(self.ask("/metrics/resource", role=None, headers=headers)[0], status)
        token = self.kubectl("create", "token", "default").strip()
        self.assertEqual(self.ask("/metrics", role=None, headers={"Authorization": "Bearer " + token})[0], 403)
        status, headers, body = self.ask("/metrics", headers={"Accept-Encoding": "gzip"})
        self.assertEqual((status, headers["Content-Encoding"]), (200, "gzip"))
        exposition.parse(gzip.decompress(body).decode())
        self.await_port(PORT)
        # the Kubernetes API leads there too
        families = exposition.parse(self.kubectl("get", "--raw", "/api/v1/nodes/e2e-node/proxy/metrics/resource"))
        self.assertIn("node_cpu_usage_seconds_total", families)
        summary = json.loads(self.kubectl("get", "--raw", "/api/v1/nodes/e2e-node/proxy/stats/summary"))
        self.assertEqual(summary["node"]["nodeName"], "e2e-node")
        self.assertIn("NotFound", self.kubectl.refused("get", "--raw", "/api/v1/nodes/other/proxy/metrics"))

    def check_resource(self, name):
        cpu, memory = self.cpu(name), self.memory(name)[1]
        families = self.families("/metrics/resource")
        labels = {"container": "main", "namespace": "default", "pod": name}
        measured = families["container_cpu_usage_seconds_total"].value(**labels)
        later = self.cpu(name)
        self.assertTrue(cpu - NANOSECOND <= measured <= later + NANOSECOND, f"{cpu} ≤ {measured} ≤ {later}")
        self.assertAlmostEqual(families["container_memory_working_set_bytes"].value(**labels), memory, delta=1 << 20)
        whole = families["pod_cpu_usage_seconds_total"].value(namespace="default", pod=name)
        self.assertGreaterEqual(whole, measured)
        self.assertGreater(families["node_cpu_usage_seconds_total"].value(), whole)
        self.assertEqual(families["resource_scrape_error"].value(), 0)

    def check_cadvisor(self, name):
        families = self.families("/metrics/cadvisor")
        labels = {"container": "main", "namespace": "default", "pod": name}
        self.assertAlmostEqual(families["container_memory_usage_bytes"].value(**labels), self.memory(name)[0],
                               delta=1 << 20)
        self.assertEqual(families["container_spec_memory_limit_bytes"].value(**labels), 64 << 20)
        self.assertGreater(families["container_memory_rss"].value(**labels), 0)
        self.assertGreater(families["container_cpu_cfs_periods_total"].value(**labels), 0)
        self.assertGreaterEqual(families["container_threads"].value(**labels), 1)
        self.assertGreater(families["container_cpu_usage_seconds_total"].value(id="/", cpu="total"), 0)
        sandbox = self.cri.sandbox(name)
        of_pod = {"name": sandbox["id"], "interface": "eth0", "pod": name}
        before = families["container_network_receive_bytes_total"].value(**of_pod)
        try:
            socket.create_connection((sandbox["ips"][0], 1), timeout=2)
        except OSError:
            pass
        after = self.families("/metrics/cadvisor")["container_network_receive_bytes_total"].value(**of_pod)
        self.assertGreater(after, before)
        self.assertEqual(families["machine_cpu_cores"].value(), os.sysconf("SC_NPROCESSORS_ONLN"))
        written = wait_for("the runtime to say what was written", lambda: [
            sample for sample in self.families("/metrics/cadvisor")["container_fs_usage_bytes"].samples
            if sample[1]["pod"] == name and sample[2] >= 64 * 1024], 30)
        self.assertEqual(len(written), 1)

    def check_summary(self, name):
        summary = self.summary()
        found = next(p for p in summary["pods"] if p["podRef"]["name"] == name)
        self.assertEqual(found["podRef"]["uid"], self.kubectl.object("pod", name)["metadata"]["uid"])
        main = found["containers"][0]
        self.assertEqual(main["name"], "main")
        self.assertLess(main["cpu"]["usageNanoCores"], 1e9)
        self.assertAlmostEqual(main["memory"]["workingSetBytes"], self.memory(name)[1], delta=1 << 20)
        self.assertAlmostEqual(main["memory"]["availableBytes"] + main["memory"]["workingSetBytes"], 64 << 20, delta=4096)
        self.assertEqual(found["network"]["interfaces"][0]["name"], "eth0")
        volumes = {volume["name"]: volume for volume in found["volume"]}
        self.assertGreaterEqual(volumes["empty"]["usedBytes"], 256 * 1024)
        self.assertLess(volumes["empty"]["usedBytes"], 512 * 1024)
        self.assertEqual(volumes["empty"]["inodesUsed"], 2)
        self.assertGreaterEqual(main["rootfs"]["usedBytes"], 64 * 1024)
        self.assertGreater(main["logs"]["usedBytes"], 0)
        self.assertGreaterEqual(found["ephemeral-storage"]["usedBytes"], 256 * 1024)
        self.assertGreater(summary["node"]["rlimit"]["maxpid"], summary["node"]["rlimit"]["curproc"])
        self.assertEqual(set(self.summary("?only_cpu_and_memory=true")["node"]),
                         {"nodeName", "startTime", "cpu", "memory"})

    def test_figures_are_those_of_the_kernel_over_a_kill_too(self):
        self.start("one")
        self.start("net", host_network=True)
        for kill in (False, True):
            if kill:
                self.agent.kill9()
                self.agent.start()
                self.agent.wait_ready()
            self.check_resource("one")
            self.check_cadvisor("one")
            self.check_summary("one")
        net = next(p for p in self.summary()["pods"] if p["podRef"]["name"] == "net")
        self.assertNotIn("network", net)
        pods = json.loads(self.text("/pods"))
        self.assertEqual((pods["kind"], pods["apiVersion"]), ("PodList", "v1"))
        self.assertEqual(sorted(item["metadata"]["name"] for item in pods["items"]), ["net", "one"])
        self.assertEqual({item["status"]["phase"] for item in pods["items"]}, {"Running"})

    def memory_agrees(self):
        """It grows with an answer, and goes back to the system a while later: at some look the two fall together."""
        told = self.families("/metrics")["process_resident_memory_bytes"].value()
        with open(f"/proc/{self.agent.pid}/status", encoding="utf-8") as file:
            resident = int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) * 1024
        return abs(told - resident) < 4 << 20

    def test_what_the_agent_counts(self):
        self.apply_statefulset()
        self.start("one")
        families = self.families("/metrics")
        self.assertEqual(families["kubelet_node_name"].value(node="e2e-node"), 1)
        self.assertEqual(families["kubelet_running_pods"].value(), 3)
        self.assertEqual(families["kubelet_running_containers"].value(container_state="running"), 3)
        self.assertEqual(families["kubelet_started_pods_total"].value(), 3)
        self.assertEqual(families["kubelet_started_containers_total"].value(container_type="container"), 3)
        run = {"operation_type": "run_podsandbox"}
        self.assertEqual(families["kubelet_runtime_operations_total"].value(**run), 3)
        self.assertEqual(families["kubelet_runtime_operations_errors_total"].value(**run), 0)
        started = {sample[0]: sample[2] for sample in families["kubelet_pod_start_duration_seconds"].samples
                   if "le" not in sample[1]}
        self.assertEqual(started["kubelet_pod_start_duration_seconds_count"], 3)
        self.assertLess(started["kubelet_pod_start_duration_seconds_sum"], 60)
        wait_for("the memory to be what the kernel says", self.memory_agrees, 20)
        claims = families["kubelet_volume_stats_capacity_bytes"]
        self.assertEqual(len(claims.samples), 2)
        self.assertEqual(claims.value(namespace="default", persistentvolumeclaim="data-kubia-0"),
                         os.statvfs(self.directory).f_blocks * os.statvfs(self.directory).f_frsize)
        probe = {"probe_type": "Readiness", "result": "successful", "pod": "one"}
        first = self.families("/metrics/probes")["prober_probe_total"].value(**probe)
        self.assertGreaterEqual(first, 1)
        wait_for("the probe to be asked again",
                 lambda: self.families("/metrics/probes")["prober_probe_total"].value(**probe) > first, 10)
        before = families["process_cpu_seconds_total"].value()
        for _ in range(20):
            for path in ("/metrics", "/metrics/cadvisor", "/metrics/resource"):
                self.text(path)
        spent = self.families("/metrics")["process_cpu_seconds_total"].value() - before
        print(f"a scrape of three pods and all paths took {spent / 20 * 1000:.1f} ms of processor with its TLS")

    def test_logs_and_settings(self):
        self.start("one")
        logs = "/containerLogs/default/one/main"
        self.assertEqual(self.text(logs, role="admin"), "a line\n")
        self.assertEqual(self.text(logs + "?tailLines=0", role="admin"), "")
        self.assertRegex(self.text(logs + "?timestamps=true&limitBytes=19&sinceSeconds=3600", role="admin"),
                         r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$")
        self.assertEqual(self.ask(logs, role="view")[0], 403)
        self.assertEqual(self.ask(logs + "?previous=true", role="admin")[0], 400)
        self.assertEqual(self.ask("/containerLogs/default/none/main", role="admin")[::2],
                         (404, b'pod "none" does not exist\n'))
        connection = http.client.HTTPSConnection(HOST_ADDRESS, PORT, context=self.tls("admin"), timeout=20)
        connection.request("GET", logs + "?follow=true&tailLines=1")
        answer = connection.getresponse()
        self.assertEqual((answer.status, answer.readline()), (200, b"a line\n"))
        self.kubectl("exec", "one", "--", "/bin/sh", "-c", "echo more >/proc/1/fd/1")
        self.assertEqual(answer.readline(), b"more\n")
        self.kubectl("delete", "pod", "one")
        self.assertEqual(answer.read(), b"", "the end of the container is the end of its log")
        connection.close()
        for role in ("admin", "view"):
            settings = json.loads(self.text("/configz", role))["kubeletconfig"]
            self.assertEqual((settings["port"], settings["clusterDNS"]), (PORT, ["169.254.20.10"]))
        raw = json.loads(self.kubectl("get", "--raw", "/api/v1/nodes/e2e-node/proxy/configz"))
        self.assertEqual(raw["kubeletconfig"], settings)

    def test_a_port_that_is_taken_is_said_and_ends_nothing(self):
        self.agent.terminate()
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind((HOST_ADDRESS, PORT))
            taken.listen()
            self.agent.start()
            self.agent.wait_ready()
            self.agent.wait_for_log(r"--node-api-listen \(here 0\.0\.0\.0:10250\)")
            self.start("one")
            self.await_port(0)
        usual = list(self.agent.command)
        self.agent.terminate()
        self.agent.command = usual + ["--node-api-listen", "off"]
        self.agent.start()
        self.agent.wait_ready()
        with self.assertRaises(OSError):
            socket.create_connection((HOST_ADDRESS, PORT), timeout=2)
        self.assertIn("node_cpu_usage_seconds_total",
                      self.kubectl("get", "--raw", "/api/v1/nodes/e2e-node/proxy/metrics/resource"))
