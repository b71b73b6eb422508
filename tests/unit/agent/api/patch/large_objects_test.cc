// What keeping the fields of large objects costs, counted in allocations: for each label a few, however many there are.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "agent/api/patch/apply.h"

namespace {

std::atomic<size_t> g_allocations{0};

}  // namespace

void* operator new(size_t size) {
  g_allocations.fetch_add(1, std::memory_order_relaxed);
  void* const made = std::malloc(size == 0 ? 1 : size);
  if (made == nullptr) throw std::bad_alloc();
  return made;
}
void operator delete(void* made) noexcept { std::free(made); }
void operator delete(void* made, size_t) noexcept { std::free(made); }

namespace ordinal::api {
namespace {

struct Cost {
  double create = 0, update = 0, apply = 0;  ///< allocations for each label
};

/// Of a config map of so many labels: its creation, a change of one label, and an apply of all over that.
Cost CostOf(int labels) {
  const KindInfo& kind = *FindKind("ConfigMap");
  Json body{{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", "a"}, {"namespace", "default"}}}};
  for (int i = 0; i < labels; ++i) body["metadata"]["labels"]["example.com/label-" + std::to_string(i)] = "v";
  size_t before = g_allocations;
  const auto each = [&] { return static_cast<double>(g_allocations - before) / labels; };
  Cost cost;
  const Json created = TrackUpdate(kind, Json(), body, {"one", "v1", ""}, {});
  cost.create = each();
  Json changed = created;
  changed["metadata"]["labels"]["example.com/label-5"] = "other";
  before = g_allocations;
  TrackUpdate(kind, created, std::move(changed), {"two", "v1", ""}, {});
  cost.update = each();
  ApplyRequest request;
  request.manager = {"three", "v1", ""};
  request.force = true;
  before = g_allocations;
  EXPECT_TRUE(std::holds_alternative<Json>(ServerSideApply(kind, created, body, request)));
  cost.apply = each();
  return cost;
}

TEST(LargeObjects, CostAFewAllocationsForEachLabel) {
  const Cost small = CostOf(1'000), large = CostOf(8'000);
  EXPECT_LT(large.create, 10);
  EXPECT_LT(large.update, 16);
  EXPECT_LT(large.apply, 42);
  EXPECT_LT(large.create, small.create + 1) << "no more for more of them";
  EXPECT_LT(large.update, small.update + 1);
  EXPECT_LT(large.apply, small.apply + 3);
}

}  // namespace
}  // namespace ordinal::api
