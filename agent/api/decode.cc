#include "agent/api/decode.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "agent/api/custom/objects.h"
#include "agent/api/faults.h"
#include "agent/api/kinds/shared/meta_rules.h"
#include "agent/api/schema/check.h"
#include "agent/api/schema/immutable.h"

namespace ordinal::api {
namespace {

DecodeFailure Malformed(std::string summary, std::vector<FieldError> errors) {
  return DecodeFailure{std::move(summary), std::move(errors), true};
}

/// What the document is: its kind, or what is wrong with apiVersion and kind.
std::variant<const KindInfo*, DecodeFailure> Identify(const Json& body) {
  std::vector<FieldError> errors;
  Faults faults(errors);
  if (!body.is_object()) {
    faults.Add(Path(), kTypeInvalid, "must be an object with apiVersion, kind and metadata");
    return Malformed("the document is no Kubernetes object", std::move(errors));
  }
  for (const std::string_view member : {"apiVersion", "kind"}) {
    const Json& value = Member(body, member);
    if (value.is_null() || value == "") {
      faults.Required(Path(member));
    } else if (!value.is_string()) {
      faults.Add(Path(member), kTypeInvalid, "must be a string");
    }
  }
  if (!errors.empty()) return Malformed("the document does not say what it is", std::move(errors));
  auto kind = FindKind(ReadString(body, "apiVersion"), ReadString(body, "kind"));
  if (kind.ok()) return *kind;
  const bool known_kind = FindKind(ReadString(body, "kind")) != nullptr;
  faults.Add(Path(known_kind ? "apiVersion" : "kind"), kNotSupported, kind.error().message);
  return Malformed("the document's kind is not known", std::move(errors));
}

std::string Summary(const KindInfo& kind, const Json& body, bool malformed) {
  const Json& metadata = Member(body, "metadata");
  const std::string name = ReadString(metadata, "name", ReadString(metadata, "generateName"));
  return std::string(kind.kind) + " " + Faults::Quote(name) + (malformed ? " cannot be read" : " is invalid");
}

bool IsMalformed(const std::vector<FieldError>& errors) {
  return std::any_of(errors.begin(), errors.end(), [](const FieldError& error) {
    return error.cause == kUnknownField || error.cause == kTypeInvalid;
  });
}

/// Faults of unknown fields, which are out of the document, become warnings or nothing.
void TakeUnknown(bool warn, std::vector<FieldError>& errors, std::vector<std::string>& warnings) {
  std::erase_if(errors, [&](const FieldError& error) {
    if (error.cause != kUnknownField) return false;
    if (warn) warnings.push_back("unknown field \"" + error.field + "\"");
    return true;
  });
}

/// The value at a field's path ("spec.containers[0].resources.limits[cpu]"); null where there is none.
const Json& ValueAt(const Json& body, std::string_view path) {
  const Json* value = &body;
  while (!path.empty() && !value->is_null()) {
    const bool bracket = path.front() == '[';
    if (bracket || path.front() == '.') path.remove_prefix(1);
    const std::string_view step = path.substr(0, path.find_first_of(bracket ? "]" : ".["));
    path.remove_prefix(std::min(path.size(), step.size() + (bracket ? 1 : 0)));
    if (!value->is_array()) {
      value = &Member(*value, step);
      continue;
    }
    size_t index = 0;
    const bool number = std::from_chars(step.data(), step.data() + step.size(), index).ec == std::errc();
    static const Json none;
    value = number && index < value->size() ? &(*value)[index] : &none;
  }
  return *value;
}

void AddNamespace(const KindInfo& kind, Json& body) {
  if (!kind.namespaced || !Member(body, "metadata").is_object()) return;
  Json& metadata = body["metadata"];
  if (ReadString(metadata, "namespace").empty()) metadata["namespace"] = "default";
}

}  // namespace

std::variant<Decoded, DecodeFailure> Decode(const Json& body, UnknownFields unknown, const Json* old_body) {
  auto identity = Identify(body);
  if (auto* failure = std::get_if<DecodeFailure>(&identity)) return std::move(*failure);
  const KindInfo& kind = *std::get<const KindInfo*>(identity);
  if (kind.custom != nullptr) return custom::DecodeObject(kind, body, unknown, old_body);
  Decoded decoded{&kind, body, {}};
  const bool old_version = ReadString(body, "apiVersion") != ApiVersion(kind);
  std::vector<FieldError> errors;
  if (old_version && kind.find_unreadable != nullptr) kind.find_unreadable(body, errors);
  if (old_version) kind.convert(decoded.body, decoded.warnings);

  const bool types_right = CheckSchema(*kind.schema, decoded.body, errors, unknown != UnknownFields::kRefuse);
  if (unknown != UnknownFields::kRefuse) TakeUnknown(unknown == UnknownFields::kWarn, errors, decoded.warnings);
  if (types_right) {
    AddNamespace(kind, decoded.body);
    if (kind.set_defaults != nullptr) kind.set_defaults(decoded.body);
    Faults faults(errors);
    ValidateMeta(kind, decoded.body, faults);
    faults.Append(FaultsOf(kind, decoded.body, old_body));
    const bool asked = old_version && old_body == nullptr && kind.validate_old_version != nullptr;
    if (asked) kind.validate_old_version(body, errors);
  }
  if (!errors.empty()) {
    const bool malformed = IsMalformed(errors);
    return DecodeFailure{Summary(kind, body, malformed), std::move(errors), malformed};
  }
  if (kind.warn != nullptr) kind.warn(decoded.body, decoded.warnings);
  return decoded;
}

std::vector<FieldError> FaultsOf(const KindInfo& kind, const Json& body, const Json* old_body) {
  std::vector<FieldError> errors;
  if (kind.validate == nullptr) return errors;
  kind.validate(body, errors);
  if (errors.empty() || old_body == nullptr) return errors;
  std::vector<FieldError> before;
  kind.validate(*old_body, before);
  using Said = std::array<std::string_view, 3>;
  std::set<Said> known;
  for (const FieldError& error : before) {
    const Said said{error.field, error.cause, error.message};
    known.insert(said);
  }
  std::erase_if(errors, [&](const FieldError& error) {
    const Said said{error.field, error.cause, error.message};
    return known.contains(said) && ValueAt(body, error.field) == ValueAt(*old_body, error.field);
  });
  return errors;
}

std::vector<FieldError> ValidateUpdate(const KindInfo& kind, const Json& body, const Json& old_body) {
  std::vector<FieldError> errors;
  Faults faults(errors);
  ValidateMeta(kind, body, faults);
  ValidateMetaUpdate(body, old_body, faults);
  faults.Append(FaultsOf(kind, body, &old_body));
  CheckImmutable(*kind.schema, body, old_body, errors);
  if (kind.validate_update != nullptr) kind.validate_update(body, old_body, errors);
  return errors;
}

std::vector<FieldError> ValidateStatusUpdate(const KindInfo& kind, const Json& body, const Json& old_body) {
  std::vector<FieldError> errors = ValidateUpdate(kind, body, old_body);
  if (kind.validate_status != nullptr) kind.validate_status(body, old_body, errors);
  return errors;
}

}  // namespace ordinal::api
