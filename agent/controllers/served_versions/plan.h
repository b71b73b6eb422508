// The APIServices of what this API serves itself: one a group and version, as the reference's aggregator keeps them
// (kube-aggregator, pkg/controllers/autoregister). Pure.
//
//   served by  of the agent   made and mended once after a start, then left to whoever changes or deletes it
//              a definition   as long as the definition is there; mended whenever it differs
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/api/openapi/resources.h"
#include "agent/controllers/conditions.h"

namespace ordinal::controllers::served_versions {

struct ServedVersion {
  std::string group, version;
  bool of_definition = false;

  /// "v1.apps"; of core "v1.".
  std::string Name() const { return version + "." + group; }
};

std::vector<ServedVersion> VersionsOf(api::openapi::KindList kinds);

api::Json DocumentOf(const ServedVersion& version);

/// What is remembered from one look to the next.
struct Memory {
  bool begun = false;
  std::set<std::string> there_at_start;
  std::set<std::string> settled;  ///< they were as they shall be once
};

struct Action {
  enum class Verb { kCreate, kReplace, kDelete };
  Verb verb;
  std::string name;
  api::Json body;  ///< kCreate, kReplace: the document
};

/// What to do about `stored`, by name. Who carries an action out adds its name to `memory.settled`.
std::vector<Action> PlanFor(const std::vector<ServedVersion>& wanted, const std::map<std::string, api::Json>& stored,
                            Memory& memory);

/// Makes `stored` say what `wanted` says of spec and labels.
void Say(const api::Json& wanted, api::Json& stored);

/// status.conditions as they shall be: Available where it is served here; that is taken back where it is not any more.
api::Json ConditionsOf(const api::Json& stored, WallTime now);

}  // namespace ordinal::controllers::served_versions
