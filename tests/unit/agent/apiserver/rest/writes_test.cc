// create, update, patch and delete as clients see them.
#include <gmock/gmock.h>

#include "tests/fakes/failing_store.h"
#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr const char* kMerge = "application/merge-patch+json";

class WritesTest : public RestFixture {
 protected:
  Json Make(const std::string& path, const Json& body) {
    const http::Response response = Post(path, body);
    EXPECT_EQ(response.status, 201) << Text(response);
    return Body(response);
  }
  bool Exists(const std::string& path) { return Send("GET", path).status == 200; }
  Json Get(const std::string& path) { return Body(Send("GET", path)); }

  const std::string pods_ = kPods, sets_ = kSets;
};

TEST_F(WritesTest, CreateAnswersWithTheStoredObject) {
  const Json pod = Make(pods_, PodBody("a"));
  EXPECT_EQ(pod["metadata"]["namespace"], "default");
  EXPECT_EQ(pod["spec"]["restartPolicy"], "Always");
  EXPECT_EQ(Get(pods_ + "/a"), pod);
}

TEST_F(WritesTest, NamesAreGenerated) {
  Json body = PodBody("");
  body["metadata"].erase("name");
  body["metadata"]["generateName"] = "a-";
  EXPECT_THAT(Make(pods_, body)["metadata"]["name"].get<std::string>(), StartsWith("a-"));
}

TEST_F(WritesTest, RefusalsNameWhatWasMadeUp) {
  Json body = PodBody("");
  body["metadata"]["generateName"] = "a-";
  Json invalid = body;
  invalid["spec"]["restartPolicy"] = "Sometimes";
  const Json refused = Body(Post(pods_, invalid));
  EXPECT_EQ(refused["code"], 422);
  const std::string name = refused["details"]["name"];
  EXPECT_THAT(name, testing::MatchesRegex("a-[a-z0-9]{5}"));
  EXPECT_THAT(refused["message"].get<std::string>(), StartsWith("Pod \"" + name + "\" is invalid: "));
  // Before its validation it has no name yet.
  body["spec"]["priorityClassName"] = "missing";
  const Json forbidden = Body(Post(pods_, body));
  EXPECT_EQ(forbidden["message"], "pods \"a-\" is forbidden: no PriorityClass with name missing was found");
  EXPECT_EQ(forbidden["details"]["name"], "a-");
}

TEST_F(WritesTest, DryRunsCheckAndWriteNothing) {
  EXPECT_EQ(Post(pods_ + "?dryRun=All", PodBody("a")).status, 201);
  EXPECT_FALSE(Exists(pods_ + "/a"));
  Make(pods_, PodBody("a"));
  EXPECT_EQ(Post(pods_ + "?dryRun=All", PodBody("a")).status, 409);
  EXPECT_EQ(Post(pods_ + "?dryRun=Some", PodBody("b")).status, 400);
  const http::Response patched =
      Send("PATCH", pods_ + "/a?dryRun=All", Sent{R"({"metadata":{"labels":{"x":"y"}}})", kMerge, ""});
  EXPECT_EQ(Body(patched)["metadata"]["labels"]["x"], "y");
  EXPECT_FALSE(Get(pods_ + "/a")["metadata"]["labels"].contains("x"));
  EXPECT_EQ(Send("DELETE", pods_ + "/a?dryRun=All").status, 200);
  EXPECT_TRUE(Exists(pods_ + "/a"));
}

TEST_F(WritesTest, UnknownFieldsFollowFieldValidation) {
  Json body = PodBody("a");
  body["spec"]["colour"] = "red";
  EXPECT_EQ(Post(pods_ + "?fieldValidation=Strict", body).status, 400);
  const http::Response warned = Post(pods_ + "?fieldValidation=Warn", body);
  EXPECT_EQ(warned.status, 201);
  EXPECT_THAT(Warnings(warned), testing::ElementsAre(R"(299 - "unknown field \"spec.colour\"")"));
  EXPECT_FALSE(Body(warned)["spec"].contains("colour"));
  body["metadata"]["name"] = "b";
  EXPECT_THAT(Warnings(Post(pods_, body)), testing::SizeIs(1));
  body["metadata"]["name"] = "c";
  EXPECT_THAT(Warnings(Post(pods_ + "?fieldValidation=Ignore", body)), IsEmpty());
  EXPECT_EQ(Post(pods_ + "?fieldValidation=Maybe", body).status, 400);
}

TEST_F(WritesTest, FieldsThatAreThereTwiceAreAFaultOnlyWhenStrict) {
  const Sent twice{R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"x","name":"y"}})"};
  EXPECT_EQ(Send("POST", "/api/v1/namespaces?fieldValidation=Strict", twice).status, 400);
  const http::Response warned = Send("POST", "/api/v1/namespaces", twice);
  EXPECT_EQ(Body(warned)["metadata"]["name"], "y");
  EXPECT_THAT(Warnings(warned), testing::SizeIs(1));
}

TEST_F(WritesTest, BodiesMayBeYaml) {
  const Sent yaml{"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: x\n", "application/yaml", ""};
  EXPECT_EQ(Send("POST", "/api/v1/namespaces", yaml).status, 201);
  EXPECT_EQ(Send("POST", "/api/v1/namespaces", Sent{"x", "text/csv", ""}).status, 415);
}

TEST_F(WritesTest, PutReplacesTheObjectThatWasRead) {
  const Json read = Make(sets_, SetBody("kubia"));
  Json wanted = read;
  wanted["spec"]["replicas"] = 5;
  wanted["status"]["replicas"] = 9;
  const Json written = Body(Send("PUT", sets_ + "/kubia", Sent{wanted.dump()}));
  EXPECT_EQ(written["spec"]["replicas"], 5);
  EXPECT_EQ(written["metadata"]["generation"], 2);
  EXPECT_EQ(written["status"]["replicas"], 0);
  // Somebody who read before that is refused.
  EXPECT_EQ(Send("PUT", sets_ + "/kubia", Sent{read.dump()}).status, 409);
  wanted["metadata"].erase("resourceVersion");
  wanted["metadata"]["uid"] = "other";
  EXPECT_EQ(Send("PUT", sets_ + "/kubia", Sent{wanted.dump()}).status, 409);
  EXPECT_EQ(Send("PUT", sets_ + "/other", Sent{wanted.dump()}).status, 400);
  EXPECT_EQ(Send("PUT", sets_ + "/new", Sent{SetBody("new").dump()}).status, 404);
}

TEST_F(WritesTest, APutMakesWhatItsKindLetsIt) {
  const std::string leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases/";
  const Json lease = Json::parse(R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"a"},
      "spec":{"holderIdentity":"me"}})");
  const http::Response made = Send("PUT", leases + "a", Sent{lease.dump()});
  EXPECT_EQ(made.status, 201) << Text(made);
  EXPECT_FALSE(Body(made)["metadata"]["uid"].get<std::string>().empty());
  EXPECT_EQ(Send("PUT", leases + "a", Sent{lease.dump()}).status, 200);
  // One that had been read before it went
  Json read = Body(Send("GET", leases + "a"));
  read["metadata"]["name"] = "b";
  EXPECT_EQ(Send("PUT", leases + "b", Sent{read.dump()}).status, 409);
  read["metadata"].erase("uid");
  EXPECT_EQ(Send("PUT", leases + "b?dryRun=All", Sent{read.dump()}).status, 201);
  EXPECT_EQ(Send("GET", leases + "b").status, 404);
  EXPECT_EQ(Send("PUT", leases + "b", Sent{read.dump()}).status, 201);
  const std::string elsewhere = "/apis/coordination.k8s.io/v1/namespaces/none/leases/b";
  read["metadata"]["namespace"] = "none";
  EXPECT_EQ(Send("PUT", elsewhere, Sent{read.dump()}).status, 404);
  const Json map = Json::parse(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}})");
  EXPECT_EQ(Send("PUT", "/api/v1/namespaces/default/configmaps/a", Sent{map.dump()}).status, 404);
}

TEST_F(WritesTest, WhoeverAsksForEndpointsIsWarned) {
  const char* warning = "299 - \"v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\"";
  const std::string endpoints = "/api/v1/namespaces/default/endpoints";
  const Json body = Json::parse(R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"a"}})");
  EXPECT_EQ(Warnings(Send("PUT", endpoints + "/a", Sent{body.dump()})), std::vector<std::string>{warning});
  EXPECT_EQ(Warnings(Send("GET", endpoints)), std::vector<std::string>{warning});
  EXPECT_EQ(Warnings(Send("GET", endpoints + "?watch=1")), std::vector<std::string>{warning});
  EXPECT_TRUE(Warnings(Send("GET", "/api/v1/namespaces/default/configmaps")).empty());
}

TEST_F(WritesTest, StatusIsWrittenByItselfOnly) {
  Json set = Make(sets_, SetBody("kubia"));
  set["spec"]["replicas"] = 7;
  set["status"]["replicas"] = 3;
  const Json written = Body(Send("PUT", sets_ + "/kubia/status", Sent{set.dump()}));
  EXPECT_EQ(written["status"]["replicas"], 3);
  EXPECT_EQ(written["spec"]["replicas"], 2);
  EXPECT_EQ(written["metadata"]["generation"], 1);
  const Json patched = Body(Send("PATCH", sets_ + "/kubia/status", Sent{R"({"status":{"replicas":4}})", kMerge, ""}));
  EXPECT_EQ(patched["status"]["replicas"], 4);
  EXPECT_EQ(Get(sets_ + "/kubia/status")["status"]["replicas"], 4);
}

TEST_F(WritesTest, ASpecThatComesWithAStatusIsNotJudged) {
  const std::string sets = "/apis/apps/v1/namespaces/default/daemonsets";
  const Json spec = Make(sets, Json::parse(R"({"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "d"},
    "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}},
      "spec": {"containers": [{"name": "c", "image": "i:1"}]}}}})"))["spec"];
  int64_t number = 0;
  for (const char* sent : {R"({"selector": null, "template": {"metadata": {"labels": null}, "spec": null}})", "null",
                           R"({"template": {"spec": {"containers": []}}})"}) {
    Json patch = {{"spec", Json::parse(sent)}, {"status", {{"numberReady", ++number}}}};
    const http::Response patched = Send("PATCH", sets + "/d/status", Sent{patch.dump(), kMerge, ""});
    ASSERT_EQ(patched.status, 200) << Text(patched);
    EXPECT_EQ(Body(patched)["status"]["numberReady"], number);
    EXPECT_EQ(Body(patched)["spec"], spec);
    Json whole = Body(patched);
    whole["spec"] = Json::object();
    whole["status"]["numberReady"] = ++number;
    const http::Response put = Send("PUT", sets + "/d/status", Sent{whole.dump()});
    ASSERT_EQ(put.status, 200) << Text(put);
    EXPECT_EQ(Body(put)["status"]["numberReady"], number);
    EXPECT_EQ(Body(put)["spec"], spec);
  }
}

TEST_F(WritesTest, PatchesOfEveryKindOfPatch) {
  Make(sets_, SetBody("kubia"));
  struct Case {
    const char* type;
    const char* patch;
    int replicas;
  };
  const std::vector<Case> cases = {
      {"application/json-patch+json", R"([{"op":"replace","path":"/spec/replicas","value":3}])", 3},
      {kMerge, R"({"spec":{"replicas":4}})", 4},
      {"application/strategic-merge-patch+json", R"({"spec":{"replicas":5}})", 5},
  };
  for (const Case& c : cases) {
    const Json written = Body(Send("PATCH", sets_ + "/kubia", Sent{c.patch, c.type, ""}));
    EXPECT_EQ(written["spec"]["replicas"], c.replicas) << c.type;
  }
  const char* image = R"({"spec":{"template":{"spec":{"containers":[{"name":"c","image":"i:2"}]}}}})";
  const Json merged = Body(Send("PATCH", sets_ + "/kubia", Sent{image, "application/strategic-merge-patch+json", ""}));
  const Json& container = merged["spec"]["template"]["spec"]["containers"][0];
  EXPECT_EQ(container["image"], "i:2");
  EXPECT_EQ(container["volumeMounts"][0]["name"], "data");  // merged by the container's name
  EXPECT_EQ(Send("PATCH", sets_ + "/kubia", Sent{R"({"metadata":{"name":"x"}})", kMerge, ""}).status, 400);
  EXPECT_EQ(Send("PATCH", sets_ + "/kubia", Sent{"{", kMerge, ""}).status, 400);
  EXPECT_EQ(Send("PATCH", sets_ + "/other", Sent{"{}", kMerge, ""}).status, 404);
}

TEST_F(WritesTest, ScaleReadsAndWritesReplicas) {
  Make(sets_, SetBody("kubia"));
  const Json patched = Body(Send("PATCH", sets_ + "/kubia/scale", Sent{R"({"spec":{"replicas":6}})", kMerge, ""}));
  EXPECT_EQ(patched["kind"], "Scale");
  EXPECT_EQ(patched["spec"]["replicas"], 6);
  Json scale = patched;
  scale["spec"]["replicas"] = 7;
  EXPECT_EQ(Send("PUT", sets_ + "/kubia/scale", Sent{scale.dump()}).status, 200);
  EXPECT_EQ(Get(sets_ + "/kubia")["spec"]["replicas"], 7);
  EXPECT_EQ(Send("PUT", sets_ + "/kubia/scale", Sent{scale.dump()}).status, 409);  // read before
  EXPECT_EQ(Send("PATCH", sets_ + "/kubia/scale", Sent{R"({"spec":{"replicas":-1}})", kMerge, ""}).status, 422);
  EXPECT_EQ(Send("GET", pods_ + "/a/scale").status, 404);
}

TEST_F(WritesTest, APodIsBoundOnce) {
  Make(pods_, PodBody("a"));
  const Sent binding{R"({"apiVersion":"v1","kind":"Binding","metadata":{"name":"a"},
                         "target":{"kind":"Node","name":"node-a"}})"};
  EXPECT_EQ(Send("POST", pods_ + "/a/binding", binding).status, 201);
  const Json pod = Get(pods_ + "/a");
  EXPECT_EQ(pod["spec"]["nodeName"], "node-a");
  EXPECT_EQ(pod["status"]["conditions"][0]["type"], "PodScheduled");
  EXPECT_EQ(Send("POST", pods_ + "/a/binding", binding).status, 409);
}

TEST_F(WritesTest, AnEvictionDeletesThePod) {
  Make(pods_, PodBody("a"));
  const Sent eviction{R"({"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"a"}})"};
  EXPECT_EQ(Send("POST", pods_ + "/a/eviction", eviction).status, 201);
  EXPECT_FALSE(Exists(pods_ + "/a"));
}

TEST_F(WritesTest, WhatNobodyServesIsSaidSo) {
  Make(pods_, PodBody("a"));
  EXPECT_EQ(Send("GET", pods_ + "/a/proxy/x").status, 501);
  EXPECT_EQ(Send("GET", pods_ + "/a/nosuch").status, 404);
  EXPECT_EQ(Send("POST", pods_ + "/a").status, 405);
  EXPECT_EQ(Send("POST", "/api/v1/pods").status, 405);
  EXPECT_EQ(Send("GET", "/api/v1/pods/a").status, 404);
}

TEST_F(WritesTest, DeleteAnswersAsTheReference) {
  // A pod without a node goes at once, and is shown.
  Make(pods_, PodBody("a"));
  EXPECT_EQ(Body(Send("DELETE", pods_ + "/a"))["kind"], "Pod");
  EXPECT_FALSE(Exists(pods_ + "/a"));
  // One with a node lingers for its grace period.
  Json placed = PodBody("b");
  placed["spec"]["nodeName"] = "node-a";
  Make(pods_, placed);
  const Sent grace{R"({"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":7})"};
  EXPECT_EQ(Body(Send("DELETE", pods_ + "/b", grace))["metadata"]["deletionGracePeriodSeconds"], 7);
  EXPECT_TRUE(Exists(pods_ + "/b"));
  EXPECT_EQ(Send("DELETE", pods_ + "/b?gracePeriodSeconds=0").status, 200);
  EXPECT_FALSE(Exists(pods_ + "/b"));
  // Most kinds are answered with a Status.
  const Json set = Make(sets_, SetBody("kubia"));
  const Json status = Body(Send("DELETE", sets_ + "/kubia"));
  EXPECT_EQ(status["status"], "Success");
  EXPECT_EQ(status["details"],
            Json({{"name", "kubia"}, {"group", "apps"}, {"kind", "statefulsets"}, {"uid", set["metadata"]["uid"]}}));
  EXPECT_EQ(Send("DELETE", sets_ + "/kubia").status, 404);
}

TEST_F(WritesTest, AGuardInAWrongFormIsRefusedAndNotPassedOver) {
  Make(sets_, SetBody("kubia"));
  for (const char* options :
       {R"({"dryRun":"All"})", R"({"dryRun":{"a":1}})", R"({"dryRun":["Some"]})", R"({"preconditions":[1]})",
        R"({"preconditions":"x"})", R"({"preconditions":{"uid":5}})", R"({"preconditions":{"resourceVersion":7}})",
        R"({"propagationPolicy":1})", R"({"orphanDependents":"no"})"}) {
    EXPECT_EQ(Send("DELETE", sets_ + "/kubia", Sent{options}).status, 400) << options;
    EXPECT_EQ(Send("DELETE", sets_, Sent{options}).status, 400) << options;
  }
  EXPECT_TRUE(Exists(sets_ + "/kubia"));
  EXPECT_EQ(Send("DELETE", sets_ + "/kubia", Sent{R"({"dryRun":["All"]})"}).status, 200);
  EXPECT_TRUE(Exists(sets_ + "/kubia"));
}

TEST_F(WritesTest, DependentsAreDealtWithBeforeTheOwnerGoes) {
  for (const auto& [policy, finalizer] :
       {std::pair("Orphan", "orphan"), std::pair("Foreground", "foregroundDeletion")}) {
    Make(sets_, SetBody(std::string("kubia")));
    const Json held = Body(Send("DELETE", sets_ + "/kubia?propagationPolicy=" + policy));
    EXPECT_EQ(held["metadata"]["finalizers"], Json::array({finalizer}));
    EXPECT_TRUE(held["metadata"].contains("deletionTimestamp"));
    const Sent free{R"({"metadata":{"finalizers":null}})", kMerge, ""};
    EXPECT_EQ(Send("PATCH", sets_ + "/kubia", free).status, 200);
    EXPECT_FALSE(Exists(sets_ + "/kubia"));
  }
  EXPECT_EQ(Send("DELETE", sets_ + "/kubia?propagationPolicy=Maybe").status, 400);
}

TEST_F(WritesTest, DeleteCollectionDeletesWhatAListShows) {
  Make(pods_, PodBody("a", "x"));
  Make(pods_, PodBody("b", "y"));
  const Json list = Body(Send("DELETE", pods_ + "?labelSelector=app%3Dx"));
  EXPECT_EQ(list["kind"], "PodList");
  EXPECT_EQ(list["items"].size(), 1U);
  EXPECT_FALSE(Exists(pods_ + "/a"));
  EXPECT_TRUE(Exists(pods_ + "/b"));
}

TEST_F(WritesTest, ADeletedNamespaceTakesNothingNewAndGoesWhenItIsEmptied) {
  Make("/api/v1/namespaces", Json::parse(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"x"}})"));
  const Json marked = Body(Send("DELETE", "/api/v1/namespaces/x"));
  EXPECT_EQ(marked["status"]["phase"], "Terminating");
  const http::Response refused = Post("/api/v1/namespaces/x/pods", PodBody("a"));
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(Body(refused)["message"],
            "pods \"a\" is forbidden: unable to create new content in namespace x because it is being terminated");
  EXPECT_EQ(Body(refused)["details"], Json::parse(R"({"kind":"pods","name":"a","causes":[{"reason":
      "NamespaceTerminating","message":"namespace x is being terminated","field":"metadata.namespace"}]})"));
  Json emptied = Get("/api/v1/namespaces/x");
  emptied["spec"]["finalizers"] = Json::array();
  const Sent merge{R"({"spec":{"finalizers":null}})", "application/merge-patch+json"};
  EXPECT_EQ(Send("PATCH", "/api/v1/namespaces/x", merge).status, 200);
  EXPECT_EQ(Send("PUT", "/api/v1/namespaces/x", Sent{emptied.dump()}).status, 200);
  ASSERT_TRUE(Exists("/api/v1/namespaces/x")) << "what holds it is not taken by the way";
  EXPECT_EQ(Send("PUT", "/api/v1/namespaces/x/finalize", Sent{emptied.dump()}).status, 200);
  EXPECT_FALSE(Exists("/api/v1/namespaces/x"));
}

TEST_F(WritesTest, APutThatMeetsAnotherMakerChangesWhatThatMade) {
  const std::string path = "/apis/coordination.k8s.io/v1/namespaces/default/leases/lock";
  Json lease = Json::parse(R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease",
      "metadata":{"name":"lock","namespace":"default","uid":"theirs"},"spec":{"holderIdentity":"other"}})");
  fakes::FailingStore racing(store_);
  objects::LocalObjects client(racing, clock_, random_);
  Api api(Api::Parts{client, clock_, random_, io_.get_executor()}, Routes());
  racing.Before(fakes::FailingStore::Call::kCreate, [&] {
    const auto theirs = [&]() -> Task<void> {
      const auto made = co_await store_.Create(api::Object(lease));
      EXPECT_TRUE(made.ok());
    };
    asio::co_spawn(io_, theirs, [](std::exception_ptr) {});
    io_.poll_one();
  });
  auto request = std::make_shared<http::Request>();
  request->method = "PUT";
  AddTarget(path, *request);
  Json mine = lease;
  mine["spec"]["holderIdentity"] = "me";
  mine["metadata"].erase("uid");
  request->body = mine.dump();
  const http::Response answer = RunTask(io_, api.Handle(request));
  EXPECT_EQ(answer.status, 200) << Text(answer);
  EXPECT_EQ(Get(path)["spec"]["holderIdentity"], "me");
}

TEST_F(WritesTest, OldVersionsOfAppsAreServedWithAWarning) {
  Json old = SetBody("kubia");
  old["apiVersion"] = "apps/v1beta1";
  old["spec"].erase("selector");
  const http::Response made = Post("/apis/apps/v1beta1/namespaces/default/statefulsets", old);
  EXPECT_EQ(made.status, 201) << Text(made);
  EXPECT_THAT(Warnings(made), testing::Contains(HasSubstr("apps/v1beta1")));
  EXPECT_EQ(Get(sets_ + "/kubia")["spec"]["selector"]["matchLabels"]["app"], "kubia");
  EXPECT_EQ(Get("/apis/apps/v1beta1/namespaces/default/statefulsets/kubia")["apiVersion"], "apps/v1beta1");
}

TEST_F(WritesTest, KubectlsProtobufIsRead) {
  // What `kubectl create configmap zz --from-literal=a=b` sends (kubectl 1.32).
  const std::string bytes(
      "k8s\0\n\x0f\n\x02v1\x12\tConfigMap\x12\x1c\n\x12\n\x02zz\x12\0\x1a\0\"\0*\0002\0008\0B\0"
      "\x12\x06\n\x01"
      "a\x12\x01"
      "b\x1a\0\"\0",
      55);
  const http::Response made = Send("POST", "/api/v1/namespaces/default/configmaps",
                                   Sent{bytes, "application/vnd.kubernetes.protobuf", "application/json"});
  EXPECT_EQ(made.status, 201) << Text(made);
  EXPECT_EQ(Body(made)["data"], Json({{"a", "b"}}));
  EXPECT_EQ(Body(made)["metadata"]["name"], "zz");
  for (size_t length = 0; length < bytes.size(); ++length) {
    const Sent cut{bytes.substr(0, length), "application/vnd.kubernetes.protobuf", ""};
    EXPECT_THAT(Send("POST", "/api/v1/namespaces/default/configmaps", cut).status, testing::AnyOf(400, 409, 415, 422))
        << length;
  }
}

}  // namespace
}  // namespace ordinal::apiserver::rest
