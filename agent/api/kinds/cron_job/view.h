// Typed view of CronJob (batch/v1).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/api/object.h"

namespace ordinal::api {

struct CronJob {
  static constexpr char kKind[] = "CronJob";
  enum class Concurrency { kAllow, kForbid, kReplace };

  Object object;
  Meta meta;
  std::string schedule;
  std::string time_zone = "UTC";
  Concurrency concurrency = Concurrency::kAllow;
  bool suspended = false;
  std::optional<int64_t> starting_deadline_seconds;
  int64_t successful_limit = 3, failed_limit = 1;

  // status
  std::optional<WallTime> last_schedule;
  std::vector<std::string> active_uids;

  /// spec.jobTemplate; good as Object::body() says.
  const Json& job_template() const { return Member(Member(object.body(), "spec"), "jobTemplate"); }
  static CronJob From(const Object& object);
};

}  // namespace ordinal::api
