// FailingStore: passes everything to another store, and fails when a test says so.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>

#include "agent/store/object_store.h"

namespace ordinal::fakes {

class FailingStore final : public store::ObjectStore {
 public:
  enum class Call { kCreate, kUpdate, kDelete, kGet, kList, kStartWatch };

  explicit FailingStore(store::ObjectStore& inner) : inner_(inner) {}

  /// The next `times` calls fail with `error` and do nothing.
  void Fail(Call call, const Error& error, int times = 1);
  /// The next write is done, but its answer is `error`: as when a connection breaks after the request.
  void LoseAnswer(Call call, const Error& error);
  /// Every call fails with `error`, until Heal().
  void FailAll(const Error& error) { all_ = error; }
  void Heal() { all_.reset(); }
  /// Runs once, before the next call: somebody else's change between a read and a write.
  void Before(Call call, std::function<void()> act);
  /// The watches that run now end with `error` at their next Next(), or when the one under way returns.
  void BreakWatches(const Error& error);
  /// How often it was called, failures included.
  int calls(Call call) const { return plans_[static_cast<size_t>(call)].calls; }

  Task<Result<api::Object>> Create(api::Object object) override;
  Task<Result<api::Object>> Update(api::Object object) override;
  Task<Result<api::Object>> Delete(api::ObjectKey key, store::Preconditions preconditions) override;
  Task<Result<api::Object>> Get(api::ObjectKey key) override;
  Task<Result<store::ListResult>> List(std::string kind, store::ListOptions options) override;
  Task<Result<std::unique_ptr<store::Watch>>> StartWatch(std::string kind, store::ListOptions options,
                                                         uint64_t revision) override;

 private:
  class BreakableWatch;
  struct Plan {
    int calls = 0, failures = 0;
    Error error;
    std::optional<Error> lost_answer;
    std::function<void()> before;
  };
  /// Counts the call; its error, if it is to fail.
  std::optional<Error> Enter(Call call);
  Result<api::Object> Answer(Call call, Result<api::Object> answer);

  store::ObjectStore& inner_;
  std::array<Plan, 6> plans_;
  std::optional<Error> all_;
  /// Shared by the watches of one age; set when they are broken.
  std::shared_ptr<std::optional<Error>> broken_ = std::make_shared<std::optional<Error>>();
};

}  // namespace ordinal::fakes
