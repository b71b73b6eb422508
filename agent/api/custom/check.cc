#include "agent/api/custom/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "agent/api/custom/formats.h"
#include "agent/api/faults.h"

namespace ordinal::api::custom {
namespace {

// Errors of one object, beyond which nobody reads on.
constexpr size_t kMostFaults = 1000;

std::string TypeOf(const Json& value) {
  if (value.is_number_float() && std::trunc(value.get<double>()) == value.get<double>()) return "integer";
  if (value.is_number_integer()) return "integer";
  return value.is_number() ? "number" : value.type_name();
}

bool IsOf(const std::string& type, const std::string& wanted) {
  return type == wanted || (wanted == "number" && type == "integer");
}

std::string NumberText(double number) {
  return std::trunc(number) == number && std::abs(number) < 1e15 ? fmt::format("{}", static_cast<int64_t>(number))
                                                                 : fmt::format("{}", number);
}

size_t CharsIn(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

class ValueCheck {
 public:
  explicit ValueCheck(std::vector<FieldError>& errors) : errors_(errors) {}

  /// `old`: the value before; null where none is known.
  void Walk(const Schema& schema, const Json& value, const std::string& path, const Json* old) {
    if (errors_.size() > kMostFaults) return;
    if (old != nullptr && *old == value) return;
    if (value.is_null() && schema.nullable) return;
    if (!OfItsType(schema, value, path)) return;
    Enumerated(schema, value, path);
    if (value.is_string()) Text(schema, value.get_ref<const std::string&>(), path);
    if (value.is_number()) Number(schema, value, path);
    if (value.is_array()) List(schema, value, path, old);
    if (value.is_object()) Object(schema, value, path, old);
    Composed(schema, value, path, old);
  }

 private:
  void Add(const std::string& path, std::string_view cause, std::string message) {
    errors_.push_back({path, std::string(cause), std::move(message)});
  }
  void Invalid(const std::string& path, const Json& value, const std::string& rule) {
    Add(path, kInvalid, fmt::format("Invalid value: {}: {} in body {}", Shown(value), path, rule));
  }
  /// What speaks of several schemas names no field.
  void Whole(const std::string& path, const std::string& rule) {
    Add("<nil>", kInvalid, fmt::format("Invalid value: \"\": \"{}\" {}", path, rule));
  }

  bool OfItsType(const Schema& schema, const Json& value, const std::string& path) {
    const std::string type = TypeOf(value);
    std::string wanted = schema.type;
    bool right = wanted.empty() || IsOf(type, wanted);
    if (schema.int_or_string && wanted.empty()) {
      wanted = "integer,string";
      right = type == "integer" || type == "string";
    }
    if (!right) {
      Add(path, kTypeInvalid,
          fmt::format("Invalid value: \"{0}\": {1} in body must be of type {2}: \"{0}\"", type, path, wanted));
    }
    return right;
  }

  void Enumerated(const Schema& schema, const Json& value, const std::string& path) {
    if (schema.values.empty()) return;
    std::string known;
    for (const Json& each : schema.values) {
      if (each == value) return;
      known += (known.empty() ? "" : ", ") + Shown(each);
    }
    Add(path, kNotSupported, fmt::format("Unsupported value: {}: supported values: {}", Shown(value), known));
  }

  void Text(const Schema& schema, const std::string& text, const std::string& path) {
    const auto chars = static_cast<int64_t>(CharsIn(text));
    if (schema.max_length && chars > *schema.max_length) {
      Add(path, kTooLong, fmt::format("Too long: may not be more than {} bytes", *schema.max_length));
    }
    if (schema.min_length && chars < *schema.min_length) {
      Invalid(path, text, fmt::format("should be at least {} chars long", *schema.min_length));
    }
    if (schema.pattern != nullptr && !schema.pattern->Matches(text)) {
      Invalid(path, text, fmt::format("should match '{}'", schema.pattern->text()));
    }
    const bool number_format = schema.int_or_string;
    if (!schema.format.empty() && !number_format && !HasFormat(schema.format, text)) {
      Invalid(path, text, fmt::format("must be of type {}: {}", schema.format, Shown(text)));
    }
  }

  void Number(const Schema& schema, const Json& value, const std::string& path) {
    const double number = value.get<double>();
    if (schema.maximum && (schema.below_maximum ? number >= *schema.maximum : number > *schema.maximum)) {
      Invalid(path, value,
              fmt::format("should be less than {}{}", schema.below_maximum ? "" : "or equal to ",
                          NumberText(*schema.maximum)));
    }
    if (schema.minimum && (schema.above_minimum ? number <= *schema.minimum : number < *schema.minimum)) {
      Invalid(path, value,
              fmt::format("should be greater than {}{}", schema.above_minimum ? "" : "or equal to ",
                          NumberText(*schema.minimum)));
    }
    if (schema.multiple_of && *schema.multiple_of > 0) {
      const double times = number / *schema.multiple_of;
      if (std::abs(times - std::round(times)) > 1e-9) {
        Invalid(path, value, fmt::format("should be a multiple of {}", NumberText(*schema.multiple_of)));
      }
    }
    const bool too_wide = schema.format == "int32" && (number > std::numeric_limits<int32_t>::max() ||
                                                       number < std::numeric_limits<int32_t>::min());
    if (too_wide) {
      Add(path, kInvalid,
          fmt::format("Invalid value: {}: Checked value must be of type integer with format int32 in {}", Shown(value),
                      path));
    }
  }

  void List(const Schema& schema, const Json& list, const std::string& path, const Json* old) {
    const auto count = static_cast<int64_t>(list.size());
    if (schema.max_items && count > *schema.max_items) {
      Add(path, kTooMany, fmt::format("Too many: {}: must have at most {} items", count, *schema.max_items));
    }
    if (schema.min_items && count < *schema.min_items) {
      Invalid(path, list, fmt::format("should have at least {} items", *schema.min_items));
    }
    for (size_t i = 0; i < list.size() && schema.items != nullptr; ++i) {
      Walk(*schema.items, list[i], fmt::format("{}[{}]", path, i), ItemBefore(schema, list[i], old));
    }
    if (schema.list_type != ListType::kAtomic) Unique(schema, list, path);
  }

  /// The members by which an item of a map is told from the others.
  static Json KeyOfItem(const Schema& schema, const Json& item) {
    Json key = Json::object();
    for (const std::string& name : schema.list_keys) {
      if (const Json& value = Member(item, name); !value.is_null()) key[name] = value;
    }
    return key;
  }

  static const Json* ItemBefore(const Schema& schema, const Json& item, const Json* old) {
    if (old == nullptr || !old->is_array() || schema.list_type != ListType::kMap) return nullptr;
    const Json key = KeyOfItem(schema, item);
    const auto found =
        std::find_if(old->begin(), old->end(), [&](const Json& each) { return KeyOfItem(schema, each) == key; });
    return found == old->end() ? nullptr : &*found;
  }

  /// A set's values, a map's keys.
  void Unique(const Schema& schema, const Json& list, const std::string& path) {
    std::set<std::string> seen;
    for (size_t i = 0; i < list.size(); ++i) {
      const Json key = schema.list_type == ListType::kMap ? KeyOfItem(schema, list[i]) : list[i];
      if (!seen.insert(key.dump(-1, ' ', false, Json::error_handler_t::replace)).second) {
        Add(fmt::format("{}[{}]", path, i), kDuplicate, "Duplicate value: " + Shown(key));
      }
    }
  }

  static std::string Below(const std::string& path, const std::string& member) {
    return path.empty() ? member : path + "." + member;
  }

  void Object(const Schema& schema, const Json& object, const std::string& path, const Json* old) {
    const auto count = static_cast<int64_t>(object.size());
    if (schema.max_properties && count > *schema.max_properties) {
      Invalid(path, object, fmt::format("should have at most {} properties", *schema.max_properties));
    }
    if (schema.min_properties && count < *schema.min_properties) {
      Invalid(path, object, fmt::format("should have at least {} properties", *schema.min_properties));
    }
    for (const std::string& name : schema.required) {
      if (!object.contains(name)) Add(Below(path, name), kRequired, "Required value");
    }
    if (schema.embedded) {
      for (const char* name : {"apiVersion", "kind"}) {
        if (ReadString(object, name).empty()) Add(Below(path, name), kRequired, "Required value: must not be empty");
      }
    }
    for (const auto& [name, member] : object.items()) {
      const Schema* known = schema.Of(name);
      if (known == nullptr) continue;
      const bool had = old != nullptr && old->is_object() && old->contains(name);
      Walk(*known, member, Below(path, name), had ? &(*old)[name] : nullptr);
    }
  }

  static std::vector<FieldError> FaultsBy(const Schema& schema, const Json& value, const std::string& path,
                                          const Json* old) {
    std::vector<FieldError> errors;
    ValueCheck(errors).Walk(schema, value, path, old);
    return errors;
  }

  /// How many of `schemas` the value is of; `nearest` are the faults of the one that has the fewest.
  static size_t Count(const std::vector<SchemaRef>& schemas, const Json& value, const std::string& path,
                      const Json* old, std::vector<FieldError>& nearest) {
    size_t count = 0;
    for (const SchemaRef& each : schemas) {
      std::vector<FieldError> faults = FaultsBy(*each, value, path, old);
      count += faults.empty() ? 1 : 0;
      if (each == schemas.front() || faults.size() < nearest.size()) nearest = std::move(faults);
    }
    return count;
  }

  void Composed(const Schema& schema, const Json& value, const std::string& path, const Json* old) {
    std::vector<FieldError> nearest;
    if (!schema.any_of.empty() && Count(schema.any_of, value, path, old, nearest) == 0) {
      Whole(path, "must validate at least one schema (anyOf)");
      errors_.insert(errors_.end(), nearest.begin(), nearest.end());
    }
    if (!schema.one_of.empty()) {
      nearest.clear();
      const size_t count = Count(schema.one_of, value, path, old, nearest);
      const std::string found = count == 0 ? "Found none valid" : fmt::format("Found {} valid alternatives", count);
      if (count != 1) Whole(path, "must validate one and only one schema (oneOf). " + found);
      if (count == 0) errors_.insert(errors_.end(), nearest.begin(), nearest.end());
    }
    if (!schema.all_of.empty()) {
      const size_t before = errors_.size();
      size_t right = 0;
      for (const SchemaRef& each : schema.all_of) {
        const size_t length = errors_.size();
        Walk(*each, value, path, old);
        right += errors_.size() == length ? 1 : 0;
      }
      if (errors_.size() > before) {
        Whole(path, right == 0 ? "must validate all the schemas (allOf). None validated"
                               : "must validate all the schemas (allOf)");
      }
    }
    if (schema.negated != nullptr && FaultsBy(*schema.negated, value, path, nullptr).empty()) {
      Whole(path, "must not validate the schema (not)");
    }
  }

  std::vector<FieldError>& errors_;
};

}  // namespace

std::string Shown(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

void CheckValue(const Schema& schema, const Json& value, const std::string& path, std::vector<FieldError>& errors,
                const Json* old) {
  ValueCheck(errors).Walk(schema, value, path, old);
}

}  // namespace ordinal::api::custom
