// Watches as a client reads them.
#include <gmock/gmock.h>

#include <algorithm>
#include <optional>

#include "agent/apiserver/watch/pace.h"
#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Lines(const std::vector<Json>& events) {
  std::vector<std::string> lines;
  for (const Json& event : events) {
    const Json& metadata = event["object"]["metadata"];
    lines.push_back(event["type"].get<std::string>() + " " + api::ReadString(metadata, "name"));
  }
  return lines;
}

class WatchTest : public RestFixture {
 protected:
  http::Response Watch(const std::string& query) { return Send("GET", std::string(kPods) + "?watch=true" + query); }
  void Make(const std::string& name, const std::string& app = "a") {
    EXPECT_EQ(Post(kPods, PodBody(name, app)).status, 201);
  }
  void Label(const std::string& name, const std::string& app) {
    const std::string patch = R"({"metadata":{"labels":{"app":")" + app + R"("}}})";
    EXPECT_EQ(Send("PATCH", std::string(kPods) + "/" + name, Sent{patch, "application/merge-patch+json", ""}).status,
              200);
  }
  std::string Revision() { return Body(Send("GET", kPods))["metadata"]["resourceVersion"]; }
};

TEST_F(WatchTest, WithoutARevisionTheStateComesFirst) {
  Make("a");
  for (const char* query : {"", "&resourceVersion=0"}) {
    const http::Response watch = Watch(query);
    EXPECT_THAT(Lines(Events(watch)), ElementsAre("ADDED a"));
    Label("a", query[0] == '\0' ? "x" : "y");
    EXPECT_THAT(Lines(Events(watch)), ElementsAre("MODIFIED a"));
  }
}

TEST_F(WatchTest, WithARevisionOnlyWhatCameAfterIt) {
  Make("a");
  const std::string revision = Revision();
  Make("b");
  EXPECT_EQ(Send("DELETE", std::string(kPods) + "/a").status, 200);
  const auto events = Events(Watch("&resourceVersion=" + revision));
  EXPECT_THAT(Lines(events), ElementsAre("ADDED b", "DELETED a"));
  EXPECT_EQ(events[1]["object"]["metadata"]["resourceVersion"], Revision());
}

TEST_F(WatchTest, SelectorsTurnChangesIntoComingAndGoing) {
  const http::Response labelled = Watch("&labelSelector=app%3Dx&resourceVersion=" + Revision());
  Make("a", "y");
  Label("a", "x");
  Label("a", "z");
  EXPECT_THAT(Lines(Events(labelled)), ElementsAre("ADDED a", "DELETED a"));
  const http::Response named = Send("GET", "/api/v1/watch/namespaces/default/pods/b");
  Make("c");
  Make("b");
  EXPECT_THAT(Lines(Events(named)), ElementsAre("ADDED b"));
}

TEST_F(WatchTest, InitialEventsEndWithAMarkedBookmark) {
  Make("a");
  const std::string query = "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
  const auto events = Events(Watch(query + "&allowWatchBookmarks=true"));
  EXPECT_THAT(Lines(events), ElementsAre("ADDED a", "BOOKMARK "));
  const Json& metadata = events[1]["object"]["metadata"];
  EXPECT_EQ(metadata["annotations"]["k8s.io/initial-events-end"], "true");
  EXPECT_EQ(metadata["resourceVersion"], Revision());
  EXPECT_EQ(Watch("&sendInitialEvents=true").status, 422);
  EXPECT_EQ(
      Body(Watch("&sendInitialEvents=true"))["message"],
      "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting "
      "resourceVersionMatch to NotOlderThan");
  EXPECT_EQ(Body(Watch("&resourceVersionMatch=Exact"))["message"],
            "ListOptions.meta.k8s.io \"\" is invalid: [resourceVersionMatch: Forbidden: resourceVersionMatch is "
            "forbidden for watch unless sendInitialEvents is provided, resourceVersionMatch: Unsupported value: "
            "\"Exact\": supported values: \"NotOlderThan\"]");
  EXPECT_THAT(
      Events(Watch("&sendInitialEvents=false&resourceVersionMatch=NotOlderThan&timeoutSeconds=1&resourceVersion=" +
                   std::to_string(std::stoul(Revision()) - 1))),
      testing::SizeIs(1));
}

TEST_F(WatchTest, AQuietWatchSaysWhereItIs) {
  const http::Response watch = Watch("&allowWatchBookmarks=true&resourceVersion=" + Revision());
  EXPECT_EQ(Post("/api/v1/namespaces", Json::parse(R"({"apiVersion":"v1","kind":"Namespace",
      "metadata":{"name":"other"}})"))
                .status,
            201);
  clock_.Advance(std::chrono::minutes(1));
  const auto events = Events(watch);
  EXPECT_THAT(Lines(events), ElementsAre("BOOKMARK "));
  EXPECT_EQ(events[0]["object"]["kind"], "Pod");
  EXPECT_EQ(events[0]["object"]["metadata"]["resourceVersion"], Revision());
}

TEST_F(WatchTest, EndsAfterItsTimeout) {
  const http::Response watch = Watch("&timeoutSeconds=5&resourceVersion=" + Revision());
  Make("a");
  EXPECT_THAT(Lines(Events(watch)), ElementsAre("ADDED a"));
  clock_.Advance(std::chrono::seconds(5));
  EXPECT_THAT(Events(watch), IsEmpty());
}

TEST_F(WatchTest, SaysWhenItHasSomething) {
  Make("a");
  const http::Response watch = Watch("&allowWatchBookmarks=true&timeoutSeconds=90");
  auto stream = std::get<std::shared_ptr<http::Stream>>(watch.body);
  int told = 0;
  const auto ask = [&] {
    stream->WhenReady([&told] { ++told; });
    clock_.Advance(watch::Pace::kLongest);
  };
  ask();
  EXPECT_EQ(told, 1);
  EXPECT_THAT(Lines(Events(watch)), ElementsAre("ADDED a"));
  ask();
  EXPECT_EQ(told, 1);
  Make("b");
  EXPECT_EQ(told, 2);
  EXPECT_THAT(Lines(Events(watch)), ElementsAre("ADDED b"));
  ask();
  clock_.Advance(std::chrono::seconds(59));
  EXPECT_EQ(told, 2);
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_EQ(told, 3);
  EXPECT_THAT(Lines(Events(watch)), ElementsAre("BOOKMARK "));
  ask();
  clock_.Advance(std::chrono::seconds(30));
  EXPECT_EQ(told, 4);
  EXPECT_THAT(Lines(Events(watch)), ElementsAre("BOOKMARK "));
  EXPECT_THAT(Events(watch), IsEmpty());
}

TEST_F(WatchTest, SaysThatItIsClosed) {
  const http::Response watch = Watch("&resourceVersion=" + Revision());
  auto stream = std::get<std::shared_ptr<http::Stream>>(watch.body);
  bool told = false;
  stream->WhenReady([&told] { told = true; });
  EXPECT_FALSE(told);
  stream->Close();
  EXPECT_TRUE(told);
}

TEST_F(WatchTest, AClosedOneLetsItsReaderGo) {
  const http::Response watch = Watch("&resourceVersion=" + Revision());
  auto stream = std::get<std::shared_ptr<http::Stream>>(watch.body);
  asio::post(io_, [stream] { stream->Close(); });
  const auto piece = RunTask(io_, stream->Next());
  ASSERT_FALSE(piece.ok());
  EXPECT_EQ(piece.error().code, ErrorCode::kCancelled);
}

TEST_F(WatchTest, OneThatFallsBehindIsToldToListAgain) {
  const http::Response watch = Watch("&resourceVersion=" + Revision());
  for (int i = 0; i < 30; ++i) Make("p" + std::to_string(i));
  const auto events = Events(watch);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0]["type"], "ERROR");
  EXPECT_EQ(events[0]["object"]["code"], 410);
  EXPECT_THAT(Events(watch), IsEmpty());
}

TEST_F(WatchTest, TablesHaveTheirColumnsOnce) {
  Make("a");
  const Sent table{"", "", "application/json;as=Table;v=v1;g=meta.k8s.io"};
  const http::Response watch = Send("GET", std::string(kPods) + "?watch=true", table);
  const auto first = Events(watch);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0]["object"]["kind"], "Table");
  EXPECT_TRUE(first[0]["object"]["columnDefinitions"].is_array());
  EXPECT_EQ(first[0]["object"]["rows"][0]["cells"][0], "a");
  Make("b");
  EXPECT_TRUE(Events(watch)[0]["object"]["columnDefinitions"].is_null());
}

TEST_F(WatchTest, AnEventThatIsLargeGoesAloneAndIsHeldOnceForAll) {
  const std::string after = "&resourceVersion=" + Revision();
  const http::Response watches[] = {Watch(after), Watch(after)};
  const auto make = [this](const std::string& name, size_t bytes) {
    Json body = PodBody(name);
    body["metadata"]["annotations"]["a"] = std::string(bytes, 'x');
    EXPECT_EQ(Post(kPods, body).status, 201);
  };
  make("a", 1);
  make("b", 1);
  make("c", 20'000);
  make("d", 9'000);
  make("e", 9'000);
  const std::vector<std::vector<std::string>> pieces = {{"ADDED a", "ADDED b"}, {"ADDED c"}, {"ADDED d"}, {"ADDED e"}};
  for (const auto& lines : pieces) {
    http::SharedText texts[2];
    for (size_t i = 0; i < 2; ++i) {
      auto& stream = *std::get<std::shared_ptr<http::Stream>>(watches[i].body);
      clock_.Advance(watch::Pace::kLongest);
      texts[i] = *RunTask(io_, stream.NextShared());
    }
    EXPECT_EQ(*texts[0], *texts[1]);
    EXPECT_EQ(texts[0] == texts[1], lines.size() == 1);
    for (const std::string& line : lines) {
      EXPECT_NE(texts[0]->find("\"name\":\"" + line.substr(6) + "\""), std::string::npos) << line;
    }
    EXPECT_EQ(std::count(texts[0]->begin(), texts[0]->end(), '\n'), lines.size());
  }
}

/// Many watches of the same pods, each of which has just had a change.
class ManyWatchesTest : public WatchTest {
 protected:
  static constexpr size_t kWatches = 100;

  ManyWatchesTest() {
    const std::string revision = Revision();
    for (size_t i = 0; i < kWatches; ++i) {
      const http::Response watch = Watch("&resourceVersion=" + revision);
      streams_.push_back(std::get<std::shared_ptr<http::Stream>>(watch.body));
    }
    Make("first");
    for (const auto& stream : streams_) EXPECT_TRUE(RunTask(io_, stream->Next()).ok());
  }
  /// Asks each for its next piece, which is kept when it comes.
  void AskAll() {
    pieces_.assign(kWatches, std::nullopt);
    for (size_t i = 0; i < kWatches; ++i) Spawn(io_.get_executor(), "reader", Ask(i));
    clock_.Advance(Duration::zero());
  }
  Task<void> Ask(size_t i) { pieces_[i] = co_await streams_[i]->Next(); }
  size_t Came() const {
    return std::count_if(pieces_.begin(), pieces_.end(), [](const auto& piece) { return piece.has_value(); });
  }

  std::vector<std::shared_ptr<http::Stream>> streams_;
  std::vector<std::optional<Result<std::string>>> pieces_;
};

TEST_F(ManyWatchesTest, SendWhatCameMeanwhileInOnePiece) {
  AskAll();
  Make("b");
  Make("c");
  clock_.Advance(watch::Pace::kPerPiece * kWatches - std::chrono::milliseconds(1));
  EXPECT_EQ(Came(), 0U);
  clock_.Advance(std::chrono::milliseconds(1));
  ASSERT_EQ(Came(), kWatches);
  for (const auto& piece : pieces_) {
    ASSERT_TRUE(piece->ok());
    EXPECT_EQ(std::count((*piece)->begin(), (*piece)->end(), '\n'), 2);
    EXPECT_EQ(**piece, **pieces_.front());
  }
}

TEST_F(ManyWatchesTest, HaveNothingToSendUntilWhatWasSentIsPaidFor) {
  size_t ready = 0;
  for (const auto& stream : streams_) stream->WhenReady([&ready] { ++ready; });
  Make("b");
  clock_.Advance(watch::Pace::kPerPiece * kWatches - std::chrono::milliseconds(1));
  EXPECT_EQ(ready, 0U);
  clock_.Advance(std::chrono::milliseconds(1));
  ASSERT_EQ(ready, kWatches);
  // And then each has had its turn.
  AskAll();
  EXPECT_EQ(Came(), kWatches);
  for (const auto& stream : streams_) stream->WhenReady([&ready] { ++ready; });
  clock_.Advance(watch::Pace::kLongest);
  EXPECT_EQ(ready, kWatches);
  Make("c");
  EXPECT_EQ(ready, 2 * kWatches);
  AskAll();
  EXPECT_EQ(Came(), kWatches);
  // Who asks after a pause has had its turn at once.
  clock_.Advance(watch::Pace::kLongest);
  for (const auto& stream : streams_) stream->WhenReady([&ready] { ++ready; });
  Make("d");
  EXPECT_EQ(ready, 3 * kWatches);
  AskAll();
  EXPECT_EQ(Came(), kWatches);
}

TEST_F(ManyWatchesTest, SendTheNextChangeAtOnceAfterAPause) {
  AskAll();
  clock_.Advance(watch::Pace::kLongest);
  EXPECT_EQ(Came(), 0U);
  Make("b");
  clock_.Advance(Duration::zero());
  EXPECT_EQ(Came(), kWatches);
}

TEST_F(ManyWatchesTest, AreClosedWithoutAWait) {
  AskAll();
  for (const auto& stream : streams_) stream->Close();
  clock_.Advance(Duration::zero());
  ASSERT_EQ(Came(), kWatches);
  for (const auto& piece : pieces_) EXPECT_EQ(piece->error().code, ErrorCode::kCancelled);
}

TEST_F(ManyWatchesTest, AreToldToListAgainWhenTheyFallBehind) {
  AskAll();
  for (int i = 0; i < 30; ++i) Make("p" + std::to_string(i));
  clock_.Advance(watch::Pace::kLongest);
  ASSERT_EQ(Came(), kWatches);
  for (const auto& piece : pieces_) EXPECT_NE((*piece)->find("\"code\":410"), std::string::npos);
}

TEST_F(ManyWatchesTest, ShowEachItsOwnFormAndSelection) {
  const std::string revision = Revision();
  const http::Response named = Watch("&fieldSelector=metadata.name%3Dc&resourceVersion=" + revision);
  const Sent metadata{"", "", "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"};
  const http::Response partial = Send("GET", std::string(kPods) + "?watch=true&resourceVersion=" + revision, metadata);
  Make("b");
  Make("c");
  AskAll();
  clock_.Advance(watch::Pace::kLongest);
  ASSERT_EQ(Came(), kWatches);
  EXPECT_NE((*pieces_.front())->find("\"kind\":\"Pod\""), std::string::npos);
  EXPECT_THAT(Lines(Events(named)), ElementsAre("ADDED c"));
  const auto events = Events(partial);
  EXPECT_THAT(Lines(events), ElementsAre("ADDED b", "ADDED c"));
  EXPECT_EQ(events[0]["object"]["kind"], "PartialObjectMetadata");
  EXPECT_FALSE(events[0]["object"].contains("spec"));
}

}  // namespace
}  // namespace ordinal::apiserver::rest
