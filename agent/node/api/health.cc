#include "agent/node/api/health.h"

namespace ordinal::node {

/// That it answers at all says that the control thread does.
api::Json HealthOf(const HealthSubject& subject) {
  api::Json health = {{"ping", true}, {"syncloop", true}};
  if (subject.runtime_silent && *subject.runtime_silent >= kHealthPatience) {
    health["syncloop"] = "the container runtime does not answer";
  } else if (!subject.waiting_for.empty() && subject.runs >= kHealthPatience) {
    health["syncloop"] = "waiting for " + subject.waiting_for;
  }
  return health;
}

}  // namespace ordinal::node
