"""A shutdown of the host, told by systemd-logind: pods end in order, and come back after the boot."""
import os
import shutil
import subprocess
import unittest

from harness.agent import condition
from harness.api import ask, context
from harness.case import KubiaCase
from harness.process import Process
from harness.wait import wait_for

BUS_CONFIG = """<busconfig><type>system</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/><allow user="*"/></policy>
</busconfig>"""
DROP_IN = "/run/systemd/logind.conf.d/99-ordinald.conf"


class Login(Process):
    """The fake of tests/fakes/fake_login.h, told by its standard input."""

    def __init__(self, bus, log):
        super().__init__("login1", [os.path.join(os.environ["ORDINAL_BUILD"], "tests/e2e/fake_login1"), bus, DROP_IN], log)

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, stdin=subprocess.PIPE,
                                            start_new_session=True)

    def kill9(self):
        self.process.stdin.close()
        return super().kill9()

    def tell(self, command):
        self.process.stdin.write(command.encode() + b"\n")
        self.process.stdin.flush()


@unittest.skipUnless(shutil.which("dbus-daemon"), "dbus-daemon is not installed (apt-get install dbus-daemon)")
class Shutdown(KubiaCase):
    def start_agent(self):
        socket, config = self.path("bus"), self.path("bus.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(BUS_CONFIG.format(socket=socket))
        self.bus = Process("dbus-daemon", ["dbus-daemon", f"--config-file={config}", "--nofork"], self.path("bus.log"))
        self.bus.start()
        self.addCleanup(self.bus.kill9)
        wait_for("the bus", lambda: os.path.exists(socket))
        self.login = Login(f"unix:path={socket}", self.path("login.log"))
        self.login.start()
        self.addCleanup(self.login.kill9)
        self.login.wait_for_log("^ready")
        self.agent.environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={socket}"}
        super().start_agent()

    def path(self, name):
        return os.path.join(self.directory, name)

    def node(self):
        return self.agent.objects("nodes")["e2e-node"]

    def ends(self):
        """Names of pods in the order in which their containers ended."""
        ended = [(c["finishedAt"], c["labels"]["io.kubernetes.pod.name"]) for c in self.cri.containers(state="exited")]
        return [name for _, name in sorted(ended)]

    def test_ordinals_end_in_reverse_and_come_back_with_their_data(self):
        self.login.wait_for_log("inhibited ordinald")
        self.login.wait_for_log("reloaded")  # the usual five seconds are too few
        self.post("kubia-1", "kept")
        tls = context(os.path.join(self.agent.state, "admin.kubeconfig"))
        bare = {"metadata": {"name": "bare"}, "spec": {"containers": [{"name": "main", "image": "luksa/kubia-pet"}]}}
        self.assertEqual(ask(tls, "POST", "/api/v1/namespaces/default/pods", bare)[0], 201)
        self.wait_pods(self.PODS + ["bare"])
        uids = {name: pod["metadata"]["uid"] for name, pod in self.agent.pods().items()}
        self.login.tell("shutdown")
        wait_for("the node not to be ready", lambda: condition(self.node(), "Ready") == "False")
        ready = next(c for c in self.node()["status"]["conditions"] if c["type"] == "Ready")
        self.assertEqual((ready["reason"], ready["message"]), ("KubeletNotReady", "node is shutting down"))
        self.login.wait_for_log("^released", 40)
        self.login.wait_for_log("^down")
        self.assertEqual(self.container_ids(), {})
        self.assertEqual([name for name in self.ends() if name != "bare"], ["kubia-2", "kubia-1", "kubia-0"])
        for name, pod in self.agent.pods().items():
            self.assertEqual((name, pod["metadata"]["uid"]), (name, uids[name]))
            self.assertEqual(pod["status"]["reason"], "Terminated")
            self.assertEqual(pod["status"]["message"], "Pod was terminated in response to imminent node shutdown.")
        # Whoever comes now is refused, and nobody is placed.
        late = {**bare, "metadata": {"name": "late"}, "spec": {**bare["spec"], "nodeName": "e2e-node"}}
        self.assertEqual(ask(tls, "POST", "/api/v1/namespaces/default/pods", late)[0], 201)
        wait_for("it to be refused", lambda: self.agent.pods()["late"].get("status", {}).get("reason") == "NodeShutdown")
        self.assertEqual(ask(tls, "DELETE", "/api/v1/namespaces/default/pods/late")[0], 200)
        self.assertEqual(self.agent.terminate(), 0)
        # The host comes up again.
        self.login.kill9()
        self.login.start()
        self.agent.start()
        self.agent.wait_ready()
        self.wait_pods(self.PODS + ["bare"])
        self.assertEqual({name: pod["metadata"]["uid"] for name, pod in self.agent.pods().items()}, uids)
        self.assertEqual(self.text_of("kubia-1", "/data"), "kept")
        self.assertEqual(self.node()["spec"].get("taints", []), [])
        self.take_down()

    def test_a_shutdown_that_is_cancelled_lets_pods_go_on(self):
        self.login.wait_for_log("inhibited ordinald")
        uids = {name: pod["metadata"]["uid"] for name, pod in self.agent.pods().items()}
        self.login.tell("shutdown")
        wait_for("the first to end", lambda: "kubia-2" in self.ends())
        self.login.tell("cancel")
        self.agent.wait_for_log("was cancelled")
        self.wait_pods(self.PODS)
        self.assertEqual({name: pod["metadata"]["uid"] for name, pod in self.agent.pods().items()}, uids)
        wait_for("the node to be ready", lambda: condition(self.node(), "Ready") == "True")
        wait_for("another lock", lambda: self.login.text().count("inhibited ordinald") == 2)

    def test_a_cancellation_that_nobody_told_of_is_found_out(self):
        self.login.wait_for_log("inhibited ordinald")
        self.login.tell("shutdown")
        wait_for("the first to end", lambda: "kubia-2" in self.ends())
        self.login.kill9()
        self.login.start()  # another logind, which knows of no shutdown
        self.agent.wait_for_log("was cancelled", 90)
        self.wait_pods(self.PODS)
        wait_for("the node to be ready", lambda: condition(self.node(), "Ready") == "True")
        wait_for("another lock", lambda: self.login.text().count("inhibited ordinald") == 2)
