// get and list: pages of one state, selectors, and the forms that clients ask for.
#include <gmock/gmock.h>

#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kTable = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

std::vector<std::string> Names(const Json& list) {
  std::vector<std::string> names;
  for (const Json& item : list["items"]) names.push_back(item["metadata"]["name"]);
  return names;
}

class ReadsTest : public RestFixture {
 protected:
  void Make(const std::vector<std::string>& names) {
    for (const std::string& name : names) EXPECT_EQ(Post(kPods, PodBody(name)).status, 201);
  }
  Json List(const std::string& query) { return Body(Send("GET", std::string(kPods) + query)); }
};

TEST_F(ReadsTest, PagesShowTheStateOfTheFirstOne) {
  // Given a first page of two
  Make({"a", "b", "c", "d"});
  const Json first = List("?limit=2");
  EXPECT_THAT(Names(first), ElementsAre("a", "b"));
  EXPECT_EQ(first["metadata"]["remainingItemCount"], 2);
  // When objects come, change and go before the next one is asked for
  Make({"bb"});
  EXPECT_EQ(Send("DELETE", std::string(kPods) + "/c").status, 200);
  const Json patched = Body(Send("PATCH", std::string(kPods) + "/d",
                                 Sent{R"({"metadata":{"labels":{"x":"y"}}})", "application/merge-patch+json", ""}));
  EXPECT_EQ(patched["metadata"]["labels"]["x"], "y");
  // Then it shows what was there
  const Json second = List("?limit=2&continue=" + first["metadata"]["continue"].get<std::string>());
  EXPECT_THAT(Names(second), ElementsAre("c", "d"));
  EXPECT_FALSE(second["items"][1]["metadata"]["labels"].contains("x"));
  EXPECT_EQ(second["metadata"]["resourceVersion"], first["metadata"]["resourceVersion"]);
  EXPECT_FALSE(second["metadata"].contains("continue"));
}

TEST_F(ReadsTest, APageOfAForgottenStateIsGoneAndOffersToGoOn) {
  Make({"a", "b", "c"});
  const Json first = List("?limit=1");
  for (int i = 0; i < 30; ++i) Make({"z" + std::to_string(i)});
  const http::Response gone =
      Send("GET", std::string(kPods) + "?limit=1&continue=" + first["metadata"]["continue"].get<std::string>());
  EXPECT_EQ(gone.status, 410);
  EXPECT_EQ(Body(gone)["reason"], "Expired");
  EXPECT_THAT(api::ReadString(Body(gone), "message"),
              testing::StartsWith("The provided continue parameter is too old to display a consistent list result."));
  const Json old =
      List("?resourceVersionMatch=Exact&resourceVersion=" + first["metadata"]["resourceVersion"].get<std::string>());
  EXPECT_EQ(old["message"], "The resourceVersion for the provided list is too old.");
  const std::string fresh = Body(gone)["metadata"]["continue"];
  EXPECT_THAT(Names(List("?limit=1&continue=" + fresh)), ElementsAre("b"));
}

TEST_F(ReadsTest, APageOfAStateOfMinutesAgoIsGoneWhenThereIsANewerOne) {
  Make({"a", "b", "c"});
  const std::string token = List("?limit=1")["metadata"]["continue"];
  const std::string next = std::string(kPods) + "?limit=1&continue=" + token;
  clock_.Advance(std::chrono::minutes(4));
  const std::string third = Body(Send("GET", next))["metadata"]["continue"];
  clock_.Advance(std::chrono::minutes(2));
  EXPECT_THAT(Names(Body(Send("GET", next))), ElementsAre("b")) << "nothing has changed";
  Make({"aa"});
  for (const std::string& old : {token, third}) {
    const http::Response gone = Send("GET", std::string(kPods) + "?limit=1&continue=" + old);
    EXPECT_EQ(gone.status, 410) << "its pages are as old as the first one";
    EXPECT_EQ(Body(gone)["reason"], "Expired");
    const std::string fresh = Body(gone)["metadata"]["continue"];
    EXPECT_EQ(List("?limit=1&continue=" + fresh)["items"].size(), 1U);
  }
}

TEST_F(ReadsTest, SelectorsPickObjects) {
  EXPECT_EQ(Post(kPods, PodBody("a", "x")).status, 201);
  EXPECT_EQ(Post(kPods, PodBody("b", "y")).status, 201);
  struct Case {
    const char* query;
    std::vector<std::string> names;
  };
  const std::vector<Case> cases = {
      {"?labelSelector=app%3Dx", {"a"}},
      {"?labelSelector=app%20in%20(x,y)", {"a", "b"}},
      {"?labelSelector=app!%3Dx", {"b"}},
      {"?fieldSelector=metadata.name%3Db", {"b"}},
      {"?fieldSelector=metadata.name!%3Db,metadata.namespace%3D%3Ddefault", {"a"}},
      {"?fieldSelector=status.phase%3DPending", {"a", "b"}},
      {"?fieldSelector=status.phase%3DRunning", {}},
      {"?fieldSelector=spec.nodeName%3D", {"a", "b"}},
  };
  for (const Case& c : cases) EXPECT_EQ(Names(List(c.query)), c.names) << c.query;
  EXPECT_THAT(Names(Body(Send("GET", "/api/v1/pods?fieldSelector=metadata.namespace%3Dother"))), IsEmpty());
}

TEST_F(ReadsTest, RevisionsThatAreTooLargeOrMistakenAreRefused) {
  struct Case {
    const char* query;
    int code;
  };
  const std::vector<Case> cases = {
      {"?resourceVersion=0", 200},
      {"?resourceVersion=1&resourceVersionMatch=NotOlderThan", 200},
      {"?resourceVersion=999", 504},
      {"?resourceVersion=999&resourceVersionMatch=Exact", 504},
      {"?resourceVersion=0&resourceVersionMatch=Exact", 422},
      {"?resourceVersionMatch=Exact", 422},
      {"?resourceVersionMatch=Newest&resourceVersion=1", 422},
      {"?sendInitialEvents=false", 422},
      {"?resourceVersion=x", 400},
      {"?limit=-1", 400},
      {"?continue=zz", 400},
  };
  for (const Case& c : cases) EXPECT_EQ(Send("GET", std::string(kPods) + c.query).status, c.code) << c.query;
  EXPECT_EQ(
      List("?resourceVersionMatch=Exact")["message"],
      "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden "
      "unless resourceVersion is provided");
  const Json several = List("?resourceVersionMatch=Newest&sendInitialEvents=true&resourceVersion=1");
  EXPECT_EQ(
      several["message"],
      "ListOptions.meta.k8s.io \"\" is invalid: [resourceVersionMatch: Unsupported value: \"Newest\": supported "
      "values: \"Exact\", \"NotOlderThan\", \"\", sendInitialEvents: Forbidden: sendInitialEvents is forbidden for "
      "list]");
  EXPECT_EQ(several["details"]["causes"][1]["reason"], "FieldValueForbidden");
  EXPECT_EQ(
      List("?resourceVersion=x")["message"],
      "invalid resource version: resourceVersion: Invalid value: \"x\": strconv.ParseUint: parsing \"x\": invalid "
      "syntax");
  const Json late = List("?resourceVersion=999");
  EXPECT_EQ(late["details"]["causes"][0]["reason"], "ResourceVersionTooLarge");
}

TEST_F(ReadsTest, TablesHaveColumnsRowsAndMetadata) {
  Make({"a"});
  const Json table = Body(Send("GET", kPods, Sent{"", "", kTable}));
  EXPECT_EQ(table["kind"], "Table");
  EXPECT_EQ(table["apiVersion"], "meta.k8s.io/v1");
  EXPECT_EQ(table["columnDefinitions"][0]["name"], "Name");
  EXPECT_EQ(table["rows"][0]["cells"][0], "a");
  EXPECT_EQ(table["rows"][0]["cells"].size(), table["columnDefinitions"].size());
  EXPECT_EQ(table["rows"][0]["object"]["kind"], "PartialObjectMetadata");
  const http::Response odd = Send("GET", std::string(kPods) + "?includeObject=Some", Sent{"", "", kTable});
  EXPECT_EQ(odd.status, 400);
  EXPECT_EQ(Body(odd)["message"],
            "Unable to convert to Table as requested: includeObject: Invalid value: \"Some\": must be 'Metadata', "
            "'Object', 'None', or empty");
  const Json none = Body(Send("GET", std::string(kPods) + "?includeObject=None", Sent{"", "", kTable}));
  EXPECT_TRUE(none["rows"][0]["object"].is_null());
  const Json whole = Body(Send("GET", std::string(kPods) + "?includeObject=Object", Sent{"", "", kTable}));
  EXPECT_EQ(whole["rows"][0]["object"]["kind"], "Pod");
}

TEST_F(ReadsTest, FormsFollowTheAcceptHeader) {
  Make({"a"});
  struct Case {
    const char* accept;
    int code;
    const char* kind;
  };
  const std::vector<Case> cases = {
      {"application/json, */*", 200, "PodList"},
      {"", 200, "PodList"},
      {"application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", 200, "PartialObjectMetadataList"},
      {"application/json;as=APIGroupDiscoveryList;g=apidiscovery.k8s.io;v=v2", 406, "Status"},
      {"application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", 406, "Status"},
      {"application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1, application/json", 406, "Status"},
  };
  for (const Case& c : cases) {
    const http::Response response = Send("GET", kPods, Sent{"", "", c.accept});
    EXPECT_EQ(response.status, c.code) << c.accept;
    EXPECT_EQ(Body(response)["kind"], c.kind) << c.accept;
  }
  const http::Response list =
      Send("GET", kPods, Sent{"", "", "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"});
  EXPECT_EQ(Body(list)["message"],
            "you requested PartialObjectMetadata, but the requested object is a list (*core.PodList)");
  const http::Response one = Send("GET", std::string(kPods) + "/a",
                                  Sent{"", "", "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"});
  EXPECT_EQ(Body(one)["message"],
            "you requested PartialObjectMetadataList, but the requested object is not a list (*core.Pod)");
  const http::Response yaml = Send("GET", std::string(kPods) + "/a", Sent{"", "", "application/yaml"});
  EXPECT_EQ(yaml.content_type, "application/yaml");
  EXPECT_THAT(Text(yaml), testing::HasSubstr("\nkind: Pod\n"));
}

TEST_F(ReadsTest, LargeListsAreWrittenByAFunction) {
  for (int i = 0; i < 20; ++i) Make({"p" + std::to_string(i)});
  const http::Response response = Send("GET", kPods);
  ASSERT_TRUE(std::holds_alternative<std::function<std::string()>>(response.body));
  EXPECT_EQ(Body(response)["items"].size(), 20U);
}

TEST_F(ReadsTest, LargeListsShowWhatChangedSinceTheLastOne) {
  for (int i = 0; i < 30; ++i) Make({"p" + std::to_string(i)});
  const std::string before = Text(Send("GET", kPods));
  EXPECT_EQ(Text(Send("GET", kPods)), before);
  const Sent patch{R"({"metadata":{"labels":{"app":"b"}}})", "application/merge-patch+json", ""};
  EXPECT_EQ(Send("PATCH", std::string(kPods) + "/p7", patch).status, 200);
  EXPECT_EQ(Send("DELETE", std::string(kPods) + "/p9").status, 200);
  const Json after = Body(Send("GET", kPods));
  EXPECT_EQ(after["items"].size(), 29U);
  for (const Json& item : after["items"]) {
    EXPECT_EQ(item, Body(Send("GET", std::string(kPods) + "/" + item["metadata"]["name"].get<std::string>())));
  }
  EXPECT_THAT(Names(List("?labelSelector=app%3Db")), ElementsAre("p7"));
}

}  // namespace
}  // namespace ordinal::apiserver::rest
