#include "agent/api/patch/field_set.h"

#include <utility>

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

/// The first from `from` on that is not before `element`: a few steps, else it is looked for.
template <class Map, class Iterator>
Iterator Onward(Map& map, Iterator from, const std::string& element) {
  constexpr int kSteps = 8;
  for (int step = 0; step < kSteps; ++step, ++from) {
    if (from == map.end() || !(from->first < element)) return from;
  }
  return map.lower_bound(element);
}

}  // namespace

FieldSet FieldSet::FromJson(const Json& fields_v1) {
  FieldSet set;
  set.Read(fields_v1, 0);
  return set;
}

void FieldSet::Read(const Json& fields_v1, size_t depth) {
  if (!fields_v1.is_object() || depth > kMostElements) return;
  owned_ = depth > 0 && (fields_v1.empty() || fields_v1.contains("."));
  for (const auto& [name, fields] : fields_v1.get_ref<const Json::object_t&>()) {
    if (!IsElement(name)) continue;
    FieldSet branch;
    branch.Read(fields, depth + 1);
    if (!branch.empty()) below_.emplace_hint(below_.end(), name, std::move(branch));
  }
}

Json FieldSet::ToJson() const {
  Json fields = Json::object();
  auto& members = fields.get_ref<Json::object_t&>();
  if (owned_ && !below_.empty()) members.emplace(".", Json::object());
  for (const auto& [element, set] : below_) members.emplace_hint(members.end(), element, set.ToJson());
  return fields;
}

const FieldSet* FieldSet::Find(const std::string& element) const {
  const auto found = below_.find(element);
  return found == below_.end() ? nullptr : &found->second;
}

void FieldSet::Insert(std::span<const std::string> path) {
  if (path.empty()) {
    owned_ = true;
  } else if (below_.empty() || below_.rbegin()->first < path.front()) {
    below_.emplace_hint(below_.end(), path.front(), FieldSet())->second.Insert(path.subspan(1));
  } else {
    below_[path.front()].Insert(path.subspan(1));
  }
}

void FieldSet::Unite(FieldSet other) {
  owned_ = owned_ || other.owned_;
  auto mine = below_.begin();
  while (!other.below_.empty()) {
    auto branch = other.below_.extract(other.below_.begin());
    mine = Onward(below_, mine, branch.key());
    if (mine != below_.end() && mine->first == branch.key()) {
      mine->second.Unite(std::move(branch.mapped()));
    } else {
      mine = below_.insert(mine, std::move(branch));
    }
  }
}

void FieldSet::Subtract(const FieldSet& other) {
  owned_ = owned_ && !other.owned_;
  auto mine = below_.begin();
  auto theirs = other.below_.begin();
  while (mine != below_.end() && theirs != other.below_.end()) {
    mine = Onward(below_, mine, theirs->first);
    if (mine == below_.end()) return;
    theirs = Onward(other.below_, theirs, mine->first);
    if (theirs == other.below_.end() || theirs->first != mine->first) continue;
    mine->second.Subtract(theirs->second);
    mine = mine->second.empty() ? below_.erase(mine) : std::next(mine);
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
  auto mine = below_.begin();
  auto theirs = other.below_.begin();
  while (mine != below_.end() && theirs != other.below_.end()) {
    mine = Onward(below_, mine, theirs->first);
    if (mine == below_.end()) break;
    theirs = Onward(other.below_, theirs, mine->first);
    if (theirs == other.below_.end() || theirs->first != mine->first) continue;
    FieldSet common = mine->second.Intersect(theirs->second);
    if (!common.empty()) both.below_.emplace_hint(both.below_.end(), mine->first, std::move(common));
    ++mine;
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
