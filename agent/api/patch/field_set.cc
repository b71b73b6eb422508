#include "agent/api/patch/field_set.h"

#include "agent/api/text/json.h"

namespace ordinal::api {
namespace {

bool IsElement(std::string_view text) {
  return text.starts_with("f:") || text.starts_with("k:") || text.starts_with("v:");
}

/// A path element as a person reads it: `.spec`, `[name="web"]`, `[="text"]`.
std::string Readable(const std::string& element) {
  const std::string rest = element.substr(2);
  if (element[0] == 'f') return "." + rest;
  if (element[0] == 'v') return "[=" + rest + "]";
  const auto read = ParseJson(rest);
  if (!read.ok() || !read->is_object()) return "[" + rest + "]";
  std::string text;
  for (const auto& [name, value] : read->items()) {
    text += (text.empty() ? "" : ",") + name + "=" + value.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  return "[" + text + "]";
}

/// Path elements of fieldsV1 that are read, one within the other; no object is nested deeper.
constexpr size_t kMostElements = 64;

}  // namespace

FieldSet FieldSet::FromJson(const Json& fields_v1) {
  FieldSet set;
  std::vector<std::string> path;
  const auto visit = [&](const auto& self, const Json& fields) -> void {
    if (!fields.is_object() || path.size() > kMostElements) return;
    if (fields.empty() && !path.empty()) set.Insert(path);
    for (const auto& [name, below] : fields.items()) {
      if (name == "." && !path.empty()) set.Insert(path);
      if (!IsElement(name)) continue;
      path.push_back(name);
      self(self, below);
      path.pop_back();
    }
  };
  visit(visit, fields_v1);
  return set;
}

Json FieldSet::ToJson() const {
  Json fields = Json::object();
  if (owned_ && !below_.empty()) fields["."] = Json::object();
  for (const auto& [element, set] : below_) fields[element] = set.ToJson();
  return fields;
}

const FieldSet* FieldSet::Find(const std::string& element) const {
  const auto found = below_.find(element);
  return found == below_.end() ? nullptr : &found->second;
}

void FieldSet::Insert(std::span<const std::string> path) {
  if (path.empty()) {
    owned_ = true;
  } else {
    below_[path.front()].Insert(path.subspan(1));
  }
}

void FieldSet::Unite(const FieldSet& other) {
  owned_ = owned_ || other.owned_;
  for (const auto& [element, set] : other.below_) below_[element].Unite(set);
}

void FieldSet::Subtract(const FieldSet& other) {
  owned_ = owned_ && !other.owned_;
  for (const auto& [element, set] : other.below_) {
    const auto mine = below_.find(element);
    if (mine == below_.end()) continue;
    mine->second.Subtract(set);
    if (mine->second.empty()) below_.erase(mine);
  }
}

void FieldSet::Cut(std::span<const std::string> path) {
  if (path.empty()) {
    *this = {};
    return;
  }
  const auto branch = below_.find(path.front());
  if (branch == below_.end()) return;
  branch->second.Cut(path.subspan(1));
  if (branch->second.empty()) below_.erase(branch);
}

FieldSet FieldSet::Intersect(const FieldSet& other) const {
  FieldSet both;
  both.owned_ = owned_ && other.owned_;
  for (const auto& [element, set] : below_) {
    const FieldSet* branch = other.Find(element);
    if (branch == nullptr) continue;
    FieldSet common = set.Intersect(*branch);
    if (!common.empty()) both.below_.emplace(element, std::move(common));
  }
  return both;
}

std::vector<std::string> FieldSet::Paths() const {
  std::vector<std::string> paths;
  AppendPaths("", paths);
  return paths;
}

void FieldSet::AppendPaths(const std::string& prefix, std::vector<std::string>& paths) const {
  if (owned_) paths.push_back(prefix);
  for (const auto& [element, set] : below_) set.AppendPaths(prefix + Readable(element), paths);
}

}  // namespace ordinal::api
