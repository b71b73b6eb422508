// Lists that copy what did not change: always what a list made anew shows.
#include "agent/apiserver/rest/list_texts.h"

#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

using api::Object;

class ListTextsTest : public testing::Test {
 protected:
  Object Pod(const std::string& name, uint64_t revision, size_t bytes = 10) {
    Json body = PodBody(name);
    body["metadata"]["annotations"]["text"] = std::string(bytes, 'x') + std::to_string(revision);
    return Object(std::move(body)).WithRevision(revision);
  }
  std::vector<Object> Pods(size_t count, size_t bytes = 10) {
    std::vector<Object> pods;
    for (size_t i = 0; i < count; ++i) pods.push_back(Pod("p" + std::to_string(i), i + 1, bytes));
    return pods;
  }
  View As(Accept::Form form, std::string version = "v1") {
    View view{api::FindKind("Pod"), std::move(version), {}, {}};
    view.accept.form = form;
    return view;
  }
  void ExpectSame(const View& view, const std::vector<Object>& items) {
    const ListMeta meta{++revision_, "", 0};
    EXPECT_EQ(texts_.Show(view, items, meta), ShowList(view, items, meta));
  }

  ListTexts texts_;
  uint64_t revision_ = 5000;
  const View objects_ = As(Accept::Form::kObject);
};

TEST_F(ListTextsTest, ShowsEveryChange) {
  std::vector<Object> pods = Pods(100);
  ExpectSame(objects_, pods);
  ExpectSame(objects_, pods);
  pods[40] = Pod("p40", 200);
  ExpectSame(objects_, pods);
  pods.erase(pods.begin() + 3);
  ExpectSame(objects_, pods);
  pods.insert(pods.begin() + 60, Pod("new", 201));
  ExpectSame(objects_, pods);
  pods[40] = Pod("p40", 202);
  ExpectSame(objects_, pods);
  ExpectSame(objects_, {});
}

TEST_F(ListTextsTest, AListShowsItsOwnItemsOnly) {
  const std::vector<Object> pods = Pods(100);
  ExpectSame(objects_, pods);
  ExpectSame(objects_, {pods[7], pods[50]});
  ExpectSame(objects_, {Pod("other", 300)});
  ExpectSame(objects_, pods);
}

TEST_F(ListTextsTest, FormsAreKeptApart) {
  const std::vector<Object> pods = Pods(30);
  for (int round = 0; round < 2; ++round) {
    for (const auto form : {Accept::Form::kObject, Accept::Form::kPartial, Accept::Form::kTable}) {
      ExpectSame(As(form), pods);
    }
    View beta = As(Accept::Form::kPartial);
    beta.accept.version = "v1beta1";
    ExpectSame(beta, pods);
  }
}

TEST_F(ListTextsTest, TheAgesOfATableGoOn) {
  Json body = PodBody("a");
  body["metadata"]["creationTimestamp"] = "2026-01-01T00:00:00Z";
  const std::vector<Object> pods = {Object(std::move(body)).WithRevision(1)};
  View table = As(Accept::Form::kTable);
  for (int second = 0; second < 3; ++second) {
    table.now = *ParseTime("2026-01-01T00:00:01Z") + std::chrono::seconds(second);
    ExpectSame(table, pods);
  }
}

TEST_F(ListTextsTest, AnObjectThatWasNeverStoredHasNoTextToKeep) {
  ExpectSame(objects_, {Pod("a", 0, 10), Pod("b", 0, 20)});
  ExpectSame(objects_, {Pod("b", 0, 20), Pod("a", 0, 10)});
}

TEST_F(ListTextsTest, AreBounded) {
  constexpr size_t kMany = 100;
  const size_t third = ListTexts::kMostBytes / 3 / kMany;
  const std::vector<Object> pods = Pods(kMany, third);
  ExpectSame(objects_, pods);
  EXPECT_GE(texts_.bytes(), third * kMany);
  for (const char* version : {"a", "b", "c", "d"}) {
    View partial = As(Accept::Form::kPartial);
    partial.accept.version = version;
    ExpectSame(partial, pods);
    EXPECT_LE(texts_.bytes(), ListTexts::kMostBytes);
  }
  texts_.Forget();
  ExpectSame(objects_, Pods(kMany, 4 * third));
  EXPECT_EQ(texts_.bytes(), 0U);
}

TEST(ListsTest, AreForgottenWhenNobodyLists) {
  asio::io_context io;
  fakes::FakeClock clock(io);
  Lists lists(clock);
  const std::vector<Object> pods = {Object(PodBody("a")).WithRevision(1)};
  const View view{api::FindKind("Pod"), "v1", {}, {}};
  lists.Use()->Show(view, pods, {});
  clock.Advance(Lists::kKept / 2);
  EXPECT_GT(lists.Use()->bytes(), 0U);
  clock.Advance(Lists::kKept / 2);
  const auto texts = lists.Use();
  EXPECT_GT(texts->bytes(), 0U);
  clock.Advance(Lists::kKept);
  EXPECT_EQ(texts->bytes(), 0U);
}

}  // namespace
}  // namespace ordinal::apiserver::rest
