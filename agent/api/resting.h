// Resting: documents that nobody looks at are text alone. A parsed document takes eight times as much memory, and of a
// thousand stored ones a few are looked at.
//
//   written ──> awake ──(twice passed by, nobody has it but its keepers)──> at rest
//                 ^                                                            │
//                 └────────────────────── body() ──────────────────────────────┘
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "agent/api/object.h"

namespace ordinal::api {

class Resting {
 public:
  /// Looks at every document that is awake, and lets those rest that were not used since the last look, and that nobody
  /// holds but keepers (Object::Keep), 256 at most. The number that are still awake. Control thread, between two pieces
  /// of work.
  static size_t Look();

 private:
  friend class Object;
  using Rep = Object::Rep;

  static void Awake(const Object& object) { Awake(object.rep_); }
  /// Any thread.
  static void Awake(std::shared_ptr<const Rep> rep);
  static bool LetRest(const Rep& rep, long held);

  static Resting& Instance();

  std::mutex mutex_;
  std::vector<std::weak_ptr<const Rep>> awake_;
};

}  // namespace ordinal::api
