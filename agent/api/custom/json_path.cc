// Where a path leads (k8s.io/client-go/util/jsonpath/jsonpath.go).
#include "agent/api/custom/json_path.h"

#include <algorithm>

namespace ordinal::api::custom {
namespace {

// Values of one path: several ".." in it lead to some of them again and again.
constexpr size_t kMostFound = 10'000;

void AddBelow(const Json& value, std::vector<const Json*>& next) {
  if (!value.is_structured() || value.empty() || next.size() > kMostFound) return;
  next.push_back(&value);
  for (const Json& each : value) AddBelow(each, next);
}

/// A slice that goes beyond the list takes nothing.
void AddSlice(const Json& list, int64_t begin, int64_t end, int64_t stride, std::vector<const Json*>& next) {
  const auto size = static_cast<int64_t>(list.size());
  if (begin < 0) begin += size;
  if (end < 0) end += size;
  if (begin < 0 || begin >= size || end > size || stride <= 0) return;
  for (int64_t i = begin; i < end; i += std::min(stride, size)) next.push_back(&list[static_cast<size_t>(i)]);
}

bool AreComparable(const Json& a, const Json& b) {
  return (a.is_string() && b.is_string()) || (a.is_number() && b.is_number()) || (a.is_boolean() && b.is_boolean());
}

bool Compares(const Json& a, const std::string& sign, const Json& b) {
  if (!AreComparable(a, b)) return false;
  if (sign == "==") return a == b;
  if (sign == "!=") return a != b;
  if (a.is_boolean()) return false;
  if (sign == "<") return a < b;
  if (sign == "<=") return a <= b;
  return sign == ">" ? a > b : a >= b;
}

}  // namespace

bool JsonPath::Holds(const Step& step, const Json& item) {
  const std::vector<const Json*> left = step.paths.front().Find(item);
  if (step.sign.empty()) return !left.empty();
  if (left.size() != 1) return false;
  if (step.paths.size() == 1) return Compares(*left.front(), step.sign, step.value);
  const std::vector<const Json*> right = step.paths.back().Find(item);
  return right.size() == 1 && Compares(*left.front(), step.sign, *right.front());
}

void JsonPath::Follow(const Step& step, const Json& value, std::vector<const Json*>& next) {
  switch (step.kind) {
    case Step::Kind::kMember:
      if (const Json& member = Member(value, step.name); !member.is_null()) next.push_back(&member);
      return;
    case Step::Kind::kAll:
      if (!value.is_structured()) return;
      for (const Json& each : value) next.push_back(&each);
      return;
    case Step::Kind::kBelow: return AddBelow(value, next);
    case Step::Kind::kUnion:
      for (const JsonPath& path : step.paths) {
        for (const Json* each : path.Find(value)) next.push_back(each);
      }
      return;
    default: break;
  }
  if (!value.is_array()) return;
  const auto size = static_cast<int64_t>(value.size());
  if (step.kind == Step::Kind::kSlice) {
    AddSlice(value, step.begin.value_or(0), step.end.value_or(size), step.stride.value_or(1), next);
  } else if (step.kind == Step::Kind::kIndex) {
    const int64_t index = step.begin.value_or(0) < 0 ? size + *step.begin : step.begin.value_or(0);
    if (index >= 0 && index < size) next.push_back(&value[static_cast<size_t>(index)]);
  } else {
    for (const Json& each : value) {
      if (Holds(step, each)) next.push_back(&each);
    }
  }
}

std::vector<const Json*> JsonPath::Find(const Json& document) const {
  std::vector<const Json*> found = {&document};
  for (const Step& step : steps_) {
    std::vector<const Json*> next;
    for (const Json* value : found) {
      Follow(step, *value, next);
      if (next.size() > kMostFound) return {};
    }
    found = std::move(next);
  }
  return found;
}

}  // namespace ordinal::api::custom
