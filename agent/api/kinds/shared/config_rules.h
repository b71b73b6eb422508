// Rules that ConfigMap and Secret share.
#pragma once

#include "agent/api/faults.h"

namespace ordinal::api {

/// All values of one object together, in bytes (core/v1 MaxSecretSize).
inline constexpr size_t kMostConfigBytes = 1024 * 1024;

/// The keys of body[member] become file names and environment variables.
void ValidateConfigKeys(const Json& body, std::string_view member, Faults& faults);

/// Once `immutable` is true it stays so, and so does what body[member] holds for each of `members`.
void ValidateImmutable(const Json& body, const Json& old_body, std::initializer_list<std::string_view> members,
                       Faults& faults);

}  // namespace ordinal::api
