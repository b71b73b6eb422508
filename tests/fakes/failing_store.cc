#include "tests/fakes/failing_store.h"

#include <utility>

namespace ordinal::fakes {

using api::Object;
using api::ObjectKey;

class FailingStore::BreakableWatch final : public store::Watch {
 public:
  BreakableWatch(std::unique_ptr<store::Watch> inner, std::shared_ptr<std::optional<Error>> broken)
      : inner_(std::move(inner)), broken_(std::move(broken)) {}

  Task<Result<std::vector<store::WatchEvent>>> Next() override {
    if (*broken_) co_return **broken_;
    auto events = co_await inner_->Next();
    if (*broken_) co_return **broken_;
    co_return events;
  }
  void Interrupt() override { inner_->Interrupt(); }
  uint64_t revision() const override { return inner_->revision(); }

 private:
  std::unique_ptr<store::Watch> inner_;
  std::shared_ptr<std::optional<Error>> broken_;
};

void FailingStore::Fail(Call call, const Error& error, int times) {
  Plan& plan = plans_[static_cast<size_t>(call)];
  plan.error = error;
  plan.failures = times;
}

void FailingStore::LoseAnswer(Call call, const Error& error) { plans_[static_cast<size_t>(call)].lost_answer = error; }

void FailingStore::Before(Call call, std::function<void()> act) {
  plans_[static_cast<size_t>(call)].before = std::move(act);
}

void FailingStore::BreakWatches(const Error& error) {
  *broken_ = error;
  broken_ = std::make_shared<std::optional<Error>>();
}

std::optional<Error> FailingStore::Enter(Call call) {
  Plan& plan = plans_[static_cast<size_t>(call)];
  ++plan.calls;
  if (const auto act = std::exchange(plan.before, nullptr)) act();
  if (all_) return all_;
  if (plan.failures == 0) return std::nullopt;
  --plan.failures;
  return plan.error;
}

Result<Object> FailingStore::Answer(Call call, Result<Object> answer) {
  Plan& plan = plans_[static_cast<size_t>(call)];
  if (auto lost = std::exchange(plan.lost_answer, std::nullopt)) return std::move(*lost);
  return answer;
}

Task<Result<Object>> FailingStore::Create(Object object) {
  if (auto error = Enter(Call::kCreate)) co_return std::move(*error);
  co_return Answer(Call::kCreate, co_await inner_.Create(std::move(object)));
}

Task<Result<Object>> FailingStore::Update(Object object) {
  if (auto error = Enter(Call::kUpdate)) co_return std::move(*error);
  co_return Answer(Call::kUpdate, co_await inner_.Update(std::move(object)));
}

Task<Result<Object>> FailingStore::Delete(ObjectKey key, store::Preconditions preconditions) {
  if (auto error = Enter(Call::kDelete)) co_return std::move(*error);
  co_return Answer(Call::kDelete, co_await inner_.Delete(std::move(key), std::move(preconditions)));
}

Task<Result<Object>> FailingStore::Get(ObjectKey key) {
  if (auto error = Enter(Call::kGet)) co_return std::move(*error);
  co_return co_await inner_.Get(std::move(key));
}

Task<Result<store::ListResult>> FailingStore::List(std::string kind, store::ListOptions options) {
  if (auto error = Enter(Call::kList)) co_return std::move(*error);
  co_return co_await inner_.List(std::move(kind), std::move(options));
}

Task<Result<std::unique_ptr<store::Watch>>> FailingStore::StartWatch(std::string kind, store::ListOptions options,
                                                                     uint64_t revision) {
  if (auto error = Enter(Call::kStartWatch)) co_return std::move(*error);
  auto watch = co_await inner_.StartWatch(std::move(kind), std::move(options), revision);
  if (!watch.ok()) co_return std::move(watch).error();
  std::unique_ptr<store::Watch> breakable = std::make_unique<BreakableWatch>(std::move(*watch), broken_);
  co_return breakable;
}

}  // namespace ordinal::fakes
