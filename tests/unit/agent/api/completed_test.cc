// What an older agent stored is read with the defaults that have come since, and what is complete stays as it is.
#include "agent/api/stored.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

Json Set() {
  Json body =
      Json::parse(R"({"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db","namespace":"default"},
    "spec":{"serviceName":"db","selector":{"matchLabels":{"app":"db"}},
      "template":{"metadata":{"labels":{"app":"db"}},"spec":{"containers":[{"name":"db","image":"postgres:15",
        "ports":[{"containerPort":5432}]}]}},
      "volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],
        "resources":{"requests":{"storage":"1Gi"}}}}]}})");
  return MustDecode(body).body;
}

/// Calls `visit` with a copy of `whole` for each member at any depth, without it.
void WithoutEachMember(const Json& whole, const std::function<void(const std::string&, Json)>& visit) {
  const Json flat = whole.flatten();
  std::set<std::string> pointers;
  for (const auto& [pointer, value] : flat.items()) {
    for (std::string at = pointer; !at.empty(); at = at.substr(0, at.rfind('/'))) pointers.insert(at);
  }
  for (const std::string& pointer : pointers) {
    const Json::json_pointer at(pointer);
    if (!whole.at(at.parent_pointer()).is_object()) continue;
    Json less = whole;
    less[at.parent_pointer()].erase(at.back());
    visit(pointer, std::move(less));
  }
}

TEST(Completed, LeavesACompleteDocumentAsItIs) {
  for (const char* name : {"defaults/rs.json", "defaults/pvc.json", "defaults/svc-headless.json"}) {
    const Json body = MustDecode(ReadGolden(name)["input"]).body;
    EXPECT_EQ(Completed(body), body) << name;
  }
  EXPECT_EQ(Completed(Set()), Set());
}

// Whichever default is missing from a stored set, as if it had come with this agent: it is read as one that has it.
TEST(Completed, FillsInWhateverDefaultIsMissing) {
  const Json whole = Set();
  int filled = 0;
  WithoutEachMember(whole, [&](const std::string& member, Json less) {
    // Whether it has a default is what writing the document anew says.
    const auto decoded = Decode(less);
    const Decoded* anew = std::get_if<Decoded>(&decoded);
    // The namespace is no default of the kind, and nothing is stored without one.
    if (anew == nullptr || anew->body != whole || member == "/metadata/namespace") return;
    ++filled;
    EXPECT_EQ(Completed(std::move(less)), whole) << member;
  });
  EXPECT_GT(filled, 10);
}

TEST(Completed, ARevisionIsCompletedAsItsSetIs) {
  const auto revision = [](Json pod_template) {
    pod_template["$patch"] = "replace";
    pod_template["metadata"]["creationTimestamp"] = nullptr;
    Json body = {{"apiVersion", "apps/v1"}, {"kind", "ControllerRevision"}, {"revision", 1}};
    body["metadata"] = {{"name", "db-1"}, {"namespace", "default"}};
    body["data"]["spec"]["template"] = std::move(pod_template);
    return body;
  };
  const Json whole = Set();
  EXPECT_EQ(Completed(revision(whole["spec"]["template"])), revision(whole["spec"]["template"]));
  Json older = whole;
  older["spec"]["template"]["spec"].erase("dnsPolicy");
  older["spec"]["template"]["spec"]["containers"][0].erase("terminationMessagePolicy");
  EXPECT_EQ(Completed(older), whole);
  EXPECT_EQ(Completed(revision(older["spec"]["template"])), revision(whole["spec"]["template"]));
}

TEST(Completed, WhatItDoesNotKnowItLeavesAlone) {
  for (const char* text : {R"({"kind":"Unheard","apiVersion":"v1"})", R"({"kind":"Pod","apiVersion":"v9","spec":{}})",
                           R"({"kind":"Pod","apiVersion":"v1","spec":"not one"})", R"([1])", "null",
                           R"({"kind":"ControllerRevision","apiVersion":"apps/v1","data":{"other":null}})"}) {
    const Json body = Json::parse(text);
    const Json completed = Completed(body);
    EXPECT_EQ(api::Member(completed, "data"), api::Member(body, "data"));
    EXPECT_EQ(api::Member(completed, "spec"), api::Member(body, "spec")) << text;
  }
}

}  // namespace
}  // namespace ordinal::api
