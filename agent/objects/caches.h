// Caches: one cache a kind, for everybody who looks at objects. Those of kinds with a typed view hold that, the others
// the document (api::Plain).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/api/plain.h"
#include "agent/base/scope.h"
#include "agent/objects/cache.h"

namespace ordinal::objects {

class Caches {
 public:
  /// `store` and `clock` outlive the caches and whatever runs of them.
  Caches(store::ObjectReader& store, Clock& clock) : store_(store), clock_(clock) {}
  Caches(const Caches&) = delete;
  Caches& operator=(const Caches&) = delete;

  /// The cache of T's kind, made at the first call: before Start(), like everything that adds handlers to it.
  template <class T>
  Cache<T>& Of() {
    return Typed<T>(T::kKind);
  }
  /// Of a kind that nobody reads more of than its document.
  Cache<api::Plain>& PlainOf(const std::string& kind) { return Typed<api::Plain>(kind); }
  /// Has `use` called with the cache of `kind`, whatever view it holds, when all have said what they read: at Start().
  void WhateverView(std::string kind, std::function<void(AnyCache&)> use);

  /// The same for the cache of every custom kind that Follow() begins, at once.
  void EveryCustom(std::function<void(AnyCache&)> use) { custom_.push_back(std::move(use)); }
  /// Called with the name of a kind that is not followed any more.
  void OnForgotten(std::function<void(const std::string& kind)> forgotten) {
    forgotten_.push_back(std::move(forgotten));
  }

  /// Begins a cache of a custom kind, after Start(); nothing when there is one.
  void Follow(const std::string& kind);
  /// Ends it: its definition is gone, and so are its objects.
  void Forget(const std::string& kind);

  /// Runs every cache there is. Called once.
  void Start(const Executor& executor);
  /// Resumes when every cache of a built-in kind has its first list.
  Task<void> WaitSynced() const;

  /// What this process wrote and removed (AnyCache::Take).
  void Take(const Object& written) const;
  void TakeGone(const Object& last) const;

 private:
  /// One kind has one view: two parts that read different ones of it are a fault of the program.
  template <class T>
  Cache<T>& Typed(const std::string& kind) {
    std::shared_ptr<AnyCache>& cache = caches_[kind];
    if (!cache) {
      Expect(!started_, "the cache of " + kind + " is asked for after the start");
      cache = std::make_shared<Cache<T>>(store_, clock_, kind);
    }
    auto* typed = dynamic_cast<Cache<T>*>(cache.get());
    Expect(typed != nullptr, "the cache of " + kind + " holds another view");
    return *typed;
  }

  void RunFollowed(const std::string& kind, std::unique_ptr<Scope>& scope);
  /// Ends the program with `fault` when `holds` is false: it is put together wrongly, and says so at its first start.
  static void Expect(bool holds, const std::string& fault);

  store::ObjectReader& store_;
  Clock& clock_;
  bool started_ = false;
  std::map<std::string, std::shared_ptr<AnyCache>> caches_;  ///< by kind
  std::vector<std::pair<std::string, std::function<void(AnyCache&)>>> whatever_;
  std::vector<std::function<void(AnyCache&)>> custom_;
  std::vector<std::function<void(const std::string&)>> forgotten_;
  std::map<std::string, std::unique_ptr<Scope>> followed_;  ///< custom kinds; null: does not run yet
  std::optional<Executor> executor_;
};

}  // namespace ordinal::objects
