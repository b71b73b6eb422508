// Custom kinds by the API: as built-in ones, by what their definition says.
#include <gmock/gmock.h>

#include "agent/api/custom/publish.h"
#include "agent/api/openapi/document.h"
#include "agent/api/openapi/resources.h"
#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

using http::Response;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kWidgets = "/apis/example.com/v1/namespaces/default/widgets";
constexpr const char* kOldWidgets = "/apis/example.com/v1beta1/namespaces/default/widgets";
constexpr const char* kTableType = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

const Json kWidgetDefinition = Json::parse(R"({"metadata": {"name": "widgets.example.com"},
  "spec": {"group": "example.com", "scope": "Namespaced",
    "names": {"plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList",
              "shortNames": ["wd"], "categories": ["all"]},
    "versions": [
      {"name": "v1", "served": true, "storage": true,
       "subresources": {"status": {}, "scale": {"specReplicasPath": ".spec.size", "statusReplicasPath": ".status.size",
                                                "labelSelectorPath": ".status.selector"}},
       "selectableFields": [{"jsonPath": ".spec.color"}],
       "additionalPrinterColumns": [{"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
                                    {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}],
       "schema": {"openAPIV3Schema": {"type": "object", "required": ["spec"], "properties": {
         "spec": {"type": "object", "description": "what is wanted", "properties": {
           "size": {"type": "integer", "minimum": 1, "default": 2},
           "color": {"type": "string", "enum": ["red", "blue"]},
           "tags": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
           "parts": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
             "items": {"type": "object", "required": ["name"],
                       "properties": {"name": {"type": "string"}, "value": {"type": "string"}}}},
           "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}},
         "status": {"type": "object", "properties": {"size": {"type": "integer"}, "selector": {"type": "string"}}}}}}},
      {"name": "v1beta1", "served": true, "storage": false, "deprecated": true,
       "schema": {"openAPIV3Schema": {"type": "object", "properties": {
         "spec": {"type": "object", "properties": {"size": {"type": "integer"}}}}}}}]}})");

Json Widget(const Json& spec, const std::string& name = "w") {
  return {{"apiVersion", "example.com/v1"}, {"kind", "Widget"}, {"metadata", {{"name", name}}}, {"spec", spec}};
}

class CustomKinds : public RestFixture {
 protected:
  CustomKinds() { Publish(kWidgetDefinition); }
  ~CustomKinds() override { api::PublishKinds({}, clock_.Steady()); }

  void Publish(const Json& definition) {
    api::PublishKinds({api::custom::CustomKind::Make(definition, definition["spec"]["names"])}, clock_.Steady());
  }
  Json Made(const Json& spec, const std::string& name = "w") {
    const Response made = Post(kWidgets, Widget(spec, name));
    EXPECT_EQ(made.status, 201) << Text(made);
    return Body(made);
  }
  Response Patch(const std::string& type, const Json& body, const std::string& query = "") {
    return Send("PATCH", std::string(kWidgets) + "/w" + query, Sent{body.dump(), type});
  }
};

TEST_F(CustomKinds, AreMadeReadWatchedAndTakenAway) {
  const Json made = Made({{"color", "red"}, {"strange", 1}, {"free", {{"a", {{"b", 1}}}}}});
  EXPECT_EQ(made["spec"], Json({{"color", "red"}, {"size", 2}, {"free", {{"a", {{"b", 1}}}}}}));
  EXPECT_EQ(made["metadata"]["generation"], 1);
  EXPECT_EQ(Body(Send("GET", std::string(kWidgets) + "/w")), made);
  const Json list = Body(Send("GET", kWidgets));
  EXPECT_EQ(list["kind"], "WidgetList");
  EXPECT_EQ(list["items"].size(), 1U);
  const auto events = Events(Send("GET", std::string(kWidgets) + "?watch=1"));
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0]["object"]["metadata"]["name"], "w");
  EXPECT_EQ(Send("DELETE", std::string(kWidgets) + "/w").status, 200);
  const Response gone = Send("GET", std::string(kWidgets) + "/w");
  EXPECT_EQ(gone.status, 404);
  EXPECT_EQ(Body(gone)["message"], "widgets.example.com \"w\" not found");
}

TEST_F(CustomKinds, AreRefusedInTheWordsOfTheReference) {
  const Response refused = Post(kWidgets, Widget({{"size", 0}, {"color", "green"}}));
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(
      Body(refused)["message"],
      "Widget.example.com \"w\" is invalid: [spec.color: Unsupported value: \"green\": supported values: \"red\", "
      "\"blue\", spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1]");
  Json missing = Widget(Json::object());
  missing.erase("spec");
  EXPECT_THAT(Text(Post(kWidgets, missing)), HasSubstr("spec: Required value"));
  const Response strict =
      Send("POST", std::string(kWidgets) + "?fieldValidation=Strict", Sent{Widget({{"strange", 1}}).dump()});
  EXPECT_EQ(strict.status, 400);
  EXPECT_THAT(Text(strict), HasSubstr("unknown field \\\"spec.strange\\\""));
  const Response warned =
      Send("POST", std::string(kWidgets) + "?fieldValidation=Warn", Sent{Widget({{"strange", 1}}).dump()});
  EXPECT_THAT(Warnings(warned), ElementsAre(HasSubstr("unknown field \\\"spec.strange\\\"")));
  EXPECT_EQ(Send("POST", kWidgets, Sent{"k8s", "application/vnd.kubernetes.protobuf"}).status, 400);
}

TEST_F(CustomKinds, ArePatchedAndAppliedByTheirLists) {
  Made({{"parts", {{{"name", "a"}, {"value", "1"}}}}, {"tags", {"x"}}});
  EXPECT_EQ(Patch("application/strategic-merge-patch+json", {{"spec", {{"size", 3}}}}).status, 415);
  EXPECT_EQ(Body(Patch("application/merge-patch+json", {{"spec", {{"size", 3}}}}))["spec"]["size"], 3);
  const Json path = Json::parse(R"([{"op": "replace", "path": "/spec/size", "value": 0}])");
  EXPECT_EQ(Patch("application/json-patch+json", path).status, 422);
  const Json config = Widget(Json::parse(R"({"parts": [{"name": "b", "value": "2"}], "tags": ["y"]})"));
  const Response applied = Patch("application/apply-patch+yaml", config, "?fieldManager=me");
  ASSERT_EQ(applied.status, 200) << Text(applied);
  EXPECT_EQ(Body(applied)["spec"]["parts"].size(), 2U);
  EXPECT_EQ(Body(applied)["spec"]["tags"], Json({"x", "y"}));
  EXPECT_THAT(Text(applied), HasSubstr(R"(k:{\"name\":\"b\"})"));
  const Json theirs = Widget(Json::parse(R"({"parts": [{"name": "a", "value": "9"}]})"));
  EXPECT_EQ(Patch("application/apply-patch+yaml", theirs, "?fieldManager=me").status, 409);
  Json strange = Widget(Json::object());
  strange["strange"] = 1;
  strange["metadata"]["hue"] = 1;
  const Response strict = Patch("application/apply-patch+yaml", strange, "?fieldManager=me&fieldValidation=Strict");
  EXPECT_EQ(strict.status, 400);
  EXPECT_THAT(Text(strict),
              HasSubstr("; example.com/v1, Kind=Widget): errors:\\n  .metadata.hue: field not declared in "
                        "schema\\n  .strange: field not declared in schema"));
}

TEST_F(CustomKinds, HaveStatusAndScaleApart) {
  Json body = Widget({{"size", 3}});
  body["status"] = {{"size", "wrong"}};
  const Json made = Body(Post(kWidgets, body));
  EXPECT_FALSE(made.contains("status"));
  Json changed = made;
  changed["status"] = {{"size", 2}, {"selector", "a=b"}};
  changed["spec"]["size"] = 9;
  const Response status = Send("PUT", std::string(kWidgets) + "/w/status", Sent{changed.dump()});
  ASSERT_EQ(status.status, 200) << Text(status);
  EXPECT_EQ(Body(status)["spec"]["size"], 3);
  EXPECT_EQ(Body(status)["metadata"]["generation"], 1);
  const Json scale = Body(Send("GET", std::string(kWidgets) + "/w/scale"));
  EXPECT_EQ(scale["spec"]["replicas"], 3);
  EXPECT_EQ(scale["status"], Json({{"replicas", 2}, {"selector", "a=b"}}));
  const Response scaled = Send("PATCH", std::string(kWidgets) + "/w/scale",
                               Sent{R"({"spec": {"replicas": 5}})", "application/merge-patch+json"});
  ASSERT_EQ(scaled.status, 200) << Text(scaled);
  const Json now = Body(Send("GET", std::string(kWidgets) + "/w"));
  EXPECT_EQ(now["spec"]["size"], 5);
  EXPECT_EQ(now["metadata"]["generation"], 2);
  EXPECT_EQ(Send("GET", std::string(kOldWidgets) + "/w/scale").status, 404);
}

TEST_F(CustomKinds, ArePrintedSelectedAndFoundByDiscovery) {
  Made({{"color", "red"}, {"size", 4}}, "a");
  Made({{"color", "blue"}}, "b");
  const Json table = Body(Send("GET", kWidgets, Sent{{}, {}, kTableType}));
  EXPECT_EQ(table["columnDefinitions"][1]["name"], "Size");
  EXPECT_EQ(table["rows"][0]["cells"], Json({"a", 4, "0s"}));
  const Json red = Body(Send("GET", std::string(kWidgets) + "?fieldSelector=spec.color%3Dred"));
  EXPECT_EQ(red["items"].size(), 1U);
  EXPECT_EQ(Send("GET", std::string(kOldWidgets) + "?fieldSelector=spec.color%3Dred").status, 400);
  const Json resources = Body(Send("GET", "/apis/example.com/v1"));
  EXPECT_EQ(resources["resources"][0]["shortNames"], Json({"wd"}));
  EXPECT_EQ(resources["resources"].size(), 3U);
  EXPECT_EQ(Body(Send("GET", "/apis/example.com"))["preferredVersion"]["version"], "v1");
  EXPECT_EQ(Send("GET", "/apis/none.example.com").status, 404);
  api::PublishKinds({}, clock_.Steady());
  EXPECT_EQ(Send("GET", "/apis/example.com/v1").status, 404);
  EXPECT_EQ(Send("GET", kWidgets).status, 404);
}

TEST_F(CustomKinds, AreInTheDocumentsOfTheApi) {
  const Json v3 = Json::parse(api::openapi::DocumentV3({"example.com", "v1"}));
  const Json& widget = v3["components"]["schemas"]["com.example.v1.Widget"];
  EXPECT_EQ(widget["properties"]["spec"]["description"], "what is wanted");
  EXPECT_EQ(widget["x-kubernetes-group-version-kind"][0]["kind"], "Widget");
  EXPECT_TRUE(v3["components"]["schemas"].contains("com.example.v1.WidgetList"));
  EXPECT_TRUE(v3["components"]["schemas"].contains("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"));
  EXPECT_THAT(widget["properties"]["apiVersion"]["description"].get<std::string>(),
              HasSubstr("APIVersion defines the versioned schema of this representation of an object. Servers should"));
  EXPECT_THAT(widget["properties"]["kind"]["description"].get<std::string>(),
              HasSubstr("Kind is a string value representing the REST resource this object represents. Servers may"));
  const Json& paths = v3["paths"];
  const Json& one = paths["/apis/example.com/v1/namespaces/{namespace}/widgets/{name}"];
  EXPECT_FALSE(one["patch"]["requestBody"]["content"].contains("application/strategic-merge-patch+json"));
  EXPECT_TRUE(paths.contains("/apis/example.com/v1/namespaces/{namespace}/widgets/{name}/scale"));
  const Json v2 = Json::parse(api::openapi::DocumentV2());
  EXPECT_TRUE(v2["definitions"]["com.example.v1.Widget"]["properties"]["spec"]["properties"].contains("size"));
  EXPECT_FALSE(api::openapi::DocumentV2Protobuf().empty());
}

TEST_F(CustomKinds, AreReadInEveryVersionWhicheverIsStored) {
  Made({{"color", "red"}, {"size", 4}});
  const Response old = Send("GET", std::string(kOldWidgets) + "/w");
  EXPECT_EQ(Body(old)["apiVersion"], "example.com/v1beta1");
  EXPECT_EQ(Body(old)["spec"], Json({{"size", 4}}));
  EXPECT_THAT(Warnings(old),
              ElementsAre(HasSubstr("example.com/v1beta1 Widget is deprecated; use example.com/v1 Widget")));
  Json moved = kWidgetDefinition;
  moved["spec"]["versions"][0]["storage"] = false;
  moved["spec"]["versions"][1]["storage"] = true;
  Publish(moved);
  EXPECT_EQ(Body(Send("GET", std::string(kWidgets) + "/w"))["spec"]["color"], "red");  // stored before, as it was
  EXPECT_EQ(Body(Send("GET", std::string(kOldWidgets) + "/w"))["apiVersion"], "example.com/v1beta1");
  const Response touched = Patch("application/merge-patch+json", {{"metadata", {{"labels", {{"a", "b"}}}}}});
  ASSERT_EQ(touched.status, 200) << Text(touched);
  EXPECT_EQ(Body(touched)["apiVersion"], "example.com/v1");
  moved["spec"]["versions"][0]["served"] = false;
  Publish(moved);
  EXPECT_EQ(Send("GET", kWidgets).status, 404);
}

TEST_F(CustomKinds, ChangeElsewhereWhenTheirDefinitionBecameStricter) {
  Made({{"size", 3}});
  Json strict = kWidgetDefinition;
  strict["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]["size"]["minimum"] = 9;
  Publish(strict);
  EXPECT_EQ(Patch("application/merge-patch+json", {{"metadata", {{"labels", {{"a", "b"}}}}}}).status, 200);
  EXPECT_EQ(Patch("application/merge-patch+json", {{"spec", {{"size", 4}}}}).status, 422);
}

TEST_F(CustomKinds, ShowDefaultsThatTheirDefinitionHasGained) {
  Made({{"color", "red"}});
  Made({{"color", "red"}}, "v");
  Json richer = kWidgetDefinition;
  Json& spec = richer["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"];
  spec["level"] = {{"type", "integer"}, {"default", 7}};
  Json& columns = richer["spec"]["versions"][0]["additionalPrinterColumns"];
  columns[0] = {{"name", "Level"}, {"type", "integer"}, {"jsonPath", ".spec.level"}};
  Publish(richer);
  EXPECT_EQ(Body(Send("GET", std::string(kWidgets) + "/w"))["spec"]["level"], 7);
  EXPECT_EQ(Body(Send("GET", kWidgets))["items"][0]["spec"]["level"], 7);
  EXPECT_EQ(Events(Send("GET", std::string(kWidgets) + "?watch=1"))[0]["object"]["spec"]["level"], 7);
  EXPECT_EQ(Body(Send("GET", kWidgets, Sent{{}, {}, kTableType}))["rows"][0]["cells"][1], 7);
  const Json test = Json::parse(R"([{"op": "test", "path": "/spec/level", "value": 7}])");
  const Response tested = Patch("application/json-patch+json", test);
  ASSERT_EQ(tested.status, 200) << Text(tested);
  EXPECT_EQ(Body(tested)["metadata"]["generation"], 1);
}

TEST_F(CustomKinds, DropNullsThatStandForNothing) {
  EXPECT_EQ(Made({{"color", nullptr}, {"size", nullptr}})["spec"], Json({{"size", 2}}));
  EXPECT_EQ(Body(Patch("application/apply-patch+yaml", Widget({{"color", nullptr}}), "?fieldManager=me"))["spec"],
            Json({{"size", 2}}));
}

TEST_F(CustomKinds, PrintNothingByPathsThatAreNotUnderstood) {
  Json odd = kWidgetDefinition;
  odd["spec"]["versions"][0]["additionalPrinterColumns"][0]["jsonPath"] = ".spec.size}{";
  Publish(odd);
  Made(Json::object());
  EXPECT_EQ(Body(Send("GET", kWidgets, Sent{{}, {}, kTableType}))["rows"][0]["cells"], Json({"w", nullptr, "0s"}));
}

TEST_F(CustomKinds, AreNotMadeWhileTheirDefinitionGoes) {
  Made(Json::object());
  Json going = kWidgetDefinition;
  going["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
  Publish(going);
  const Response refused = Post(kWidgets, Widget(Json::object(), "x"));
  EXPECT_EQ(refused.status, 405);
  EXPECT_THAT(Text(refused), HasSubstr("create not allowed while custom resource definition is terminating"));
  EXPECT_EQ(Send("GET", std::string(kWidgets) + "/w").status, 200);
}

TEST_F(CustomKinds, AreWatchedUntilTheirDefinitionChanges) {
  Made(Json::object());
  const auto open = [&] {
    const Response watch = Send("GET", std::string(kWidgets) + "?watch=1");
    EXPECT_EQ(Events(watch).size(), 1U);
    return watch;
  };
  const auto ended = [&](const Response& watch) {
    clock_.Advance(std::chrono::seconds(1));
    return Events(watch).empty();
  };
  const Response first = open();
  Json wider = kWidgetDefinition;
  wider["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["more"] = {{"type", "string"}};
  Publish(wider);
  EXPECT_TRUE(ended(first));
  // While the definition goes, what goes with it is still shown.
  const Response second = open();
  wider["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
  Publish(wider);
  EXPECT_EQ(Send("DELETE", std::string(kWidgets) + "/w").status, 200);
  EXPECT_FALSE(ended(second));
  api::PublishKinds({}, clock_.Steady());
  EXPECT_TRUE(ended(second));
}

TEST_F(CustomKinds, HaveNamesOfTheirOwnBesideBuiltInOnes) {
  Json pods = kWidgetDefinition;
  pods["metadata"]["name"] = "pods.example.com";
  pods["spec"]["names"] = {{"plural", "pods"}, {"singular", "pod"}, {"kind", "Pod"}, {"listKind", "PodList"}};
  Publish(pods);
  Json body = Widget({{"color", "red"}});
  body["kind"] = "Pod";
  const Response made = Post("/apis/example.com/v1/namespaces/default/pods", body);
  ASSERT_EQ(made.status, 201) << Text(made);
  // No rule of pods adds anything to it, also where anything would be kept.
  EXPECT_EQ(Body(made)["spec"], Json({{"color", "red"}, {"size", 2}}));
  for (const char* kind : {"Pod", "Ingress", "PersistentVolumeClaim", "PriorityClass", "CertificateSigningRequest"}) {
    Json open = pods;
    open["spec"]["names"]["kind"] = kind;
    open["spec"]["versions"][0]["schema"]["openAPIV3Schema"] = {{"type", "object"},
                                                                {"x-kubernetes-preserve-unknown-fields", true}};
    Publish(open);
    body["kind"] = kind;
    body["metadata"]["name"] = std::string("w-") + static_cast<char>(kind[0] | 0x20);
    body["spec"] = {{"color", "red"}, {"priorityClassName", "none"}, {"runtimeClassName", "none"}};
    const Response kept = Post("/apis/example.com/v1/namespaces/default/pods", body);
    ASSERT_EQ(kept.status, 201) << kind << Text(kept);
    EXPECT_EQ(Body(kept)["spec"], body["spec"]) << kind;
  }
  Publish(pods);
  EXPECT_EQ(Body(Send("GET", kPods))["items"].size(), 0U);
  EXPECT_EQ(Post(kPods, PodBody("w")).status, 201);
  EXPECT_EQ(Body(Send("GET", "/apis/example.com/v1/namespaces/default/pods"))["items"].size(), 2U);
  EXPECT_EQ(api::FindKind("Pod")->custom, nullptr);
}

}  // namespace
}  // namespace ordinal::apiserver::rest
