#include "dns/snapshot/source.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "tests/unit/dns/dns_fixture.h"
#include "tests/unit/dns/snapshot_text.h"

namespace ordinal::dns::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using wire::Type;

constexpr const char* kZone = "cluster.local";

/// A headless service of one pod in the namespace "shop".
ServiceEntry OnePod(const std::string& name, const std::string& address) {
  return {.ns = "shop", .name = name, .headless = true, .endpoints = {{name + "-0", {address}, {{"http", "tcp", 80}}}}};
}

const Node* FindText(const Snapshot& snapshot, std::string_view name) { return snapshot.Find(NameOf(name).wire()); }

std::vector<std::string> Pointers(const Snapshot& snapshot, std::string_view name) {
  return ToTexts(ResolveMessage(snapshot, Ask(name, Type::kPtr)).reply.answers);
}

TEST(SnapshotSource, AnEqualServiceChangesNothing) {
  SnapshotSource source(kZone);
  EXPECT_TRUE(source.changed()) << "nothing was published";
  source.SetService(OnePod("db", "10.244.0.3"));
  const auto first = source.Publish(1);
  EXPECT_FALSE(source.changed());
  source.SetService(OnePod("db", "10.244.0.3"));
  source.AddNamespace("default");
  source.RemoveService("shop", "no-such");
  source.RemoveNamespace("no-such");
  const auto before = source.work();
  const auto second = source.Publish(2);
  EXPECT_EQ(source.work().services, before.services);
  EXPECT_EQ(source.work().index_parts, before.index_parts);
  EXPECT_EQ(second->serial(), 2U);
  first->ForEach([&](const Node& node) { EXPECT_EQ(second->Find(node.name), &node); });
}

TEST(SnapshotSource, SuccessiveSnapshotsShareWhatDidNotChange) {
  SnapshotSource source(kZone);
  source.SetService(OnePod("db", "10.244.0.3"));
  source.SetService(OnePod("web", "10.244.0.4"));
  const auto first = source.Publish(1);
  source.SetService(OnePod("web", "10.244.0.5"));
  const auto second = source.Publish(2);
  for (const char* name : {"cluster.local", "shop.svc.cluster.local", "db.shop.svc.cluster.local",
                           "db-0.db.shop.svc.cluster.local", "3.0.244.10.in-addr.arpa"}) {
    EXPECT_NE(FindText(*first, name), nullptr) << name;
    EXPECT_EQ(FindText(*first, name), FindText(*second, name)) << name;
  }
  EXPECT_NE(FindText(*first, "web.shop.svc.cluster.local"), FindText(*second, "web.shop.svc.cluster.local"));
  EXPECT_EQ(FindText(*second, "4.0.244.10.in-addr.arpa"), nullptr);
  EXPECT_NE(FindText(*first, "4.0.244.10.in-addr.arpa"), nullptr);
  EXPECT_EQ(&first->search(), &second->search());
}

TEST(SnapshotSource, AChangeCostsTheSameAmongAnyNumberOfServices) {
  for (const int others : {10, 1000, 10000}) {
    SnapshotSource source(kZone);
    for (int i = 0; i < others; ++i) {
      const std::string address = "10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250);
      source.SetService(OnePod("other-" + std::to_string(i), address));
    }
    source.SetService(OnePod("web", "10.244.0.4"));
    source.Publish(1);
    const auto before = source.work();
    source.SetService(OnePod("web", "10.244.0.5"));
    source.Publish(2);
    const auto after = source.work();
    EXPECT_EQ(after.services - before.services, 1U);
    // web, web-0.web, _tcp.web, _http._tcp.web are compiled anew, one reverse name comes and one goes.
    EXPECT_EQ(after.names - before.names, 6U);
    EXPECT_LE(after.index_parts - before.index_parts, 6U * 8) << others << " others";
  }
}

TEST(SnapshotSource, ANamespaceExistsWhileItIsAddedOrAServiceIsInIt) {
  SnapshotSource source(kZone);
  const auto exists = [&](std::string_view ns) {
    const auto snapshot = source.Publish(1);
    const std::string name = std::string(ns) + ".svc.cluster.local";
    const auto& search = snapshot->search();
    const bool searched = std::find(search.begin(), search.end(), NameOf(name).wire()) != search.end();
    EXPECT_EQ(searched, FindText(*snapshot, name) != nullptr) << name;
    return searched;
  };
  EXPECT_TRUE(exists("default"));
  EXPECT_FALSE(exists("shop"));
  source.SetService(OnePod("db", "10.244.0.3"));
  EXPECT_TRUE(exists("shop"));
  source.AddNamespace("shop");
  source.AddNamespace("shop");
  source.RemoveService("shop", "db");
  EXPECT_TRUE(exists("shop"));
  source.RemoveNamespace("shop");
  source.RemoveNamespace("default");
  EXPECT_FALSE(exists("shop"));
  EXPECT_TRUE(exists("default"));
  // A headless service without endpoints has no name, its namespace has.
  source.SetService({.ns = "shop", .name = "idle", .headless = true});
  EXPECT_TRUE(exists("shop"));
}

TEST(SnapshotSource, AnAddressOfSeveralServicesHasAllTheirNames) {
  SnapshotSource source(kZone);
  source.SetService(OnePod("web", "10.244.0.3"));
  source.SetService(OnePod("db", "10.244.0.3"));
  const char* name = "3.0.244.10.in-addr.arpa";
  const std::string web = std::string(name) + ". 5 IN PTR web-0.web.shop.svc.cluster.local.";
  const std::string db = std::string(name) + ". 5 IN PTR db-0.db.shop.svc.cluster.local.";
  const auto both = source.Publish(1);
  EXPECT_THAT(Pointers(*both, name), ElementsAre(db, web)) << "whichever came first";
  source.RemoveService("shop", "db");
  const auto one = source.Publish(2);
  EXPECT_THAT(Pointers(*one, name), ElementsAre(web));
  source.RemoveService("shop", "web");
  EXPECT_EQ(FindText(*source.Publish(3), name), nullptr);
  EXPECT_THAT(Pointers(*both, name), ElementsAre(db, web));
}

TEST(SnapshotSource, WhatIsLeftOutIsSaidOnce) {
  SnapshotSource source(kZone);
  source.SetService(OnePod("db", "no-address"));
  source.AddNamespace(std::string(64, 'n'));
  source.Publish(1);
  EXPECT_THAT(source.problems(), ElementsAre(HasSubstr("nnnn"), HasSubstr("shop/db: \"no-address\"")));
  source.SetService(OnePod("web", "10.244.0.3"));
  source.Publish(2);
  EXPECT_THAT(source.problems(), IsEmpty());
}

TEST(SnapshotSource, IsChangedWhileOthersReadWhatItPublished) {
  SnapshotSource source(kZone);
  for (int i = 0; i < 100; ++i) source.SetService(OnePod("s" + std::to_string(i), "10.244.0." + std::to_string(i)));
  std::shared_ptr<const Snapshot> shown = source.Publish(1);
  std::mutex mutex;
  std::atomic<bool> over = false;
  std::atomic<size_t> read = 0;
  std::thread reader([&] {
    while (!over) {
      std::unique_lock lock(mutex);
      const std::shared_ptr<const Snapshot> snapshot = shown;
      lock.unlock();
      read += TextOf(*snapshot).size();
    }
  });
  for (uint32_t serial = 2; serial < 300 || read == 0; ++serial) {
    source.SetService(OnePod("s" + std::to_string(serial % 100), "10.244.1." + std::to_string(serial % 250)));
    const auto next = source.Publish(serial);
    const std::lock_guard lock(mutex);
    shown = next;
  }
  over = true;
  reader.join();
}

}  // namespace
}  // namespace ordinal::dns::testing
