// What becomes of CustomResourceDefinitions: whose names are accepted, what their status says, and which are served.
// Source: apiextensions-apiserver, pkg/controller/status (calculateNamesAndConditions) and /establish. Pure.
#pragma once

#include <string>
#include <vector>

#include "agent/api/object.h"
#include "agent/base/clock.h"

namespace ordinal::controllers::definitions {

/// The status of `definition` beside all others, of which those that are served already have their names first: names,
/// conditions, stored versions. `ignored_rules`: IgnoredRules() of it.
api::Json NextStatus(const api::Json& definition, const std::vector<const api::Json*>& others,
                     const std::string& ignored_rules, WallTime now);

/// Which rules of its schemas nobody evaluates; empty: there are none. Walks all of them.
std::string IgnoredRules(const api::Json& definition);

/// The definitions that are served, each with a status that says so and under which names, in the order of their names.
struct Served {
  const api::Json* definition = nullptr;
  api::Json status;
};
std::vector<Served> PlanServed(const std::vector<const api::Json*>& definitions, WallTime now);

/// The condition that says that a definition goes.
void SayTerminating(const char* status, const char* reason, const char* message, WallTime now, api::Json& conditions);

}  // namespace ordinal::controllers::definitions
