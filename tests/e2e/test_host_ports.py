"""A hostPort where the agent itself listens never leads anybody away from it."""
from harness.agent import condition
from harness.case import IMAGE
from harness.http import get
from harness.wait import stays, wait_for
from harness.world import HOST_ADDRESS
from test_kubectl import KubectlCase

API, DNS = 6443, 53


def pod(name, port, more="", protocol="TCP"):
    return f"""
apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec:
  terminationGracePeriodSeconds: 1
  {more}
  containers:
  - name: main
    image: {IMAGE}
    ports: [{{containerPort: 8080, hostPort: {port}, protocol: {protocol}}}]
"""


class HostPorts(KubectlCase):
    def answers(self):
        return self.kubectl.run("get", "--raw", "/readyz", "--request-timeout=5s")[1] == "ok"

    def events(self, name):
        return {(e["reason"], e["message"]) for e in self.kubectl.object("events")["items"]
                if e["involvedObject"]["name"] == name}

    def test_placement_refuses_the_ports_of_the_agent(self):
        for name, port, protocol in (("api", API, "TCP"), ("dns", DNS, "UDP"), ("dns-tcp", DNS, "TCP")):
            self.kubectl("create", "-f", "-", text=pod(name, port, protocol=protocol))
            wait_for(f"{name} to be refused", lambda each=name: condition(self.agent.pods()[each], "PodScheduled") == "False")
            said = wait_for("the event", lambda each=name: [m for r, m in self.events(each) if r == "FailedScheduling"])
            self.assertIn(f"node(s) didn't have free ports for the requested pod ports ({port}/{protocol} is taken by",
                          said[0])
        stays("the API", self.answers, 1)
        self.assertEqual(self.cri.sandboxes(), [])
        self.kubectl("create", "-f", "-", text=pod("fine", 18080))
        wait_for("a pod on a free port", lambda: self.agent.ready_pods() == ["fine"])
        wait_for("its port to lead to it", lambda: "You've hit fine" in get(HOST_ADDRESS, port=18080), 10)
        self.kubectl("delete", "pods", "--all")
        self.take_down()

    def test_a_pod_placed_by_its_writer_is_rejected(self):
        for name, network in (("placed", ""), ("on-the-host", "hostNetwork: true")):
            text = pod(name, API, f"nodeName: e2e-node\n  {network}").replace("8080", str(API) if network else "8080")
            self.kubectl("create", "-f", "-", text=text)
            wait_for(f"{name} to fail", lambda each=name: self.agent.pods()[each]["status"].get("phase") == "Failed")
            status = self.agent.pods()[name]["status"]
            self.assertEqual(status["reason"], "NodePorts")
            self.assertIn(f"Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested "
                          f"pod ports ({API}/TCP is taken by", status["message"])
            self.assertIn("NodePorts", {reason for reason, _ in self.events(name)})
        stays("the API", self.answers, 1)
        self.assertEqual(self.cri.sandboxes(), [])
        self.kubectl("delete", "pods", "--all")

    def test_a_pod_that_had_the_port_before_the_agent_loses_it(self):
        self.agent.terminate()
        usual = self.agent.command
        self.agent.command = usual + ["--api-listen", "127.0.0.1:7443"]
        self.agent.start()
        self.agent.wait_ready()
        self.kubectl("create", "-f", "-", text=pod("early", API))
        wait_for("the pod to have the port", lambda: self.agent.ready_pods() == ["early"])
        wait_for("its port to lead to it", lambda: "You've hit early" in get(HOST_ADDRESS, port=API), 10)
        self.agent.kill9()
        self.agent.command = usual
        self.agent.start()
        wait_for("the agent to be reached at its port", self.answers, 20)
        wait_for("the pod to be rejected",
                 lambda: self.agent.pods()["early"]["status"].get("reason") == "NodePorts", 20)
        self.kubectl("delete", "pod", "early", "--timeout=20s")
        self.take_down()
