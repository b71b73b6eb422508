#include "agent/app/readiness.h"

namespace ordinal {

api::Json ReadinessOf(const Standing& standing) {
  const auto state = [](bool good, const std::string& why) { return good ? api::Json(true) : api::Json(why); };
  const std::string waiting = "waiting for " + standing.waiting_for;
  api::Json parts;
  parts["store"] = state(standing.store_trouble.empty(), standing.store_trouble);
  parts["runtime"] = state(standing.runtime_followed, standing.waiting_for.empty() ? "it does not answer" : waiting);
  parts["dns"] = state(standing.names_published, waiting);
  parts["manifests"] = state(standing.manifests_read, waiting);
  parts["roles"] = state(standing.roles_read, "they are being read");
  return parts;
}

std::string WhyNotReady(const api::Json& readiness) {
  std::string why;
  for (const auto& [part, state] : readiness.items()) {
    if (state != true) why += (why.empty() ? "" : "; ") + part + ": " + state.get<std::string>();
  }
  return why;
}

}  // namespace ordinal
