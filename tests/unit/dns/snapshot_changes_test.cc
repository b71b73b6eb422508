// Whatever changed in whatever order: a snapshot answers what one built from nothing answers, and goes on to.
#include "tests/unit/dns/random_names.h"
#include "tests/unit/dns/snapshot_text.h"

namespace ordinal::dns::testing {
namespace {

constexpr const char* kChangedZone = "cluster.local";
constexpr uint32_t kSequences = 12;
constexpr uint32_t kSnapshots = 120;  // of one sequence
constexpr uint32_t kChanges = 3;      // between two of them, at most

std::map<std::string, std::string> WholeText(RandomNames& names, uint32_t serial) {
  SnapshotSource source(kChangedZone);
  names.Put(source);
  return TextOf(*source.Publish(serial));
}

TEST(SnapshotChanges, EndAtWhatIsBuiltWhole) {
  for (uint32_t seed = 1; seed <= kSequences; ++seed) {
    RandomNames names(seed);
    SnapshotSource source(kChangedZone);
    for (uint32_t serial = 1; serial <= kSnapshots; ++serial) {
      for (uint32_t change = 0; change <= serial % kChanges; ++change) names.Change(source);
      const auto snapshot = source.Publish(serial);
      ASSERT_EQ(TextOf(*snapshot), WholeText(names, serial)) << "sequence " << seed << ", snapshot " << serial;
    }
  }
}

TEST(SnapshotChanges, LeaveEarlierSnapshotsAsTheyAre) {
  for (uint32_t seed = 1; seed <= kSequences; ++seed) {
    RandomNames names(seed);
    auto source = std::make_unique<SnapshotSource>(kChangedZone);
    std::vector<std::pair<std::shared_ptr<const Snapshot>, std::map<std::string, std::string>>> earlier;
    for (uint32_t serial = 1; serial <= kSnapshots; ++serial) {
      names.Change(*source);
      auto snapshot = source->Publish(serial);
      earlier.emplace_back(snapshot, TextOf(*snapshot));
    }
    source.reset();                                                           // they outlive it
    for (size_t i = 0; i < earlier.size(); i += 2) earlier[i].first.reset();  // and each other
    for (const auto& [snapshot, text] : earlier) {
      if (snapshot == nullptr) continue;
      ASSERT_EQ(TextOf(*snapshot), text) << "sequence " << seed << ", snapshot " << snapshot->serial();
    }
  }
}

TEST(SnapshotChanges, TakenBackLeaveNothing) {
  for (uint32_t seed = 1; seed <= kSequences; ++seed) {
    RandomNames names(seed);
    SnapshotSource source(kChangedZone);
    const auto empty = TextOf(*source.Publish(1));
    for (uint32_t change = 0; change < kSnapshots; ++change) {
      names.Change(source);
      if (change % kChanges == 0) source.Publish(change);
    }
    for (const auto& [key, service] : names.services()) source.RemoveService(service.ns, service.name);
    for (const std::string& ns : names.namespaces()) source.RemoveNamespace(ns);
    ASSERT_EQ(TextOf(*source.Publish(1)), empty) << "sequence " << seed;
  }
}

}  // namespace
}  // namespace ordinal::dns::testing
