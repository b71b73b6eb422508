// The condition of APIServices without a service: what this API serves itself always answers.
#pragma once

namespace ordinal::api {

inline constexpr char kAvailable[] = "Available", kLocalReason[] = "Local";
inline constexpr char kLocalMessage[] = "Local APIServices are always available";

}  // namespace ordinal::api
