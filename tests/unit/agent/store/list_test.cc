// Lists of a page, of the past, and by field; watches that are interrupted.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "agent/store/memory/memory_store.h"
#include "tests/fakes/run_task.h"

namespace ordinal::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ListTest : public testing::Test {
 protected:
  template <class T>
  T Run(Task<T> task) {
    return RunTask(io_, std::move(task));
  }
  static Json Body(const std::string& ns, const std::string& name, const std::string& phase) {
    Json body = {{"apiVersion", "v1"}, {"kind", "Pod"}};
    body["metadata"] = {{"namespace", ns}, {"name", name}};
    body["status"]["phase"] = phase;
    return body;
  }
  uint64_t Put(const std::string& ns, const std::string& name, const std::string& phase) {
    return Run(store_.Create(Object(Body(ns, name, phase)))).value().revision();
  }
  uint64_t Change(const std::string& ns, const std::string& name, const std::string& phase) {
    return Run(store_.Update(Object(Body(ns, name, phase)))).value().revision();
  }
  uint64_t Remove(const std::string& ns, const std::string& name) {
    return Run(store_.Delete(ObjectKey{"Pod", ns, name}, Preconditions())).value().revision();
  }
  /// "ns/name phase" of each item.
  std::vector<std::string> List(const ListOptions& options) {
    std::vector<std::string> items;
    const ListResult listed = Run(store_.List("Pod", options)).value();
    for (const Object& item : listed.items) {
      items.push_back(item.ns() + "/" + item.name() + " " + item.body()["status"]["phase"].get<std::string>());
    }
    return items;
  }

  asio::io_context io_;
  MemoryStore store_{HistoryLimits{8, 1024 * 1024}};
};

TEST_F(ListTest, APageStartsBehindTheLastOneAndCountsTheRest) {
  for (const char* name : {"a", "b", "c"}) Put("x", name, "P");
  Put("y", "a", "P");
  ListOptions options;
  options.limit = 2;
  const ListResult first = Run(store_.List("Pod", options)).value();
  EXPECT_EQ(first.items.size(), 2U);
  EXPECT_EQ(first.remaining, 2U);
  options.after = first.items.back().key();
  EXPECT_THAT(List(options), ElementsAre("x/c P", "y/a P"));
  options.ns = "y";
  EXPECT_THAT(List(options), ElementsAre("y/a P"));
  options.after = ObjectKey{"", "y", "a"};
  EXPECT_THAT(List(options), IsEmpty());
}

TEST_F(ListTest, AfterAPlaceOfALaterNamespaceThereIsNothing) {
  Put("x", "a", "P");
  Put("x", "b", "P");
  Put("y", "a", "P");
  const uint64_t then = Put("z", "a", "P");
  Put("z", "b", "P");
  for (const char* ns : {"x/", "y", "z", "zz"}) {
    ListOptions options;
    options.ns = "x";
    options.after = ObjectKey{"", ns, "a"};
    for (const uint64_t limit : {0, 1}) {
      for (const char* field : {"", "metadata.name=b"}) {
        SCOPED_TRACE(fmt::format("{} limit {} {}", ns, limit, field));
        options.limit = limit;
        options.fields = FieldSelector::Parse(field, *api::FindKind("Pod")).value();
        options.at.reset();
        EXPECT_THAT(List(options), IsEmpty());
        EXPECT_EQ(Run(store_.List("Pod", options)).value().remaining, 0U);
        options.at = then;
        EXPECT_THAT(List(options), IsEmpty());
      }
    }
  }
}

TEST_F(ListTest, ThePastIsListedAsItWas) {
  Put("x", "a", "P");
  Put("x", "b", "P");
  const uint64_t then = Change("x", "b", "Q");
  Change("x", "b", "R");
  Remove("x", "a");
  Put("x", "c", "P");
  ListOptions options;
  options.at = then;
  EXPECT_THAT(List(options), ElementsAre("x/a P", "x/b Q"));
  EXPECT_EQ(Run(store_.List("Pod", options)).value().revision, then);
  EXPECT_THAT(List({}), ElementsAre("x/b R", "x/c P"));
}

TEST_F(ListTest, WhatIsForgottenOrToComeCannotBeListed) {
  const uint64_t first = Put("x", "a", "P");
  for (int i = 0; i < 12; ++i) Change("x", "a", std::to_string(i));
  ListOptions options;
  options.at = first;
  EXPECT_EQ(Run(store_.List("Pod", options)).error().code, ErrorCode::kExpired);
  options.at = 1000;
  const auto future = Run(store_.List("Pod", options));
  EXPECT_EQ(future.error().code, ErrorCode::kDeadlineExceeded);
  EXPECT_EQ(future.error().reason, "ResourceVersionTooLarge");
}

TEST_F(ListTest, AnInterruptedWatchReturnsWithNothingAndGoesOn) {
  auto watch = Run(store_.StartWatch("Pod", {}, 0)).value();
  watch->Interrupt();
  EXPECT_THAT(Run(watch->Next()).value(), IsEmpty());
  EXPECT_EQ(watch->revision(), 0U);
  const uint64_t revision = Put("x", "a", "P");
  EXPECT_EQ(Run(watch->Next()).value().size(), 1U);
  EXPECT_EQ(watch->revision(), revision);
}

TEST_F(ListTest, WatchesByFieldSeeObjectsComeAndGo) {
  ListOptions options;
  options.fields = FieldSelector::Parse("metadata.name=a", *api::FindKind("Pod")).value();
  auto watch = Run(store_.StartWatch("Pod", options, 0)).value();
  Put("x", "a", "P");
  Put("x", "b", "P");
  Remove("x", "a");
  std::vector<std::string> names;
  const auto events = Run(watch->Next()).value();
  for (const WatchEvent& event : events) names.push_back(event.object.name());
  EXPECT_THAT(names, ElementsAre("a", "a"));
}

struct FieldCase {
  const char* selector;
  bool matches;  // a pod x/a on no node
};

TEST(FieldSelectorTest, MatchesByTheValueAsText) {
  const Object pod(Json::parse(R"({"kind":"Pod","metadata":{"namespace":"x","name":"a,b"},"spec":{}})"));
  const std::vector<FieldCase> cases = {
      {"", true},
      {"metadata.namespace=x", true},
      {"metadata.namespace==x", true},
      {"metadata.namespace!=x", false},
      {R"(metadata.name=a\,b)", true},
      {R"(metadata.name=a\,b,metadata.namespace=y)", false},
      {"metadata.name=", false},
      {"metadata.name!=", true},
  };
  for (const FieldCase& c : cases) {
    const auto selector = FieldSelector::Parse(c.selector, *api::FindKind("Pod"));
    ASSERT_TRUE(selector.ok()) << c.selector;
    EXPECT_EQ(selector->Matches(pod), c.matches) << c.selector;
  }
}

TEST(FieldSelectorTest, FaultsAreBadRequests) {
  for (const char* text : {"spec.nosuch=x", "metadata.name", "=x", R"(metadata.name=\x)", "metadata.name=a=b"}) {
    const auto selector = FieldSelector::Parse(text, *api::FindKind("Pod"));
    ASSERT_FALSE(selector.ok()) << text;
    EXPECT_EQ(selector.error().reason, "BadRequest") << text;
  }
}

}  // namespace
}  // namespace ordinal::store
