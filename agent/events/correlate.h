// Which happenings are one Event object: equal ones are counted, many similar ones are folded into one, and a source
// that talks without end about one object is cut short. Pure: `now` is a parameter.
//
// Rules and numbers: k8s.io/client-go/tools/record/events_cache.go.
//
//   said      a a b a          eleven messages that differ only in their text
//   kept      a ×3, b ×1       ten of them, then "(combined from similar events): …" ×n
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "agent/api/object.h"
#include "agent/events/event.h"
#include "agent/events/recent.h"

namespace ordinal::events {

/// Who says it, as `kubectl describe` shows it under From.
struct Source {
  std::string component;  ///< "replicaset-controller", "kubelet"
  std::string instance;   ///< reportingInstance; of the kubelet its node
  /// Written as events.k8s.io does (eventTime, action, series), which is how the scheduler of Kubernetes writes;
  /// else as core/v1 always did (firstTimestamp, lastTimestamp, count).
  bool timed_series = false;
};

struct Occurrence {
  api::Json about;  ///< an ObjectReference (core/v1)
  Source source;
  Severity severity = Severity::kNormal;
  std::string reason, message;
  std::string action;  ///< of a timed series: "Binding"
};

/// One Event object as it should be now.
struct Entry {
  std::string ns, name;
  Occurrence said;  ///< the newest; its message may be marked as combined
  int64_t count = 1;
  WallTime first, last;
};

class Correlator {
 public:
  static constexpr size_t kMaxKnown = 4096;
  static constexpr size_t kMaxSimilar = 10;
  static constexpr Duration kSimilarWithin = std::chrono::minutes(10);
  static constexpr double kBurst = 25;                          ///< events of one source about one object,
  static constexpr Duration kRefill = std::chrono::minutes(5);  ///< then one in this time

  /// What to write, or nothing when the source has said too much about the object.
  std::optional<Entry> Observe(Occurrence said, WallTime now);

 private:
  struct Known {
    std::string name;
    int64_t count = 0;
    WallTime first;
  };
  struct Similar {
    std::set<std::string> messages;
    WallTime last;
  };
  struct Allowance {
    double left = kBurst;
    WallTime last;
  };

  bool Allowed(const Occurrence& said, WallTime now);
  /// The key that counts `said`; marks its message when it is folded into one of many.
  std::string Fold(Occurrence& said, WallTime now);
  std::string NewName(const Occurrence& said, WallTime now);

  Recent<Known> known_{kMaxKnown};
  Recent<Similar> similar_{kMaxKnown};
  Recent<Allowance> allowances_{kMaxKnown};
  int64_t last_stamp_ = 0;
};

/// The core/v1 Event of an entry.
api::Json EventDocument(const Entry& entry);

/// An ObjectReference to `about`. `field_path` names a part of it ("spec.containers{main}"); empty: all of it.
api::Json ReferenceTo(const api::Object& about, std::string_view field_path);

/// When something was last said in an Event of any writer; the epoch when it does not say.
WallTime LastSaid(const api::Json& event);

}  // namespace ordinal::events
