#include "agent/api/schema/check.h"

#include <cmath>
#include <limits>

#include "agent/api/base64.h"
#include "agent/api/faults.h"
#include "agent/api/quantity.h"

namespace ordinal::api {
namespace {

std::string_view TypeName(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null: return "null";
    case Json::value_t::object: return "an object";
    case Json::value_t::array: return "a list";
    case Json::value_t::string: return "a string";
    case Json::value_t::boolean: return "a boolean";
    default: return "a number";
  }
}

class Walker {
 public:
  Walker(std::vector<FieldError>& errors, bool drop_unknown) : errors_(errors), drop_unknown_(drop_unknown) {}

  bool types_right() const { return types_right_; }

  void Struct(const StructType& type, Json& value) {
    if (!value.is_object()) return Wrong(value, "an object");
    DropNullsAndUnknown(type, value);
    for (const Field& field : type.fields) {
      const size_t length = Enter(field.name);
      auto member = value.find(field.name);
      if (member == value.end() && !field.fallback.empty()) {
        member = value.emplace(field.name, Json::parse(field.fallback)).first;
      }
      if (field.required && (member == value.end() || IsEmpty(*member))) {
        Fault(kRequired, "is required");
      }
      if (member != value.end()) Shaped(field, *member);
      path_.resize(length);
    }
  }

 private:
  size_t Enter(std::string_view name) {
    const size_t length = path_.size();
    if (!path_.empty()) path_ += '.';
    path_ += name;
    return length;
  }

  static bool IsEmpty(const Json& value) {
    return (value.is_string() && value.get_ref<const std::string&>().empty()) || (value.is_array() && value.empty());
  }

  void Fault(std::string_view cause, std::string message) {
    errors_.push_back({path_, std::string(cause), std::move(message)});
  }

  void Wrong(const Json& value, std::string_view wanted) {
    types_right_ = false;
    std::string message = "must be " + std::string(wanted) + ", not " + std::string(TypeName(value));
    if (wanted == "a string" && value.is_primitive()) message += "; put " + value.dump() + " in quotes";
    Fault(kTypeInvalid, std::move(message));
  }

  /// A null is an absent field, as it is for encoding/json.
  void DropNullsAndUnknown(const StructType& type, Json& value) {
    for (auto member = value.begin(); member != value.end();) {
      const bool known = std::any_of(type.fields.begin(), type.fields.end(),
                                     [&](const Field& field) { return field.name == member.key(); });
      if (!known) {
        const size_t length = Enter(member.key());
        Fault(kUnknownField, "is not a field of " + std::string(type.name) + Suggestion(type, member.key()));
        path_.resize(length);
      }
      member = member->is_null() || (!known && drop_unknown_) ? value.erase(member) : std::next(member);
    }
  }

  /// " (did you mean …)" when a field differs by letter case or one letter left out, added or changed.
  static std::string Suggestion(const StructType& type, const std::string& name) {
    for (const Field& field : type.fields) {
      if (Near(field.name, name)) return "; did you mean \"" + std::string(field.name) + "\"?";
    }
    return "";
  }

  static bool Near(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    size_t head = 0;
    while (head < std::min(a.size(), b.size()) && lower(a[head]) == lower(b[head])) ++head;
    size_t tail = 0;
    while (tail < std::min(a.size(), b.size()) - head &&
           lower(a[a.size() - 1 - tail]) == lower(b[b.size() - 1 - tail])) {
      ++tail;
    }
    return std::max(a.size(), b.size()) - head - tail <= 1;
  }

  void Shaped(const Field& field, Json& value) {
    if (field.shape == Shape::kList) {
      if (!value.is_array()) return Wrong(value, "a list");
      for (size_t i = 0; i < value.size(); ++i) {
        const size_t length = path_.size();
        path_ += "[" + std::to_string(i) + "]";
        One(field, value[i]);
        path_.resize(length);
      }
    } else if (field.shape == Shape::kMap) {
      if (!value.is_object()) return Wrong(value, "an object");
      for (const auto& [key, item] : value.items()) {
        const size_t length = path_.size();
        path_ += "[" + key + "]";
        // "key:" without a value in YAML; encoding/json reads a null string as an empty one.
        if (item.is_null() && (field.type == FieldType::kString || field.type == FieldType::kBytes)) item = "";
        One(field, item);
        path_.resize(length);
      }
    } else {
      One(field, value);
    }
  }

  void One(const Field& field, Json& value) {
    if (field.or_flag && value.is_boolean()) return;
    switch (field.type) {
      case FieldType::kString:
        if (!value.is_string()) Wrong(value, "a string");
        return;
      case FieldType::kInt32:
        return Integer(value, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max());
      case FieldType::kInt64:
        return Integer(value, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max());
      case FieldType::kBool:
        if (!value.is_boolean()) Wrong(value, "true or false");
        return;
      case FieldType::kNumber:
        if (!value.is_number()) Wrong(value, "a number");
        return;
      case FieldType::kBytes: return BytesOf(value);
      case FieldType::kTime:
      case FieldType::kMicroTime: return TimeOf(value);
      case FieldType::kQuantity: return QuantityOf(value);
      case FieldType::kIntOrString:
        if (!value.is_string())
          Integer(value, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max());
        return;
      case FieldType::kStruct: return Struct(*field.of, value);
      case FieldType::kAny: return;
    }
  }

  void Integer(const Json& value, int64_t least, int64_t most) {
    if (!value.is_number_integer()) return NotWhole(value, most);
    const bool too_large = value.is_number_unsigned() && value.get<uint64_t>() > static_cast<uint64_t>(most);
    const bool in_range = !too_large && value.get<int64_t>() >= least && value.get<int64_t>() <= most;
    if (in_range) return;
    types_right_ = false;
    Fault(kTypeInvalid, value.dump() + " does not fit in a " + BitsOf(most) + "-bit number");
  }

  /// A whole number of more than 64 bits is read as a fraction is.
  void NotWhole(const Json& value, int64_t most) {
    if (!value.is_number_float()) return Wrong(value, "a whole number");
    types_right_ = false;
    const double number = value.get<double>();
    const bool too_large = std::floor(number) == number && std::abs(number) > static_cast<double>(most);
    std::string bits;
    if (too_large) bits = " of at most " + BitsOf(most) + " bits";
    Fault(kTypeInvalid, "must be a whole number" + bits + ", not " + value.dump());
  }

  static std::string BitsOf(int64_t most) { return most > std::numeric_limits<int32_t>::max() ? "64" : "32"; }

  void BytesOf(const Json& value) {
    if (!value.is_string()) return Wrong(value, "a string");
    if (DecodeBase64(value.get_ref<const std::string&>()).ok()) return;
    types_right_ = false;
    // The value is likely a secret: it is not repeated.
    Fault(kTypeInvalid, "must be base64, such as c2VjcmV0");
  }

  void TimeOf(const Json& value) {
    if (!value.is_string()) return Wrong(value, "a string");
    if (ParseTime(value.get_ref<const std::string&>()).ok()) return;
    types_right_ = false;
    Fault(kTypeInvalid, "must be a time such as 2026-11-21T23:15:36Z, not " + value.dump());
  }

  void QuantityOf(Json& value) {
    if (!value.is_string() && !value.is_number()) return Wrong(value, "a quantity such as 64Mi");
    auto canonical =
        ordinal::api::Quantity::Canonical(value.is_string() ? value.get_ref<const std::string&>() : value.dump());
    if (canonical.ok()) {
      value = std::move(*canonical);
      return;
    }
    types_right_ = false;
    Fault(kTypeInvalid, canonical.error().message);
  }

  std::vector<FieldError>& errors_;
  const bool drop_unknown_;
  std::string path_;
  bool types_right_ = true;
};

}  // namespace

bool CheckSchema(const StructType& type, Json& body, std::vector<FieldError>& errors, bool drop_unknown) {
  Walker walker(errors, drop_unknown);
  walker.Struct(type, body);
  return walker.types_right();
}

}  // namespace ordinal::api
