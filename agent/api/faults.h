// What validation writes its findings with: field paths and one call per kind of fault (metav1.CauseType).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/api/kind.h"
#include "agent/api/names.h"

namespace ordinal::api {

// The causes of FieldError. All but the last are metav1.CauseType.
inline constexpr std::string_view kRequired = "FieldValueRequired";
inline constexpr std::string_view kInvalid = "FieldValueInvalid";
inline constexpr std::string_view kNotSupported = "FieldValueNotSupported";
inline constexpr std::string_view kForbidden = "FieldValueForbidden";
inline constexpr std::string_view kDuplicate = "FieldValueDuplicate";
inline constexpr std::string_view kNotFound = "FieldValueNotFound";
inline constexpr std::string_view kTooLong = "FieldValueTooLong";
inline constexpr std::string_view kTooMany = "FieldValueTooMany";
inline constexpr std::string_view kTypeInvalid = "FieldValueTypeInvalid";
/// Ours: the reference reports unknown and repeated fields without a cause, in the message of a 400.
inline constexpr std::string_view kUnknownField = "UnknownField";

inline constexpr int64_t kLastPort = 65535;

/// A field's path as Kubernetes writes it: "spec.containers[0].ports[1].name", "resources.limits[cpu]".
class Path {
 public:
  Path() = default;
  explicit Path(std::string_view text) : text_(text) {}

  Path operator/(std::string_view member) const {
    return Path(text_.empty() ? std::string(member) : text_ + "." + std::string(member));
  }
  Path operator[](size_t index) const { return Path(text_ + "[" + std::to_string(index) + "]"); }
  Path operator[](std::string_view key) const { return Path(text_ + "[" + std::string(key) + "]"); }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

class Faults {
 public:
  explicit Faults(std::vector<FieldError>& errors) : errors_(errors) {}

  void Add(const Path& path, std::string_view cause, std::string message) {
    errors_.push_back({path.text(), std::string(cause), std::move(message)});
  }
  void Append(const std::vector<FieldError>& more) { errors_.insert(errors_.end(), more.begin(), more.end()); }
  void Required(const Path& path, std::string message = "is required") { Add(path, kRequired, std::move(message)); }
  void Invalid(const Path& path, std::string_view value, std::string_view complaint) {
    Add(path, kInvalid, "Invalid value: " + Quote(value) + ": " + std::string(complaint));
  }
  void Invalid(const Path& path, int64_t value, std::string_view complaint) {
    Add(path, kInvalid, "Invalid value: " + std::to_string(value) + ": " + std::string(complaint));
  }
  void Forbidden(const Path& path, std::string message) { Add(path, kForbidden, std::move(message)); }
  void Duplicate(const Path& path, std::string_view value) {
    Add(path, kDuplicate, Quote(value) + " is there twice; it must be unique");
  }
  void NotFound(const Path& path, std::string_view value, std::string_view where) {
    Add(path, kNotFound, Quote(value) + " is not found in " + std::string(where));
  }

  void TooMany(const Path& path, size_t count, size_t most) {
    Add(path, kTooMany, "has " + std::to_string(count) + " items; at most " + std::to_string(most) + " are allowed");
  }

  /// Reports a text that breaks its syntax rule; an absent (empty) one is no fault here.
  void Syntax(const Path& path, const std::string& value, Complaint (*check)(std::string_view)) {
    if (value.empty()) return;
    if (auto complaint = check(value)) Invalid(path, value, *complaint);
  }
  /// Reports a text that is missing or breaks its syntax rule.
  void Named(const Path& path, const std::string& value, Complaint (*check)(std::string_view)) {
    if (value.empty()) return Required(path);
    Syntax(path, value, check);
  }
  /// Reports a value that is not one of `supported`; an absent (empty) one is no fault here.
  void OneOf(const Path& path, const std::string& value, std::initializer_list<std::string_view> supported) {
    OneOf(path, value, std::span<const std::string_view>(supported.begin(), supported.size()));
  }
  void OneOf(const Path& path, const std::string& value, std::span<const std::string_view> supported) {
    if (value.empty()) return;
    std::string known;
    for (const auto word : supported) {
      if (word == value) return;
      if (word.empty()) continue;
      known += (known.empty() ? "" : ", ") + Quote(word);
    }
    Add(path, kNotSupported,
        Quote(value) + " is not supported; write " + (supported.size() > 1 ? "one of " : "") + known);
  }
  void Range(const Path& path, int64_t value, int64_t least, int64_t most) {
    if (value >= least && value <= most) return;
    Invalid(path, value, "must be between " + std::to_string(least) + " and " + std::to_string(most));
  }
  void NotNegative(const Path& path, int64_t value) {
    if (value < 0) Invalid(path, value, "must be 0 or more");
  }

  static std::string Quote(std::string_view text) { return "\"" + std::string(text) + "\""; }

 private:
  std::vector<FieldError>& errors_;
};

}  // namespace ordinal::api
