#include <gmock/gmock.h>

#include "agent/controllers/placement/fit.h"
#include "tests/unit/agent/controllers/objects.h"

namespace ordinal::controllers::placement {
namespace {

using testing::HasSubstr;

Json NodeJson(const Json& change = Json::object()) {
  Json body = Json::parse(R"({"apiVersion": "v1", "kind": "Node",
    "metadata": {"name": "n1", "labels": {"kubernetes.io/hostname": "n1", "disk": "ssd", "cores": "8"}}, "spec": {},
    "status": {"allocatable": {"cpu": "2", "memory": "1Gi", "pods": "3"}}})");
  body.merge_patch(change);
  return body;
}

Json PodJson(const std::string& name, const Json& spec = Json::object(), const Json& labels = Json::object()) {
  Json body = Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "default"},
    "spec": {"containers": [{"name": "c", "image": "i:1"}]}, "status": {"phase": "Pending"}})");
  body["metadata"]["name"] = name;
  body["metadata"]["uid"] = name + "-uid";
  body["metadata"]["labels"] = labels;
  body["spec"].merge_patch(spec);
  return body;
}

Json Asking(const char* resource, const char* quantity) {
  return Json{{"containers",
               Json::array({Json{
                   {"name", "c"}, {"image", "i:1"}, {"resources", Json{{"requests", Json{{resource, quantity}}}}}}})}};
}

Json OnHostPort(int port, const char* address = "") {
  Json spec = Asking("cpu", "0");
  spec["containers"][0]["ports"] =
      Json::array({Json{{"containerPort", 80}, {"hostPort", port}, {"protocol", "TCP"}, {"hostIP", address}}});
  return spec;
}

Json Affinity(const char* kind, const Json& required) {
  return Json{{"affinity", Json{{kind, Json{{"requiredDuringSchedulingIgnoredDuringExecution", required}}}}}};
}

Json NodeTerms(const Json& expression) {
  const Json term{{"matchExpressions", Json::array({expression})}};
  return Affinity("nodeAffinity", Json{{"nodeSelectorTerms", Json::array({term})}});
}

Json Term(const char* app, const char* key = "kubernetes.io/hostname") {
  return Json{{"topologyKey", key}, {"labelSelector", Json{{"matchLabels", Json{{"app", app}}}}}};
}

Json Taints(const char* effect) {
  return Json{{"spec", Json{{"taints", Json::array({Json{{"key", "gpu"}, {"value", "yes"}, {"effect", effect}}})}}}};
}

std::string Explain(const Json& pod, const Json& node, const std::vector<Json>& others,
                    const std::vector<Json>& volumes = {}) {
  Neighbours neighbours;
  for (const Json& other : others) {
    const Object object(other);
    neighbours.Put(object.ns() + "/" + object.name(), Footprint::Of(api::Pod::From(object)));
  }
  const NodeView view = NodeView::From(api::Node::From(Object(node)));
  Surroundings around{view, neighbours, {}, [](const std::string& ns) { return api::StringMap{{"team", ns}}; }};
  for (const Json& volume : volumes) around.volumes.push_back(api::PersistentVolume::From(Object(volume)));
  return ExplainMisfit(api::Pod::From(Object(pod)), around);
}

struct FitCase {
  std::string name;
  Json pod;
  Json node;
  std::vector<Json> others;
  std::string reason;  // empty: it fits
};

void Check(const std::vector<FitCase>& cases) {
  for (const FitCase& test : cases) {
    SCOPED_TRACE(test.name);
    const std::string said = Explain(test.pod, test.node, test.others);
    if (test.reason.empty()) {
      EXPECT_EQ(said, "");
    } else {
      EXPECT_THAT(said, HasSubstr("0/1 nodes are available: 1 "));
      EXPECT_THAT(said, HasSubstr(test.reason));
    }
  }
}

/// A pod whose node gave it `allocated`, while its spec asks for something else.
Json Resized(Json pod, const char* allocated, const char* pending = "") {
  pod["status"]["containerStatuses"] =
      Json::array({Json{{"name", pod["spec"]["containers"][0]["name"]}, {"allocatedResources", {{"cpu", allocated}}}}});
  if (*pending != 0) {
    pod["status"]["conditions"] =
        Json::array({Json{{"type", "PodResizePending"}, {"status", "True"}, {"reason", pending}}});
  }
  return pod;
}

/// The same of a pod that has resources as a whole.
Json ResizedWhole(const char* asked, const char* allocated, const char* pending = "") {
  Json pod = Resized(PodJson("b", Asking("cpu", "50m")), "50m", pending);
  pod["spec"]["resources"]["requests"]["cpu"] = asked;
  pod["status"]["allocatedResources"]["cpu"] = allocated;
  return pod;
}

TEST(PlacementFit, AResizeOfAPodAsAWholeTakesTheLarger) {
  const Json pod = PodJson("a", Asking("cpu", "600m"));
  const std::string lacks = "Insufficient cpu (600m asked, 1500m of 2000m taken)";
  Check({
      {"one that grows", pod, NodeJson(), {ResizedWhole("1500m", "100m")}, lacks},
      {"one that shrinks", pod, NodeJson(), {ResizedWhole("100m", "1500m")}, lacks},
      {"one that can never be made", pod, NodeJson(), {ResizedWhole("9", "100m", "Infeasible")}, ""},
  });
}

/// What was not there before is nowhere in what was given.
TEST(PlacementFit, WhatAnInfeasibleResizeAddsCountsNothing) {
  const Json asks = PodJson("a", Asking("cpu", "600m")), memory = PodJson("a", Asking("memory", "512Mi"));
  Json whole = Resized(PodJson("b", Asking("cpu", "1500m")), "1500m", "Infeasible");
  whole["spec"]["resources"]["requests"]["cpu"] = "1000";
  Json more = ResizedWhole("100m", "100m", "Infeasible");
  more["spec"]["resources"]["requests"]["memory"] = "100Gi";
  Json own = Resized(PodJson("b", Asking("memory", "100Gi")), "100m", "Infeasible");
  Json first = Resized(PodJson("b", Asking("memory", "100Gi")), "0", "Infeasible");
  first["status"]["containerStatuses"][0].erase("allocatedResources");
  Check({
      {"resources as a whole, to a pod without", PodJson("a", Asking("cpu", "500m")), NodeJson(), {whole}, ""},
      {"what its containers have counts", asks, NodeJson(), {whole}, "(600m asked, 1500m of 2000m taken)"},
      {"one more, to a pod with some as a whole", memory, NodeJson(), {more}, ""},
      {"one more, to a container", memory, NodeJson(), {own}, ""},
      {"the first ones of all", memory, NodeJson(), {first}, ""},
  });
}

TEST(PlacementFit, AResizeTakesTheLargerOfWhatIsAndWhatIsAsked) {
  const Json asks = Asking("cpu", "1500m");
  Check({
      {"one that grows",
       PodJson("a", Asking("cpu", "600m")),
       NodeJson(),
       {Resized(PodJson("b", asks), "100m")},
       "Insufficient cpu (600m asked, 1500m of 2000m taken)"},
      {"one that shrinks",
       PodJson("a", Asking("cpu", "600m")),
       NodeJson(),
       {Resized(PodJson("b", Asking("cpu", "100m")), "1500m")},
       "Insufficient cpu (600m asked, 1500m of 2000m taken)"},
      {"one that can never be made",
       PodJson("a", Asking("cpu", "600m")),
       NodeJson(),
       {Resized(PodJson("b", Asking("cpu", "9")), "100m", "Infeasible")},
       ""},
  });
}

TEST(PlacementFit, ResourcesAndPorts) {
  const Json big = PodJson("big", Asking("cpu", "1500m"));
  Json inits = Asking("cpu", "100m");
  inits["initContainers"] =
      Json::array({Json{{"name", "i"}, {"image", "i:1"}, {"resources", Json{{"requests", Json{{"cpu", "1900m"}}}}}}});
  Check({
      {"an empty node", PodJson("a", Asking("cpu", "2")), NodeJson(), {}, ""},
      {"what others ask for counts",
       PodJson("a", Asking("cpu", "600m")),
       NodeJson(),
       {big},
       "Insufficient cpu (600m asked, 1500m of 2000m taken)"},
      {"to the last of it", PodJson("a", Asking("cpu", "500m")), NodeJson(), {big}, ""},
      {"memory", PodJson("a", Asking("memory", "2Gi")), NodeJson(), {}, "Insufficient memory (2048Mi asked"},
      {"a resource the node does not have",
       PodJson("a", Asking("example.com/gpu", "1")),
       NodeJson(),
       {},
       "Insufficient example.com/gpu"},
      {"an init container's peak",
       PodJson("a", inits),
       NodeJson(),
       {PodJson("b", Asking("cpu", "200m"))},
       "Insufficient cpu (1900m asked"},
      {"the number of pods",
       PodJson("a"),
       NodeJson(),
       {PodJson("b"), PodJson("c"), PodJson("d")},
       "Too many pods (3 at most)"},
      {"a host port that is taken",
       PodJson("a", OnHostPort(80)),
       NodeJson(),
       {PodJson("b", OnHostPort(80))},
       "free ports for the requested pod ports (80/TCP is pod default/b's)"},
      {"on every address",
       PodJson("a", OnHostPort(80, "10.0.0.1")),
       NodeJson(),
       {PodJson("b", OnHostPort(80))},
       "free ports"},
      {"on another address",
       PodJson("a", OnHostPort(80, "10.0.0.1")),
       NodeJson(),
       {PodJson("b", OnHostPort(80, "10.0.0.2"))},
       ""},
      {"another port", PodJson("a", OnHostPort(80)), NodeJson(), {PodJson("b", OnHostPort(81))}, ""},
  });
}

/// A mapping of the host's port leads to the pod whatever listens there: nobody could reach the agent any more.
TEST(PlacementFit, PortsOfTheAgentItselfAreTaken) {
  NodeView node = NodeView::From(api::Node::From(Object(NodeJson())));
  api::TakenPort api_port, dns_port;
  api_port.port.host_ip = "127.0.0.1";
  api_port.port.host_port = 6443;
  api_port.by = "the Kubernetes API";
  dns_port.port.host_ip = "169.254.20.10";
  dns_port.port.host_port = 53;
  dns_port.port.protocol = "UDP";
  dns_port.by = "the DNS server";
  node.own_ports = {api_port, dns_port};
  const Neighbours nobody;
  const Surroundings around{node, nobody, {}, [](const std::string&) { return api::StringMap(); }};
  const auto explain = [&](Json spec) { return ExplainMisfit(api::Pod::From(Object(PodJson("a", spec))), around); };
  const std::string taken = "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports (";
  EXPECT_THAT(explain(OnHostPort(6443)), HasSubstr(taken + "6443/TCP is taken by the Kubernetes API"));
  EXPECT_THAT(explain(OnHostPort(6443, "0.0.0.0")), HasSubstr(taken));
  EXPECT_THAT(explain(OnHostPort(6443, "127.0.0.1")), HasSubstr(taken));
  EXPECT_EQ(explain(OnHostPort(6443, "192.0.2.10")), "");  // it does not listen there
  EXPECT_EQ(explain(OnHostPort(6444)), "");
  EXPECT_EQ(explain(OnHostPort(53)), "");  // TCP: in this case nobody's
  Json udp = OnHostPort(53);
  udp["containers"][0]["ports"][0]["protocol"] = "UDP";
  EXPECT_THAT(explain(udp), HasSubstr(taken + "53/UDP is taken by the DNS server"));
  Json host_network = OnHostPort(6443);
  host_network["hostNetwork"] = true;
  EXPECT_THAT(explain(host_network), HasSubstr(taken));
  Json sidecar = Asking("cpu", "0");
  sidecar["initContainers"] = OnHostPort(6443)["containers"];
  EXPECT_EQ(explain(sidecar), "");  // a plain init container holds no port while the pod runs
  sidecar["initContainers"][0]["restartPolicy"] = "Always";
  EXPECT_THAT(explain(sidecar), HasSubstr(taken));
}

TEST(PlacementFit, LabelsAndTaintsOfTheNode) {
  const Json ssd{{"nodeSelector", Json{{"disk", "ssd"}}}}, tape{{"nodeSelector", Json{{"disk", "tape"}}}};
  const auto wants = [](const char* key, const char* op, const Json& values) {
    return NodeTerms(Json{{"key", key}, {"operator", op}, {"values", values}});
  };
  const std::string misfit = "node(s) didn't match Pod's node affinity/selector";
  const Json tolerates{{"tolerations", Json::array({Json{{"key", "gpu"}, {"operator", "Equal"}, {"value", "yes"}}})}};
  const Json cordoned = NodeJson(Json{{"spec", Json{{"unschedulable", true}}}});
  Check({
      {"a label that is there", PodJson("a", ssd), NodeJson(), {}, ""},
      {"a label that is not", PodJson("a", tape), NodeJson(), {}, misfit},
      {"In", PodJson("a", wants("disk", "In", {"ssd", "nvme"})), NodeJson(), {}, ""},
      {"NotIn", PodJson("a", wants("disk", "NotIn", Json::array({"ssd"}))), NodeJson(), {}, misfit},
      {"Gt", PodJson("a", wants("cores", "Gt", Json::array({"4"}))), NodeJson(), {}, ""},
      {"Lt", PodJson("a", wants("cores", "Lt", Json::array({"4"}))), NodeJson(), {}, misfit},
      {"a taint", PodJson("a"), NodeJson(Taints("NoSchedule")), {}, "untolerated taint {gpu: yes}"},
      {"a taint that is tolerated", PodJson("a", tolerates), NodeJson(Taints("NoSchedule")), {}, ""},
      {"a taint that only asks", PodJson("a"), NodeJson(Taints("PreferNoSchedule")), {}, ""},
      {"a cordoned node", PodJson("a"), cordoned, {}, "unschedulable (kubectl uncordon n1)"},
  });
}

TEST(PlacementFit, OtherPods) {
  const Json web{{"app", "web"}}, db{{"app", "db"}};
  const Json with_db = Affinity("podAffinity", Json::array({Term("db")}));
  const Json not_with_web = Affinity("podAntiAffinity", Json::array({Term("web")}));
  const auto spread = [](int domains, const char* key) {
    return Json{{"topologySpreadConstraints",
                 Json::array({Json{{"maxSkew", 1},
                                   {"topologyKey", key},
                                   {"whenUnsatisfiable", "DoNotSchedule"},
                                   {"minDomains", domains},
                                   {"labelSelector", Json{{"matchLabels", Json{{"app", "web"}}}}}}})}};
  };
  Check({
      {"the one to be with is there", PodJson("a", with_db), NodeJson(), {PodJson("b", Json::object(), db)}, ""},
      {"it is not", PodJson("a", with_db), NodeJson(), {PodJson("b", Json::object(), web)}, "match pod affinity rules"},
      {"the first of its own group", PodJson("a", with_db, db), NodeJson(), {}, ""},
      {"the one not to be with is there",
       PodJson("a", not_with_web, db),
       NodeJson(),
       {PodJson("b", Json::object(), web)},
       "didn't match pod anti-affinity rules"},
      {"one per node",
       PodJson("a", not_with_web, web),
       NodeJson(),
       {PodJson("b", not_with_web, web)},
       "didn't match pod anti-affinity rules"},
      {"somebody there does not want it",
       PodJson("a", Json::object(), web),
       NodeJson(),
       {PodJson("b", not_with_web, db)},
       "didn't satisfy existing pods anti-affinity rules (default/b)"},
      {"a key the node does not have keeps nothing apart",
       PodJson("a", Affinity("podAntiAffinity", Json::array({Term("web", "zone")}))),
       NodeJson(),
       {PodJson("b", Json::object(), web)},
       ""},
      {"spread over one domain",
       PodJson("a", spread(1, "kubernetes.io/hostname"), web),
       NodeJson(),
       {PodJson("b", Json::object(), web)},
       ""},
      {"spread over more than there are",
       PodJson("a", spread(2, "kubernetes.io/hostname"), web),
       NodeJson(),
       {PodJson("b", Json::object(), web)},
       "didn't match pod topology spread constraints"},
      {"spread by a label that is missing",
       PodJson("a", spread(1, "zone"), web),
       NodeJson(),
       {},
       "missing required label"},
  });
}

TEST(PlacementFit, NamespacesOfAffinityTerms) {
  Json elsewhere = PodJson("b", Json::object(), Json{{"app", "web"}});
  elsewhere["metadata"]["namespace"] = "prod";
  const auto apart = [](const Json& scope) {
    Json term = Term("web");
    term.update(scope);
    return PodJson("a", Affinity("podAntiAffinity", Json::array({term})));
  };
  EXPECT_EQ(Explain(apart(Json::object()), NodeJson(), {elsewhere}), "") << "of the pod's own namespace alone";
  EXPECT_THAT(Explain(apart(Json{{"namespaces", {"prod"}}}), NodeJson(), {elsewhere}), HasSubstr("anti-affinity"));
  EXPECT_THAT(Explain(apart(Json{{"namespaceSelector", Json::object()}}), NodeJson(), {elsewhere}),
              HasSubstr("anti-affinity"));
  const Json prod{{"namespaceSelector", Json{{"matchLabels", Json{{"team", "prod"}}}}}};
  EXPECT_THAT(Explain(apart(prod), NodeJson(), {elsewhere}), HasSubstr("anti-affinity"));
  const Json other{{"namespaceSelector", Json{{"matchLabels", Json{{"team", "other"}}}}}};
  EXPECT_EQ(Explain(apart(other), NodeJson(), {elsewhere}), "");
}

TEST(PlacementFit, AVolumeOfAnotherNode) {
  const auto on = [](const char* node) {
    const Json expression{{"key", "kubernetes.io/hostname"}, {"operator", "In"}, {"values", Json::array({node})}};
    const Json term{{"matchExpressions", Json::array({expression})}};
    return Volume("pv-a", "1Mi",
                  Json{{"nodeAffinity", Json{{"required", Json{{"nodeSelectorTerms", Json::array({term})}}}}}});
  };
  EXPECT_EQ(Explain(PodJson("a"), NodeJson(), {}, {on("n1")}), "");
  EXPECT_THAT(Explain(PodJson("a"), NodeJson(), {}, {on("n2")}), HasSubstr("volume node affinity conflict (pv-a)"));
}

TEST(PlacementFit, EveryReasonIsGiven) {
  Json pod = PodJson("a", Asking("cpu", "3"));
  pod["spec"]["nodeSelector"] = Json{{"disk", "tape"}};
  EXPECT_EQ(Explain(pod, NodeJson(), {}),
            "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, "
            "1 Insufficient cpu (3000m asked, 0m of 2000m taken).");
}

TEST(PlacementFit, NoExecuteDrivesAwayWhatDoesNotTolerateIt) {
  const NodeView node = NodeView::From(api::Node::From(Object(NodeJson(Taints("NoExecute")))));
  const auto after = [&](const Json& tolerations) {
    return EvictedAfter(api::Pod::From(Object(PodJson("a", Json{{"tolerations", tolerations}}))), node);
  };
  EXPECT_EQ(after(Json::array()), Duration::zero());
  EXPECT_EQ(after(Json::parse(R"([{"key": "gpu", "operator": "Exists"}])")), std::nullopt);
  EXPECT_EQ(after(Json::parse(R"([{"key": "gpu", "operator": "Exists", "tolerationSeconds": 30}])")),
            Duration(std::chrono::seconds(30)));
  EXPECT_EQ(after(Json::parse(R"([{"key": "other", "operator": "Exists"}])")), Duration::zero());
  const NodeView calm = NodeView::From(api::Node::From(Object(NodeJson(Taints("NoSchedule")))));
  EXPECT_EQ(EvictedAfter(api::Pod::From(Object(PodJson("a"))), calm), std::nullopt);
}

TEST(PlacementFit, OverheadCountsBesideTheContainers) {
  Json pod = PodJson("a", Asking("cpu", "1500m"));
  EXPECT_EQ(Explain(pod, NodeJson(), {}), "");
  pod["spec"]["overhead"] = Json{{"cpu", "600m"}};
  EXPECT_THAT(Explain(pod, NodeJson(), {}), HasSubstr("Insufficient cpu (2100m asked"));
}

}  // namespace
}  // namespace ordinal::controllers::placement
