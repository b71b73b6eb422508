"""A client that lists, and watches half a minute of busy changes later, is told every one of them."""
import json
import os
import threading
import time

from harness.api import Connection, ask, context
from harness.case import KubiaCase

CHANGES = 6000  # half a minute at 200 a second
RATE = int(os.environ.get("ORDINAL_RATE", "0"))  # changes a second; 0: as fast as they go
WRITERS = 4
PODS = "/api/v1/namespaces/default/pods"
MAPS = "/api/v1/namespaces/default/configmaps"


class WatchHistory(KubiaCase):
    def setUp(self):
        super().setUp()
        self.tls = context(os.path.join(self.agent.state, "admin.kubeconfig"))
        self.pace = threading.Event()  # never set: only its time-out counts

    def change(self, writer, faults):
        """Every fourth change of this writer is one of its pod, the others are of a config map."""
        try:
            connection = Connection(self.tls)
            _, pod = ask(self.tls, "GET", f"{PODS}/kubia-{writer % len(self.PODS)}")
            del pod["metadata"]["resourceVersion"]
            started = time.monotonic()
            for number in range(writer, CHANGES, WRITERS):
                if RATE:
                    self.pace.wait(max(0.0, started + number / RATE - time.monotonic()))
                if number % (4 * WRITERS) < WRITERS:
                    pod["metadata"].setdefault("annotations", {})["example.test/number"] = str(number)
                    connection.send("PUT", f"{PODS}/{pod['metadata']['name']}", pod)
                else:
                    connection.send("PUT", f"{MAPS}/m-{writer}", {
                        "metadata": {"name": f"m-{writer}"}, "data": {"text": f"{number} " + os.urandom(512).hex()}})
                self.assertEqual(connection.answer()[0], 200)
            connection.close()
        except Exception as error:  # pylint: disable=broad-except
            faults.append(error)

    def watched(self, revision, wanted):
        """The numbers told of by a watch of pods from `revision`, until all of `wanted` were."""
        connection = Connection(self.tls)
        connection.send("GET", f"{PODS}?watch=1&resourceVersion={revision}&timeoutSeconds=60")
        text, told = b"", []
        while not wanted <= set(told):
            text += connection.read()
            *lines, text = text.split(b"\n")
            for line in lines:
                if not line.startswith(b"{"):
                    continue  # the head, and the lengths of chunks
                event = json.loads(line)
                self.assertIn(event["type"], ("ADDED", "MODIFIED"), event["object"])
                number = event["object"]["metadata"].get("annotations", {}).get("example.test/number")
                told += [] if number is None or number in told else [number]
        connection.close()
        return told

    def test_a_watch_from_before_six_thousand_changes_gets_them_all(self):
        for writer in range(WRITERS):
            self.assertEqual(ask(self.tls, "POST", MAPS, {"metadata": {"name": f"m-{writer}"}})[0], 201)
        _, listed = ask(self.tls, "GET", PODS)
        started, faults = time.monotonic(), []
        writers = [threading.Thread(target=self.change, args=(writer, faults), daemon=True) for writer in range(WRITERS)]
        for thread in writers:
            thread.start()
        for thread in writers:
            thread.join()
        self.assertEqual(faults, [])
        took = time.monotonic() - started
        wanted = {str(number) for number in range(CHANGES) if number % (4 * WRITERS) < WRITERS}
        told = self.watched(listed["metadata"]["resourceVersion"], wanted)
        print(f"{CHANGES} changes in {took:.1f} s; a watch from before them was told of all {len(wanted)} of pods")
        self.assertEqual(len(told), len(wanted))
