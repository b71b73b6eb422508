// Inputs of two documents, with a line "---" between them.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "agent/api/text/json.h"

namespace ordinal::fuzz {

/// Nothing when either is no JSON.
inline std::optional<std::pair<api::Json, api::Json>> ReadPair(std::string_view text) {
  constexpr std::string_view kBetween = "\n---\n";
  const size_t at = text.find(kBetween);
  if (at == std::string_view::npos) return std::nullopt;
  auto first = api::ParseJson(text.substr(0, at));
  auto second = api::ParseJson(text.substr(at + kBetween.size()));
  if (!first.ok() || !second.ok()) return std::nullopt;
  return std::pair(std::move(*first), std::move(*second));
}

}  // namespace ordinal::fuzz
