"""What programs read off the wire: protobuf, watches that begin with the state, metadata alone, discovery, and how a
namespace goes. Messages are taken apart here by the field numbers alone."""
import http.client
import json
import os
import socket

from harness import api
from harness.case import IMAGE, AgentCase
from harness.kubectl import Kubectl
from harness.wait import wait_for

PROTOBUF = "application/vnd.kubernetes.protobuf"
PODS = "/api/v1/namespaces/default/pods"
WATCH_LIST = "?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"


def fields(data):
    """number → values, in the order they come."""
    found, at = {}, 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
    while at < len(data):
        tag = varint()
        value = varint()
        if tag & 7 == 2:
            value, at = data[at:at + value], at + value
        found.setdefault(tag >> 3, []).append(value)
    return found


def unwrap(data):
    """(apiVersion, kind, message) of an envelope."""
    assert data[:4] == b"k8s\0", data[:40]
    unknown = fields(data[4:])
    kind = fields(unknown[1][0])
    return kind[1][0].decode(), kind[2][0].decode(), unknown[2][0]


def name_of(message):
    """metadata.name of an object."""
    return fields(fields(message)[1][0])[1][0].decode()


def pod(name, namespace="default", more=None):
    spec = {"containers": [{"name": "main", "image": IMAGE}], "terminationGracePeriodSeconds": 1, **(more or {})}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": namespace}, "spec": spec}


class Wire(AgentCase):
    def setUp(self):
        super().setUp()
        self.start_agent()
        self.kubectl = Kubectl(self.agent)
        self.tls = api.context(os.path.join(self.agent.state, "admin.kubeconfig"))

    def request(self, path, accept, method="GET", body=None):
        """(status, content type, bytes)"""
        connection = http.client.HTTPSConnection(*api.ADDRESS, context=self.tls, timeout=20)
        try:
            connection.request(method, path, body and json.dumps(body),
                               {"Accept": accept, "Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.headers["Content-Type"], answer.read()
        finally:
            connection.close()

    def watch(self, path, accept):
        connection = http.client.HTTPSConnection(*api.ADDRESS, context=self.tls, timeout=20)
        self.addCleanup(connection.close)
        connection.request("GET", path, headers={"Accept": accept})
        return connection.getresponse()

    def create(self, path, body):
        status, document = api.ask(self.tls, "POST", path, body)
        self.assertEqual(status, 201, document)

    def test_protobuf(self):
        for name in ("a", "b"):
            self.create(PODS, pod(name))
        status, kind, data = self.request(PODS, f"{PROTOBUF},application/json")
        self.assertEqual((status, kind), (200, PROTOBUF))
        version, kind, message = unwrap(data)
        self.assertEqual((version, kind), ("v1", "PodList"))
        self.assertEqual([name_of(item) for item in fields(message)[2]], ["a", "b"])
        container = fields(fields(fields(message)[2][0])[2][0])[2][0]
        self.assertEqual(fields(container)[2][0].decode(), IMAGE)
        status, _, data = self.request(PODS + "/none", PROTOBUF)
        self.assertEqual((status, unwrap(data)[1]), (404, "Status"))
        self.assertEqual(fields(unwrap(data)[2])[6], [404])

        events = self.watch(PODS + WATCH_LIST, f"{PROTOBUF};stream=watch,{PROTOBUF}")
        self.assertEqual(events.headers["Content-Type"], f"{PROTOBUF};stream=watch")

        def event():
            frame = fields(events.read(int.from_bytes(events.read(4), "big")))
            return frame[1][0].decode(), unwrap(fields(frame[2][0])[1][0])[2]
        seen = [event() for _ in range(3)]
        self.assertEqual([kind for kind, _ in seen], ["ADDED", "ADDED", "BOOKMARK"])
        self.assertEqual([name_of(message) for _, message in seen[:2]], ["a", "b"])
        bookmark = fields(fields(seen[2][1])[1][0])
        self.assertIn([b"k8s.io/initial-events-end", b"true"],
                      [[fields(entry)[1][0], fields(entry)[2][0]] for entry in bookmark[12]])
        self.create(PODS, pod("c"))

        def comes_to_be():
            kind, message = event()
            return kind == "ADDED" and name_of(message) == "c"
        wait_for("the third pod in the watch", comes_to_be, 10)

        _, _, data = self.request(PODS, f"{PROTOBUF};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1")
        version, kind, message = unwrap(data)
        self.assertEqual((version, kind), ("meta.k8s.io/v1", "PartialObjectMetadataList"))
        self.assertEqual(list(fields(fields(message)[2][0])), [1], "metadata and nothing else")

    def test_watch_lists_and_metadata(self):
        self.create(PODS, pod("a"))
        events = self.watch(PODS + WATCH_LIST, "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1")
        seen = [json.loads(events.readline()) for _ in range(2)]
        self.assertEqual([(e["type"], e["object"]["kind"]) for e in seen],
                         [("ADDED", "PartialObjectMetadata"), ("BOOKMARK", "PartialObjectMetadata")])
        self.assertEqual(sorted(seen[0]["object"]), ["apiVersion", "kind", "metadata"])
        self.assertEqual(seen[1]["object"]["metadata"]["annotations"], {"k8s.io/initial-events-end": "true"})
        listed = api.ask(self.tls, "GET", PODS)[1]["metadata"]["resourceVersion"]
        self.assertLessEqual(int(seen[1]["object"]["metadata"]["resourceVersion"]), int(listed))
        for query, said in (("?sendInitialEvents=true", "sendInitialEvents is forbidden for list"),
                            ("?watch=1&sendInitialEvents=true", "requires setting resourceVersionMatch to NotOlderThan"),
                            ("?resourceVersionMatch=Exact", "forbidden unless resourceVersion is provided")):
            status, document = api.ask(self.tls, "GET", PODS + query)
            self.assertEqual((status, document["details"]["kind"]), (422, "ListOptions"))
            self.assertIn(said, document["message"])
        status, _, data = self.request(PODS, "text/html")
        self.assertEqual((status, json.loads(data)["reason"]), (406, "NotAcceptable"))

    def test_a_namespace_goes_in_order(self):
        self.kubectl("create", "namespace", "db")
        self.create("/api/v1/namespaces/db/pods", pod("a", "db", {"terminationGracePeriodSeconds": 30}))
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}
        self.create("/api/v1/namespaces/db/configmaps", body)
        patch = json.dumps({"metadata": {"finalizers": ["example.com/hold"]}})
        self.kubectl("patch", "pod", "a", "-n", "db", "--type=merge", "-p", patch)
        self.kubectl("delete", "namespace", "db", "--wait=false")

        def conditions():
            status = self.kubectl.object("namespace", "db")["status"]
            return {c["type"]: c for c in status.get("conditions", [])}
        wait_for("the namespace to name what is left", lambda: "NamespaceContentRemaining" in conditions())
        said = conditions()
        self.assertEqual((said["NamespaceContentRemaining"]["status"], said["NamespaceContentRemaining"]["reason"]),
                         ("True", "SomeResourcesRemain"))
        self.assertIn("pods. has 1 resource instances", said["NamespaceContentRemaining"]["message"])
        self.assertEqual(said["NamespaceDeletionDiscoveryFailure"]["status"], "False")
        self.assertEqual(self.kubectl.object("configmap", "settings", "-n", "db")["kind"], "ConfigMap")
        self.kubectl("patch", "pod", "a", "-n", "db", "--type=merge", "-p", '{"metadata":{"finalizers":null}}')
        wait_for("the namespace to be gone", lambda: self.kubectl.run("get", "namespace", "db")[0] != 0, 40)

    def test_a_namespace_goes_with_its_sets(self):
        self.kubectl("create", "namespace", "busy")
        template = {"metadata": {"labels": {"app": "x"}},
                    "spec": {"containers": [{"name": "main", "image": IMAGE}], "terminationGracePeriodSeconds": 1}}
        spec = {"replicas": 1, "selector": {"matchLabels": {"app": "x"}}, "template": template}
        for plural, kind in (("deployments", "Deployment"), ("statefulsets", "StatefulSet")):
            labels = {"app": kind.lower()}
            own = json.loads(json.dumps({**spec, "selector": {"matchLabels": labels}}))
            own["template"]["metadata"]["labels"] = labels
            self.create(f"/apis/apps/v1/namespaces/busy/{plural}", {
                "apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "x"},
                "spec": {**own, **({"serviceName": "x"} if kind == "StatefulSet" else {})}})

        def pods():
            return [p for p in self.kubectl.object("pods", "-n", "busy")["items"]
                    if p["status"].get("phase") == "Running"]
        wait_for("both pods", lambda: len(pods()) == 2)
        before = {p["metadata"]["uid"] for p in pods()}
        seen = set()
        self.kubectl("delete", "namespace", "busy", "--wait=false")

        def gone():
            code, out, _ = self.kubectl.run("get", "pods", "-n", "busy", "-o", "json")
            seen.update(p["metadata"]["uid"] for p in json.loads(out)["items"] if code == 0)
            return self.kubectl.run("get", "namespace", "busy")[0] != 0
        wait_for("the namespace to be gone", gone, 40)
        self.assertLessEqual(seen, before)

    def test_discovery_and_the_service_of_the_api(self):
        for path in api.ask(self.tls, "GET", "/")[1]["paths"]:
            if path.startswith(("/api", "/openapi/v3", "/version")):
                self.assertEqual(api.status(self.tls, "GET", path.rstrip("/") or "/"), 200, path)
        groups = [version["groupVersion"] for group in api.ask(self.tls, "GET", "/apis")[1]["groups"]
                  for version in group["versions"]]
        for version in groups:
            self.assertEqual(api.ask(self.tls, "GET", f"/apis/{version}")[1]["groupVersion"], version)
            self.assertEqual(api.status(self.tls, "GET", f"/apis/{version.split('/')[0]}"), 200)
        self.assertEqual(api.status(self.tls, "GET", "/apis/none.example.com"), 404)
        for command in (["cluster-info"], ["api-versions"], ["api-resources"], ["get", "--raw", "/apis/apps/v1"]):
            code, _, error = self.kubectl.run(*command, "-v=6")
            self.assertEqual(code, 0, error)
            self.assertFalse([line for line in error.splitlines() if line.startswith(("E", "W")) or "404 Not Found" in line],
                             error)
        self.assertEqual(sorted(self.agent.objects("namespaces")),
                         ["default", "kube-node-lease", "kube-public", "kube-system"])

        def served():
            slices = self.kubectl.object("endpointslices", "-l", "kubernetes.io/service-name=kubernetes")["items"]
            return slices and slices[0]["endpoints"][0]["addresses"][0], slices and slices[0]["ports"][0]["port"]
        service = wait_for("the service", lambda: self.kubectl.object("service", "kubernetes"))
        self.assertEqual(service["spec"]["ports"][0]["name"], "https")
        address, port = wait_for("its address", served)
        self.assertEqual(port, api.ADDRESS[1])
        self.create(PODS, pod("a"))  # the bridge is there with the first pod
        wait_for("the pod", lambda: self.agent.ready_pods() == ["a"])
        with socket.create_connection((address, port), timeout=5):
            pass
        self.kubectl("delete", "service", "kubernetes")
        wait_for("it to come back", lambda: self.kubectl.run("get", "service", "kubernetes")[0] == 0)

    def test_a_put_makes_a_lease(self):
        path = "/apis/coordination.k8s.io/v1/namespaces/default/leases/lock"
        lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "lock"},
                 "spec": {"holderIdentity": "me"}}
        self.assertEqual([api.ask(self.tls, "PUT", path, lease)[0] for _ in range(2)], [201, 200])
