// What one change of a service costs the names of all: printed, not judged. By hand:
//   ninja -C build/release names_of_many && build/release/tests/bench/names_of_many [SERVICES …]
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "dns/snapshot/source.h"

namespace ordinal::dns {
namespace {

constexpr int kPods = 3;  // of a service
constexpr uint32_t kChanges = 2000;

class Timer {
 public:
  double Microseconds() const {
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - began_).count();
  }

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

/// No two versions of it are equal.
ServiceEntry Headless(int number, uint16_t version) {
  ServiceEntry service{.ns = "ns-" + std::to_string(number % 50), .name = "set-" + std::to_string(number)};
  service.headless = true;
  for (int pod = 0; pod < kPods; ++pod) {
    const int host = number * kPods + pod;
    const std::string address =
        "10." + std::to_string(host >> 16) + "." + std::to_string(host >> 8 & 255) + "." + std::to_string(host & 255);
    service.endpoints.push_back(
        {service.name + "-" + std::to_string(pod), {address}, {{"http", "tcp", static_cast<uint16_t>(version)}}});
  }
  return service;
}

void PrintLookups(const Snapshot& snapshot) {
  std::vector<std::string> names;
  snapshot.ForEach([&](const Node& node) { names.emplace_back(node.name); });
  std::shuffle(names.begin(), names.end(), std::mt19937(1));
  const Timer timer;
  size_t found = 0;
  for (const std::string& name : names) found += snapshot.Find(name) != nullptr ? 1 : 0;
  std::printf("  a look-up: %.0f ns, each of %zu names once\n", timer.Microseconds() * 1000 / names.size(), found);
}

void PrintChanges(SnapshotSource& source, int services) {
  std::mt19937 random(1);
  std::vector<double> times;
  const SnapshotSource::Work before = source.work();
  for (uint32_t change = 1; change <= kChanges; ++change) {
    ServiceEntry service = Headless(static_cast<int>(random() % services), static_cast<uint16_t>(change));
    const Timer timer;
    source.SetService(std::move(service));
    source.Publish(change);
    times.push_back(timer.Microseconds());
  }
  const SnapshotSource::Work after = source.work();
  std::sort(times.begin(), times.end());
  std::printf("  a change: %.1f us, one in a hundred above %.1f us; %.1f names, %.1f parts of the index\n",
              times[times.size() / 2], times[times.size() * 99 / 100],
              static_cast<double>(after.names - before.names) / kChanges,
              static_cast<double>(after.index_parts - before.index_parts) / kChanges);
}

void PrintFor(int services) {
  malloc_trim(0);
  const size_t unused = mallinfo2().uordblks;
  SnapshotSource source("cluster.local");
  for (int number = 0; number < services; ++number) source.SetService(Headless(number, 0));
  const Timer timer;
  const auto snapshot = source.Publish(1);
  std::printf("%d services, %zu names\n  all at once: %.1f ms; source and snapshot: %.1f MB\n", services,
              snapshot->names(), timer.Microseconds() / 1000, static_cast<double>(mallinfo2().uordblks - unused) / 1e6);
  PrintLookups(*snapshot);
  PrintChanges(source, services);
}

}  // namespace
}  // namespace ordinal::dns

int main(int argc, char** argv) {
  std::vector<int> counts;
  for (int i = 1; i < argc; ++i) counts.push_back(std::max(1, std::atoi(argv[i])));
  if (counts.empty()) counts = {100, 1000, 5000, 20000};
  for (const int services : counts) ordinal::dns::PrintFor(services);
}
