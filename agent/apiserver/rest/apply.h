// Server-side apply: PATCH with application/apply-patch+yaml.
#pragma once

#include <string_view>
#include <vector>

#include "agent/apiserver/rest/call.h"

namespace ordinal::apiserver::rest {

inline constexpr std::string_view kApplyPatch = "application/apply-patch+yaml";

/// Merges the configuration of one manager into the object; makes the object when it is not there (201). Fields that
/// others own with another value are conflicts (Call::conflicts) unless `force` is given.
Task<Result<http::Response>> Apply(Call& call);

/// 409 with a cause for each field in dispute.
Refusal ApplyRefusal(const Error& error, const std::vector<api::FieldConflict>& conflicts);

}  // namespace ordinal::apiserver::rest
