#include "agent/apiserver/discovery/accept.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace ordinal::apiserver::discovery {
namespace {

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// The text before the next `separator`; the rest stays in `text`.
std::string_view Next(std::string_view& text, char separator) {
  const size_t end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return Trim(part);
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

/// Out of the parameters; one that is no number is none at all, as the reference has it.
void TakeWeight(MediaType& type) {
  const auto weight = type.params.find("q");
  if (weight == type.params.end()) return;
  const std::string& text = weight->second;
  double value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) value = 0;
  type.weight = value;
  type.params.erase(weight);
}

auto Stars(const MediaType& type) { return std::count(type.type.begin(), type.type.end(), '*'); }

}  // namespace

std::vector<MediaType> ParseAccept(std::string_view header) {
  std::vector<MediaType> types;
  if (Trim(header).empty()) return {{"*/*", {}, 1}};
  while (!header.empty()) {
    std::string_view entry = Next(header, ',');
    MediaType parsed;
    parsed.type = Lower(Next(entry, ';'));
    if (parsed.type.find('/') == std::string::npos) continue;
    while (!entry.empty()) {
      std::string_view param = Next(entry, ';');
      const std::string name = Lower(Next(param, '='));
      if (!name.empty()) parsed.params[name] = std::string(Trim(param));
    }
    TakeWeight(parsed);
    types.push_back(std::move(parsed));
  }
  std::stable_sort(types.begin(), types.end(), [](const MediaType& a, const MediaType& b) {
    return a.weight != b.weight ? a.weight > b.weight : Stars(a) < Stars(b);
  });
  return types;
}

bool Accepts(const MediaType& asked, std::string_view type) {
  if (asked.type == type || asked.type == "*/*") return true;
  return asked.type.ends_with("/*") && type.starts_with(std::string_view(asked.type).substr(0, asked.type.size() - 1));
}

}  // namespace ordinal::apiserver::discovery
