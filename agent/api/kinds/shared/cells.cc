#include "agent/api/kinds/shared/cells.h"

#include <algorithm>

#include "agent/api/read.h"
#include "agent/api/selector.h"

namespace ordinal::api {
namespace {

/// "3h2m", or "3h" when nothing of the smaller unit is left.
std::string Pair(int64_t big, const char* big_unit, int64_t small, const char* small_unit) {
  std::string text = std::to_string(big) + big_unit;
  if (small != 0) text += std::to_string(small) + small_unit;
  return text;
}

std::string OfContainers(const Json& body, std::string_view member) {
  std::vector<std::string> out;
  for (const Json& container : Items(At(body, {"spec", "template", "spec"}), "containers")) {
    out.push_back(ReadString(container, member));
  }
  return Join(out, ",");
}

}  // namespace

std::string HumanDuration(Duration duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return std::to_string(seconds) + "s";
  const int64_t minutes = seconds / 60;
  if (minutes < 10) return Pair(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return std::to_string(minutes) + "m";
  const int64_t hours = minutes / 60;
  if (hours < 8) return Pair(hours, "h", minutes % 60, "m");
  if (hours < 48) return std::to_string(hours) + "h";
  const int64_t days = hours / 24;
  if (days < 8) return Pair(days, "d", hours % 24, "h");
  if (days < 2 * 365) return std::to_string(days) + "d";
  if (days < 8 * 365) return Pair(days / 365, "y", days % 365, "d");
  return std::to_string(days / 365) + "y";
}

const Json& At(const Json& object, std::initializer_list<std::string_view> path) {
  const Json* at = &object;
  for (const auto name : path) at = &Member(*at, name);
  return *at;
}

std::string TextCell(const Json& object, std::initializer_list<std::string_view> path, std::string_view fallback) {
  const Json& value = At(object, path);
  if (value.is_string() && !value.get_ref<const std::string&>().empty()) return value.get<std::string>();
  return std::string(fallback);
}

std::string NameCell(const Json& body) { return TextCell(body, {"metadata", "name"}); }

std::string AgeCell(const Json& body, WallTime now) {
  return SinceCell(Member(body, "metadata"), "creationTimestamp", now);
}

std::string SinceCell(const Json& object, std::string_view member, WallTime now) {
  const auto time = ReadTime(object, member);
  return time ? HumanDuration(now - *time) : "<unknown>";
}

std::string FewOf(const std::vector<std::string>& items, std::string_view none) {
  constexpr size_t kFew = 3;
  if (items.empty()) return std::string(none);
  if (items.size() <= kFew) return Join(items, ",");
  return Join({items.begin(), items.begin() + kFew}, ",") + " + " + std::to_string(items.size() - kFew) + " more...";
}

std::string Join(const std::vector<std::string>& items, std::string_view separator) {
  std::string text;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += separator;
    text += items[i];
  }
  return text;
}

std::string ReadyCell(const Json& body) {
  return std::to_string(ReadInt(Member(body, "status"), "readyReplicas")) + "/" +
         std::to_string(ReadInt(Member(body, "spec"), "replicas", 1));
}

std::string TemplateNames(const Json& body) { return OfContainers(body, "name"); }
std::string TemplateImages(const Json& body) { return OfContainers(body, "image"); }

std::string SelectorCell(const Json& selector) {
  const auto parsed = Selector::FromJson(selector);
  if (!parsed.ok()) return "<error>";
  return parsed->empty() ? "<none>" : parsed->ToString();
}

std::string LabelsCell(const Json& labels) {
  std::vector<std::string> pairs;
  if (labels.is_object()) {
    for (const auto& [key, value] : labels.items()) {
      pairs.push_back(key + "=" + (value.is_string() ? value.get<std::string>() : value.dump()));
    }
  }
  return pairs.empty() ? "<none>" : Join(pairs, ",");
}

std::string AccessModesCell(const Json& modes) {
  constexpr std::pair<std::string_view, std::string_view> kModes[] = {
      {"ReadWriteOnce", "RWO"}, {"ReadOnlyMany", "ROX"}, {"ReadWriteMany", "RWX"}, {"ReadWriteOncePod", "RWOP"}};
  std::vector<std::string> out;
  for (const auto& [mode, abbreviation] : kModes) {
    if (std::find(modes.begin(), modes.end(), mode) != modes.end()) out.emplace_back(abbreviation);
  }
  return Join(out, ",");
}

Json ColumnDefinition(const Column& column) {
  return {{"name", column.name},
          {"type", column.type},
          {"format", column.format},
          {"description", column.description},
          {"priority", column.priority}};
}

}  // namespace ordinal::api
