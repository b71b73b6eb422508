// Who owns what after creates and updates, against managedFields that a real API server recorded.
#include <gmock/gmock.h>

#include <fstream>

#include "agent/api/patch/apply.h"
#include "agent/api/patch/owners.h"

namespace ordinal::api {
namespace {

WallTime At(int second) { return WallTime(std::chrono::seconds(1'800'000'000 + second)); }

const KindInfo& Kind(const std::string& name) {
  const KindInfo* kind = FindKind(name);
  EXPECT_NE(kind, nullptr) << name;
  return *kind;
}

Json Recorded() {
  std::ifstream file(std::string(ORDINAL_TEST_DATA) + "/patch/managed_fields.json");
  EXPECT_TRUE(file.good());
  return Json::parse(file);
}

/// The entries without their times.
Json Timeless(const Json& body) {
  Json entries = Member(Member(body, "metadata"), "managedFields");
  for (auto& entry : entries) entry.erase("time");
  return entries;
}

Json WithoutOwners(Json body) {
  body["metadata"].erase("managedFields");
  return body;
}

TEST(TrackUpdate, RecordsWhatTheReferenceRecords) {
  for (const Json& recorded : Recorded()) {
    SCOPED_TRACE(recorded["name"]);
    // Given an object that was created by its first manager, and whose status others wrote afterwards
    const Json& object = recorded["object"];
    const Owners owners = ReadOwners(object);
    ASSERT_FALSE(owners.empty());
    Json created = WithoutOwners(object);
    created.erase("status");
    Json now;
    int second = 0;
    for (const Owner& owner : owners) {
      // When each of them writes its part
      const KindInfo& kind = Kind(object["kind"]);
      const FieldWriter manager{owner.manager, owner.api_version, owner.subresource};
      Json next = owner.subresource == "status" ? WithoutOwners(object) : created;
      now = TrackUpdate(kind, now, std::move(next), manager, At(second++));
    }
    // Then the entries are those of the recording
    EXPECT_EQ(Timeless(now), Timeless(object));
  }
}

TEST(TrackUpdate, ReadsAndWritesWhatTheReferenceWrote) {
  for (const Json& recorded : Recorded()) {
    Json object = recorded["object"];
    const Json before = object["metadata"]["managedFields"];
    WriteOwners(object, ReadOwners(object));
    EXPECT_EQ(object["metadata"]["managedFields"], before) << recorded["name"];
  }
}

Json Pod(std::string_view members) {
  return Json::parse(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","labels":{"a":"1"}},"spec":)" +
                     std::string(members) + "}");
}

/// "manager operation: path path" of each entry.
std::vector<std::string> Summary(const Json& body) {
  std::vector<std::string> lines;
  for (const Owner& owner : ReadOwners(body)) {
    std::string line = owner.manager + " " + owner.operation + ":";
    for (const auto& path : owner.fields.Paths()) line += " " + path;
    lines.push_back(std::move(line));
  }
  return lines;
}

TEST(TrackUpdate, MovesAChangedFieldToWhoChangedIt) {
  const KindInfo& kind = Kind("Pod");
  const Json created = TrackUpdate(kind, {}, Pod(R"({"hostname":"a","subdomain":"b"})"), {"one", "v1", ""}, At(0));
  EXPECT_THAT(Summary(created),
              testing::ElementsAre("one Update: .metadata.labels .metadata.labels.a .spec.hostname .spec.subdomain"));
  Json changed = created;
  changed["spec"]["hostname"] = "x";
  changed["metadata"]["labels"]["b"] = "2";
  changed = TrackUpdate(kind, created, changed, {"two", "v1", ""}, At(1));
  EXPECT_THAT(Summary(changed), testing::ElementsAre("one Update: .metadata.labels .metadata.labels.a .spec.subdomain",
                                                     "two Update: .metadata.labels.b .spec.hostname"));
  Json removed = changed;
  removed["spec"].erase("subdomain");
  removed["metadata"].erase("labels");
  removed = TrackUpdate(kind, changed, removed, {"three", "v1", ""}, At(2));
  EXPECT_THAT(Summary(removed), testing::ElementsAre("two Update: .spec.hostname"));
}

TEST(TrackUpdate, KeepsTimesWhereNothingChanged) {
  const KindInfo& kind = Kind("Pod");
  const Json created = TrackUpdate(kind, {}, Pod(R"({"hostname":"a"})"), {"one", "v1", ""}, At(0));
  EXPECT_EQ(TrackUpdate(kind, created, created, {"one", "v1", ""}, At(9)), created);
  EXPECT_EQ(TrackUpdate(kind, created, WithoutOwners(created), {"two", "v1", ""}, At(9)), created);
  EXPECT_EQ(created["metadata"]["managedFields"][0]["time"], FormatTime(At(0)));
}

TEST(TrackUpdate, LetsAClientWriteTheEntries) {
  const KindInfo& kind = Kind("Pod");
  const Json created = TrackUpdate(kind, {}, Pod(R"({"hostname":"a"})"), {"one", "v1", ""}, At(0));
  // As kubectl does when it moves from client-side to server-side apply, by a JSON patch.
  Json renamed = created;
  renamed["metadata"]["managedFields"][0]["manager"] = "kubectl";
  renamed["metadata"]["managedFields"][0]["operation"] = "Apply";
  renamed = TrackUpdate(kind, created, renamed, {"kubectl", "v1", ""}, At(1));
  EXPECT_THAT(Summary(renamed),
              testing::ElementsAre("kubectl Apply: .metadata.labels .metadata.labels.a .spec.hostname"));
  // Not through a subresource.
  EXPECT_EQ(TrackUpdate(kind, created, renamed, {"kubectl", "v1", "status"}, At(1)), created);
  // A list of one empty entry resets them.
  Json reset = created;
  reset["metadata"]["managedFields"] = Json::parse("[{}]");
  EXPECT_FALSE(TrackUpdate(kind, created, reset, {"kubectl", "v1", ""}, At(1))["metadata"].contains("managedFields"));
}

TEST(TrackUpdate, KeepsTenUpdaters) {
  const KindInfo& kind = Kind("Pod");
  Json now = Pod("{}");
  for (int i = 0; i < 15; ++i) {
    Json next = now;
    next["metadata"]["labels"]["l" + std::to_string(i)] = "x";
    next = TrackUpdate(kind, now, next, {"m" + std::to_string(i), "v1", ""}, At(i));
    now = std::move(next);
  }
  const Owners owners = ReadOwners(now);
  ASSERT_EQ(owners.size(), kMostUpdaters);
  EXPECT_EQ(owners.front().manager, "ancient-changes");
  EXPECT_EQ(owners.front().time, FormatTime(At(5)));
  EXPECT_THAT(owners.front().fields.Paths(), testing::Contains(".metadata.labels.l0"));
  EXPECT_THAT(owners.front().fields.Paths(), testing::Contains(".metadata.labels.l5"));
  EXPECT_EQ(owners[1].manager, "m6");
}

TEST(ManagerName, ComesFromTheParameterOrTheUserAgent) {
  EXPECT_EQ(*ManagerName("mine", "kubectl/v1.32.0 (linux/amd64)"), "mine");
  EXPECT_EQ(*ManagerName("", "kubectl/v1.32.0 (linux/amd64)"), "kubectl");
  EXPECT_EQ(*ManagerName("", "curl"), "curl");
  EXPECT_EQ(*ManagerName("", ""), "unknown");
  EXPECT_EQ(ManagerName("", std::string(500, 'x'))->size(), 128u);
  EXPECT_FALSE(ManagerName(std::string(129, 'x'), "").ok());
  EXPECT_FALSE(ManagerName("a\nb", "").ok());
}

TEST(FieldSet, IsReadFromAnythingAndWrittenBack) {
  const char* kept = R"({"f:a":{},"f:b":{".":{},"k:{\"name\":\"x\"}":{"f:c":{}}},"f:s":{"v:\"y\"":{}}})";
  const FieldSet set = FieldSet::FromJson(Json::parse(kept));
  EXPECT_EQ(set.ToJson(), Json::parse(kept));
  EXPECT_THAT(set.Paths(), testing::ElementsAre(".a", ".b", R"(.b[name="x"].c)", R"(.s[="y"])"));
  for (const char* odd : {"1", "null", "[]", R"({"x":{}})", R"({".":{}})", R"({"f:a":1})"}) {
    EXPECT_TRUE(FieldSet::FromJson(Json::parse(odd)).empty()) << odd;
  }
}

}  // namespace
}  // namespace ordinal::api
