"""kill -9 of the agent under twenty writers: what was acknowledged is there afterwards, whole, and revisions only grow."""
import http.client
import os
import random
import threading

from harness.api import ask, context
from harness.case import AgentCase
from harness.wait import wait_for

WRITERS = 20
KILLS = int(os.environ.get("ORDINAL_KILLS", "40"))
PATH = "/api/v1/namespaces/default/configmaps"


class StoreKill(AgentCase):
    def setUp(self):
        super().setUp()
        self.acknowledged = {}  # name → (data, revision)
        self.lock = threading.Lock()
        self.done, self.back = threading.Event(), threading.Event()

    def write(self, number):
        for count in range(10 ** 9):
            if self.done.is_set():
                return
            name = f"w{number}-{count}"
            data = {"value": f"{name} " + "x" * random.randrange(2000)}
            try:
                status, made = ask(self.tls, "POST", PATH, {"metadata": {"name": name}, "data": data})
            except (OSError, http.client.HTTPException, ValueError):
                self.back.wait(1)  # it is dead: the next name is tried when it is back
                continue
            assert status == 201, made
            with self.lock:
                self.acknowledged[name] = (data, int(made["metadata"]["resourceVersion"]))

    def up(self):
        try:
            return ask(self.tls, "GET", "/livez")[0] == 200
        except ValueError:
            return True  # "ok" is no JSON
        except (OSError, http.client.HTTPException):
            return False

    def start_api(self):
        self.agent.start()
        wait_for(lambda: f"the API to answer; the log ends with\n{self.agent.tail()}", self.up, 30)
        self.back.set()

    def test_nothing_acknowledged_is_lost(self):
        self.agent.start()
        kubeconfig = os.path.join(self.agent.state, "admin.kubeconfig")
        wait_for("the kubeconfig", lambda: os.path.exists(kubeconfig), 20)
        self.tls = context(kubeconfig)
        wait_for("the API", self.up, 20)
        writers = [threading.Thread(target=self.write, args=(i,), daemon=True) for i in range(WRITERS)]
        for writer in writers:
            writer.start()
        newest = 0
        for _ in range(KILLS):
            with self.lock:
                before = len(self.acknowledged)
            goal = before + random.randrange(1, 60)
            wait_for("writes to be acknowledged", lambda: len(self.acknowledged) >= goal, 30)
            self.back.clear()
            self.agent.kill9()
            with self.lock:
                top = max(revision for _, revision in self.acknowledged.values())
            self.assertGreaterEqual(top, newest)
            newest = top
            self.start_api()
        self.done.set()
        self.back.set()
        for writer in writers:
            writer.join()
        self.check_all()

    def check_all(self):
        status, listed = ask(self.tls, "GET", PATH + "?fieldSelector=metadata.name!=kube-root-ca.crt")
        self.assertEqual(status, 200)
        stored = {item["metadata"]["name"]: item for item in listed["items"]}
        revisions = [int(item["metadata"]["resourceVersion"]) for item in listed["items"]]
        self.assertEqual(len(set(revisions)), len(revisions), "each write has a revision of its own")
        for name, (data, revision) in self.acknowledged.items():
            self.assertIn(name, stored)
            self.assertEqual(stored[name]["data"], data)
            self.assertEqual(int(stored[name]["metadata"]["resourceVersion"]), revision)
        for item in stored.values():  # acknowledged or not: whole, or not there
            self.assertTrue(item["data"]["value"].startswith(item["metadata"]["name"] + " "))
        print(f"{KILLS} kills, {len(self.acknowledged)} acknowledged writes, {len(stored)} stored")
