// The signals that lifecycle.stopSignal may name (core/v1 Signal). Pure.
#pragma once

#include <optional>
#include <string_view>

namespace ordinal::api {

/// The number on this host; nothing for a name that core/v1 does not have. "SIGRTMIN+3" is among them.
std::optional<int> SignalNumber(std::string_view name);

}  // namespace ordinal::api
