// A kind is its folder and one line of the list (docs/checklists/kind.md): with no other file touched, this one is
// served, checked, defaulted, merged, explained, printed, read in every form and written from manifests.
#include <gmock/gmock.h>

#include "agent/api/openapi/document.h"
#include "agent/api/patch/patch.h"
#include "agent/manifests/apply.h"
#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

using http::Response;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kBakeries = "/apis/samples.ordinal.dev/v1/namespaces/default/bakeries";

Json Bakery(const Json& spec) {
  return {{"apiVersion", "samples.ordinal.dev/v1"},
          {"kind", "Bakery"},
          {"metadata", {{"name", "b"}, {"namespace", "default"}}},
          {"spec", spec}};
}

class SampleKind : public RestFixture {
 protected:
  Json Made(const Json& spec) {
    const Response made = Post(kBakeries, Bakery(spec));
    EXPECT_EQ(made.status, 201) << Text(made);
    return Body(made);
  }
  Response Patch(const std::string& type, const std::string& body, const std::string& query = "") {
    return Send("PATCH", std::string(kBakeries) + "/b" + query, Sent{body, type});
  }
};

TEST_F(SampleKind, IsCompletedAndBegins) {
  const Json made = Made({{"flour", "rye"}});
  EXPECT_EQ(made["spec"]["loaves"], 3);
  EXPECT_EQ(made["status"], Json({{"baked", 0}}));
  EXPECT_EQ(made["metadata"]["generation"], 1);
}

TEST_F(SampleKind, IsCheckedFieldByField) {
  const Response wrong = Post(kBakeries, Bakery({{"loaves", -1}, {"yeast", true}}));
  EXPECT_EQ(wrong.status, 422);
  EXPECT_THAT(Text(wrong), HasSubstr("spec.flour"));
  EXPECT_THAT(Text(wrong), HasSubstr("spec.loaves"));
  EXPECT_THAT(Text(wrong), HasSubstr("this agent does not support sourdough"));
  const Response strange = Send("POST", std::string(kBakeries) + "?fieldValidation=Strict",
                                Sent{Bakery({{"flour", "rye"}, {"lofes", 1}}).dump()});
  EXPECT_EQ(strange.status, 400);
  EXPECT_THAT(Text(strange), HasSubstr("spec.lofes"));
  const Response window = Post(kBakeries, Bakery({{"flour", "rye"}, {"window", "large"}, {"yeast", false}}));
  EXPECT_EQ(window.status, 201);
  EXPECT_THAT(Warnings(window), ElementsAre(HasSubstr("spec.window: has no effect: there is no window")));
}

TEST_F(SampleKind, KeepsWhatMayNotChange) {
  Made({{"flour", "rye"}});
  const Response changed = Patch("application/merge-patch+json", R"({"spec": {"flour": "wheat"}})");
  EXPECT_EQ(changed.status, 422);
  EXPECT_THAT(Text(changed), HasSubstr("spec.flour"));
  EXPECT_EQ(Patch("application/merge-patch+json", R"({"spec": {"loaves": 4}})").status, 200);
}

TEST_F(SampleKind, IsMergedByItsKeysAndOwned) {
  Made({{"flour", "rye"}, {"ovens", {{{"name", "a"}, {"heat", "1"}}}}});
  const Response merged =
      Patch("application/strategic-merge-patch+json", R"({"spec": {"ovens": [{"name": "b", "heat": "2"}]}})");
  EXPECT_EQ(Body(merged)["spec"]["ovens"].size(), 2U) << Text(merged);
  Json config = Bakery({{"flour", "rye"}, {"ovens", {{{"name", "a"}, {"heat", "5"}}}}});
  const Response conflict = Patch("application/apply-patch+yaml", config.dump(), "?fieldManager=me");
  EXPECT_EQ(conflict.status, 409);
  EXPECT_THAT(Text(conflict), HasSubstr("heat"));
  EXPECT_EQ(Patch("application/apply-patch+yaml", config.dump(), "?fieldManager=me&force=true").status, 200);
}

TEST_F(SampleKind, IsScaledPrintedAndFound) {
  Made({{"flour", "rye"}});
  const Response table =
      Send("GET", kBakeries, Sent{{}, {}, "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"});
  EXPECT_EQ(Body(table)["rows"][0]["cells"][1], 3) << Text(table);
  EXPECT_EQ(Send("GET", std::string(kBakeries) + "/b/status").status, 200);
  EXPECT_EQ(api::FindResource("bk"), api::FindKind("Bakery"));
}

TEST_F(SampleKind, IsInTheDocumentsOfTheApi) {
  const Json document = Json::parse(api::openapi::DocumentV2());
  bool explained = false;
  for (const auto& [name, definition] : document["definitions"].items()) {
    if (!name.ends_with(".BakerySpec")) continue;
    explained = true;
    EXPECT_EQ(definition["properties"]["loaves"]["description"], "how many loaves are wanted");
    EXPECT_EQ(definition["properties"]["ovens"]["x-kubernetes-patch-merge-key"], "name");
    EXPECT_EQ(definition["properties"]["ovens"]["x-kubernetes-list-map-keys"], Json({"name", "floor"}));
    EXPECT_EQ(definition["properties"]["customers"]["x-kubernetes-map-type"], "atomic");
    EXPECT_EQ(definition["required"], Json({"flour"}));
  }
  EXPECT_TRUE(explained);
  EXPECT_TRUE(document["paths"].contains("/apis/samples.ordinal.dev/v1/namespaces/{namespace}/bakeries/{name}/scale"));
}

TEST_F(SampleKind, IsReadInProtobuf) {
  const auto field = [](int number, const std::string& bytes) {
    return std::string(1, static_cast<char>(number << 3 | 2)) + static_cast<char>(bytes.size()) + bytes;
  };
  const std::string spec = field(1, "rye") + std::string("\x10\x07", 2) + field(3, field(1, "a"));
  const std::string type = field(1, "samples.ordinal.dev/v1") + field(2, "Bakery");
  const std::string body =
      std::string("k8s\0", 4) + field(1, type) + field(2, field(1, field(1, "b")) + field(2, spec));
  const Response made = Send("POST", kBakeries, Sent{body, "application/vnd.kubernetes.protobuf"});
  EXPECT_EQ(made.status, 201) << Text(made);
  EXPECT_EQ(Body(made)["spec"]["loaves"], 7);
  EXPECT_EQ(Body(made)["spec"]["ovens"][0]["name"], "a");
}

TEST_F(SampleKind, IsWrittenFromAManifest) {
  manifests::ManifestFile file = manifests::ReadManifest(Bakery({{"flour", "rye"}}).dump());
  ASSERT_THAT(file.errors, testing::IsEmpty());
  const auto outcome = RunTask(io_, manifests::Apply(client_, "b.yaml", std::move(file.objects.at(0)), clock_.Now()));
  EXPECT_EQ(outcome.done, "created");
}

}  // namespace
}  // namespace ordinal::apiserver::rest
