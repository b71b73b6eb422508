"""Roles and bindings by kubectl: who may do what, and that nobody gives what he has not."""
import json
import os

from harness import api
from harness.kubectl import with_token
from harness.wait import wait_for
from test_kubectl import KubectlCase

RECONCILED = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [configmaps], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{kind: Group, name: auditors, apiGroup: rbac.authorization.k8s.io}]
"""


class Rbac(KubectlCase):
    def as_account(self, ns, name):
        """kubectl with a token of that service account and nothing else."""
        token = self.kubectl("create", "token", name, "-n", ns).strip()
        return with_token(self.agent, os.path.join(self.directory, f"{name}.kubeconfig"), token)

    def test_an_account_may_do_what_its_role_says_and_no_more(self):
        self.kubectl("create", "namespace", "shop")
        self.kubectl("create", "serviceaccount", "app", "-n", "shop")
        self.kubectl("create", "configmap", "settings", "-n", "shop", "--from-literal", "a=b")
        app = self.as_account("shop", "app")

        # nothing beyond discovery and questions about itself
        refused = app.refused("get", "configmap", "settings", "-n", "shop")
        self.assertIn('configmaps "settings" is forbidden: User "system:serviceaccount:shop:app" cannot get resource '
                      '"configmaps" in API group "" in the namespace "shop"', refused)
        self.assertIn("Server Version", app("version"))
        self.assertIn("statefulsets", app("api-resources"))
        self.assertIn("system:serviceaccount:shop:app", app("auth", "whoami"))

        self.kubectl("create", "role", "reader", "-n", "shop", "--verb", "get,list,watch", "--resource", "configmaps")
        self.kubectl("create", "rolebinding", "app-reads", "-n", "shop", "--role", "reader",
                     "--serviceaccount", "shop:app")
        self.assertEqual(app("get", "configmap", "settings", "-n", "shop", "-o", "jsonpath={.data.a}"), "b")
        self.assertIn("settings", app("get", "configmaps", "-n", "shop"))
        for command in (("get", "configmaps", "-n", "default"), ("get", "configmaps", "-A"),
                        ("get", "secrets", "-n", "shop"), ("delete", "configmap", "settings", "-n", "shop"),
                        ("create", "configmap", "more", "-n", "shop"), ("get", "nodes")):
            self.assertIn("is forbidden", app.refused(*command), command)
        self.assertEqual(app("auth", "can-i", "list", "configmaps", "-n", "shop").strip(), "yes")
        self.assertEqual(app.run("auth", "can-i", "list", "configmaps", "-n", "default")[1].strip(), "no")
        listed = app("auth", "can-i", "--list", "-n", "shop")
        self.assertRegex(listed, r"(?m)^configmaps +\[\] +\[\] +\[get list watch\]")
        self.assertRegex(listed, r"(?m)^selfsubjectaccessreviews.authorization.k8s.io +\[\] +\[\] +\[create\]")
        self.assertRegex(listed, r"(?m)^ +\[/api/\*\] +\[\] +\[get\]")
        self.assertNotIn("configmaps ", app("auth", "can-i", "--list", "-n", "default"))
        self.assertRegex(self.kubectl("get", "rolebinding", "-n", "shop", "-o", "wide"),
                         r"app-reads +Role/reader +\S+ +shop/app")
        self.assertRegex(self.kubectl("get", "roles", "-n", "shop"), r"reader +\d{4}-\d\d-\d\dT")

        # what is taken away is gone at once, and what there is outlives a kill of the agent
        self.kubectl("delete", "rolebinding", "app-reads", "-n", "shop")
        self.assertIn("is forbidden", app.refused("get", "configmaps", "-n", "shop"))
        self.kubectl("create", "rolebinding", "app-views", "-n", "shop", "--clusterrole", "view",
                     "--serviceaccount", "shop:app")
        self.assertIn("settings", app("get", "configmaps", "-n", "shop"))
        self.agent.kill9()
        self.agent.start()
        wait_for("the API", lambda: self.kubectl.run("get", "--raw", "/version")[0] == 0)
        self.assertIn("settings", app("get", "configmaps", "-n", "shop"))
        self.assertIn("is forbidden", app.refused("get", "secrets", "-n", "shop"))
        self.agent.wait_ready()

    def test_nobody_gives_what_he_has_not(self):
        self.kubectl("create", "namespace", "shop")
        self.kubectl("create", "serviceaccount", "lead", "-n", "shop")
        self.kubectl("create", "rolebinding", "lead", "-n", "shop", "--clusterrole", "admin",
                     "--serviceaccount", "shop:lead")
        lead = self.as_account("shop", "lead")
        lead("create", "role", "pods", "-n", "shop", "--verb", "get", "--resource", "pods")
        refused = lead.refused("create", "role", "nodes", "-n", "shop", "--verb", "get", "--resource", "nodes")
        self.assertIn('roles.rbac.authorization.k8s.io "nodes" is forbidden: user "system:serviceaccount:shop:lead"', refused)
        self.assertIn("is attempting to grant RBAC permissions not currently held:\n"
                      '{APIGroups:[""], Resources:["nodes"], Verbs:["get"]}', refused)
        lead("create", "rolebinding", "pods", "-n", "shop", "--role", "pods", "--user", "dave")
        self.assertIn("permissions not currently held",
                      lead.refused("create", "rolebinding", "all", "-n", "shop", "--clusterrole", "cluster-admin",
                                   "--user", "dave"))
        self.assertIn('clusterroles.rbac.authorization.k8s.io "nosuch" not found',
                      lead.refused("create", "rolebinding", "none", "-n", "shop", "--clusterrole", "nosuch", "--user", "d"))
        self.assertIn("cannot create resource", lead.refused("create", "clusterrole", "x", "--verb", "get",
                                                             "--resource", "pods"))
        patch = {"rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]}
        self.assertIn("permissions not currently held",
                      lead.refused("patch", "role", "pods", "-n", "shop", "--type", "merge", "-p", json.dumps(patch)))
        self.assertIn("cannot change roleRef",
                      self.kubectl.refused("patch", "rolebinding", "pods", "-n", "shop", "--type", "merge", "-p",
                                           '{"roleRef": {"name": "other"}}'))

        # acting as others is a right too
        self.assertEqual(self.kubectl("auth", "can-i", "get", "pods", "-n", "shop", "--as", "dave").strip(), "yes")
        self.assertIn('User "dave" cannot list resource "pods"',
                      self.kubectl.refused("get", "pods", "-n", "default", "--as", "dave"))
        self.assertIn('cannot impersonate resource "users"', lead.refused("get", "pods", "-n", "shop", "--as", "dave"))
        lead("get", "pods", "-n", "shop", "--as", "system:serviceaccount:shop:lead")  # admin impersonates its accounts
        self.assertIn("auditors", self.kubectl("auth", "whoami", "--as", "erin", "--as-group", "auditors"))

    def test_roles_are_reconciled_and_defaults_come_back(self):
        self.kubectl("auth", "reconcile", "-f", "-", text=RECONCILED)
        asked = ("auth", "can-i", "list", "configmaps", "--as", "erin", "--as-group", "auditors")
        self.assertEqual(self.kubectl(*asked).strip(), "yes")
        more = RECONCILED.replace("verbs: [get, list]", "verbs: [watch]").replace("auditors", "watchers")
        self.kubectl("auth", "reconcile", "-f", "-", text=more)
        role = self.kubectl.object("clusterrole", "reader")
        self.assertEqual(sorted({verb for rule in role["rules"] for verb in rule["verbs"]}), ["get", "list", "watch"])
        names = [each["name"] for each in self.kubectl.object("clusterrolebinding", "readers")["subjects"]]
        self.assertEqual(sorted(names), ["auditors", "watchers"])
        out = self.kubectl("auth", "reconcile", "-f", "-", "--remove-extra-permissions", "--remove-extra-subjects",
                           text=RECONCILED)
        self.assertIn("reconciled", out)
        self.assertEqual(len(self.kubectl.object("clusterrolebinding", "readers")["subjects"]), 1)

        # a role that others gather follows its parts; a default one that was broken is mended at the next start
        self.kubectl("create", "clusterrole", "things", "--verb", "get", "--resource", "leases.coordination.k8s.io")
        self.kubectl("label", "clusterrole", "things", "rbac.authorization.k8s.io/aggregate-to-view=true")
        wait_for("view to have what it gathers",
                 lambda: "leases" in json.dumps(self.kubectl.object("clusterrole", "view")["rules"]))
        self.kubectl("delete", "clusterrole", "system:basic-user")
        self.kubectl("delete", "clusterrolebinding", "system:discovery")
        self.assertEqual(self.agent.terminate(), 0)
        self.agent.start()
        self.agent.wait_ready()
        self.kubectl("get", "clusterrole", "system:basic-user")
        self.kubectl("get", "clusterrolebinding", "system:discovery")

    def test_strangers_see_health_and_version_alone(self):
        tls = api.anonymous_context(os.path.join(self.agent.state, "admin.kubeconfig"))
        for path in ("/healthz", "/livez", "/readyz", "/version"):
            self.assertEqual(api.status(tls, "GET", path), 200, path)
        for path in ("/", "/api", "/apis", "/openapi/v3", "/metrics", "/api/v1/pods", "/api/v1/namespaces/default/secrets",
                     "/apis/rbac.authorization.k8s.io/v1/clusterroles", "/api/v1/nodes/x/proxy/metrics", "/nosuch"):
            self.assertEqual(api.status(tls, "GET", path), 403, path)
        self.assertEqual(api.status(tls, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews"), 403)
