#include "agent/api/custom/objects.h"

#include <algorithm>

#include "agent/api/custom/check.h"
#include "agent/api/custom/prune.h"
#include "agent/api/faults.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/shared/meta_rules.h"
#include "agent/api/schema/check.h"

namespace ordinal::api::custom {
namespace {

/// metadata is no matter of the schema.
bool ReadMetadata(Json& body, bool drop_unknown, std::vector<FieldError>& errors) {
  if (!body.contains("metadata") || body["metadata"].is_null()) body["metadata"] = Json::object();
  std::vector<FieldError> found;
  const bool right = CheckSchema(schema::kObjectMeta, body["metadata"], found, drop_unknown);
  for (FieldError& error : found) {
    error.field = error.field.empty() ? "metadata" : "metadata." + error.field;
    errors.push_back(std::move(error));
  }
  return right;
}

bool IsDuplicate(const FieldError& error) { return error.cause == kDuplicate; }

/// What is wrong of a value that stays as it was does not keep an object from being changed elsewhere: the definition
/// may have become stricter since it was stored. Where a list had items twice before, it may go on so.
std::vector<FieldError> NewFaults(const Schema& schema, const Json& body, const Json* old_body) {
  std::vector<FieldError> errors;
  CheckValue(schema, body, "", errors, old_body);
  if (old_body == nullptr || std::none_of(errors.begin(), errors.end(), IsDuplicate)) return errors;
  std::vector<FieldError> before;
  CheckValue(schema, *old_body, "", before);
  if (std::any_of(before.begin(), before.end(), IsDuplicate)) std::erase_if(errors, IsDuplicate);
  return errors;
}

void TellUnknown(const std::vector<std::string>& dropped, const KindInfo& kind, UnknownFields unknown, Decoded& decoded,
                 std::vector<FieldError>& errors) {
  for (const std::string& field : dropped) {
    if (unknown == UnknownFields::kRefuse) {
      errors.push_back({field, std::string(kUnknownField), "is not a field of " + std::string(kind.kind)});
    } else if (unknown == UnknownFields::kWarn) {
      decoded.warnings.push_back("unknown field \"" + field + "\"");
    }
  }
}

bool IsMalformedObject(const std::vector<FieldError>& errors) {
  return std::any_of(errors.begin(), errors.end(), [](const FieldError& error) {
    return error.cause == kUnknownField || (error.cause == kTypeInvalid && error.field.starts_with("metadata"));
  });
}

void AddNamespaceOf(const KindInfo& kind, Json& body) {
  if (!kind.namespaced || !body["metadata"].is_object()) return;
  if (ReadString(body["metadata"], "namespace").empty()) body["metadata"]["namespace"] = "default";
}

Json CellOf(const PrinterColumn& printed, const Json& body, WallTime now) {
  const auto found = printed.path ? printed.path->Find(body) : std::vector<const Json*>();
  if (found.empty()) return nullptr;
  const Json& first = *found.front();
  const std::string_view type = printed.column.type;
  if (type == "integer") return first.is_number() ? Json(first.get<int64_t>()) : Json();
  if (type == "number") return first.is_number() ? Json(first.get<double>()) : Json();
  if (type == "boolean") return first.is_boolean() ? first : Json();
  if (type == "date") {
    const auto time = first.is_string() ? ParseTime(first.get_ref<const std::string&>()) : Result<WallTime>(Error());
    return time.ok() ? HumanDuration(std::chrono::duration_cast<Duration>(now - *time)) : "<invalid>";
  }
  return first.is_string() ? first : Json(Shown(first));
}

}  // namespace

std::variant<Decoded, DecodeFailure> DecodeObject(const KindInfo& kind, const Json& body, UnknownFields unknown,
                                                  const Json* old_body) {
  const CustomKind& custom = *kind.custom;
  const Version& version = custom.Or(ReadString(body, "apiVersion"));
  Decoded decoded{&kind, body, {}};
  std::vector<FieldError> errors;
  // What is stored may have members that its definition has lost since.
  const UnknownFields wish = old_body != nullptr && unknown == UnknownFields::kRefuse ? UnknownFields::kDrop : unknown;
  const bool metadata_right = ReadMetadata(decoded.body, wish != UnknownFields::kRefuse, errors);
  if (wish != UnknownFields::kRefuse) {
    std::erase_if(errors, [](const FieldError& error) { return error.cause == kUnknownField; });
  }
  const bool has_status =
      std::find(version.subresources.begin(), version.subresources.end(), "status") != version.subresources.end();
  if (old_body == nullptr && has_status) decoded.body.erase("status");
  TellUnknown(Prune(*version.schema, decoded.body), kind, wish, decoded, errors);
  DropNulls(*version.schema, decoded.body);
  FillDefaults(*version.schema, decoded.body);
  Faults faults(errors);
  if (metadata_right) {
    AddNamespaceOf(kind, decoded.body);
    ValidateMeta(kind, decoded.body, faults);
  }
  faults.Append(NewFaults(*version.schema, decoded.body, old_body));
  if (!errors.empty()) {
    const bool malformed = IsMalformedObject(errors);
    const std::string name = ReadString(Member(body, "metadata"), "name");
    return DecodeFailure{
        std::string(kind.kind) + " " + Faults::Quote(name) + (malformed ? " cannot be read" : " is invalid"),
        std::move(errors), malformed};
  }
  decoded.body = PresentObject(custom, std::move(decoded.body), custom.storage().api_version);
  return decoded;
}

Json PresentObject(const CustomKind& kind, Json body, std::string_view api_version) {
  const Version& version = kind.Or(api_version);
  if (ReadString(body, "apiVersion") != api_version) {
    body["apiVersion"] = version.api_version;
    Prune(*version.schema, body);
    DropNulls(*version.schema, body);
  }
  if (version.has_defaults) FillDefaults(*version.schema, body);
  return body;
}

Object CompletedObject(const KindInfo& kind, const Object& object) {
  if (kind.custom == nullptr) return object;
  const Version* version = kind.custom->Find(ReadString(object.body(), "apiVersion"));
  if (version == nullptr || !version->has_defaults) return object;
  Json body = object.body();
  FillDefaults(*version->schema, body);
  return body == object.body() ? object : Object(std::move(body));
}

void TidyConfiguration(const CustomKind& kind, std::string_view api_version, Json& body) {
  DropNulls(*kind.Or(api_version).schema, body);
}

Json CompleteObject(const CustomKind& kind, Json body) {
  FillDefaults(*kind.storage().schema, body);
  return body;
}

std::vector<std::string> UnknownMembers(const CustomKind& kind, std::string_view api_version, Json body) {
  std::vector<std::string> unknown;
  if (!body.is_object()) return unknown;
  std::vector<FieldError> errors;
  ReadMetadata(body, /*drop_unknown=*/true, errors);
  for (const FieldError& error : errors) {
    if (error.cause == kUnknownField) unknown.push_back(error.field);
  }
  for (std::string& field : Prune(*kind.Or(api_version).schema, body)) unknown.push_back(std::move(field));
  return unknown;
}

Json ColumnsOf(const CustomKind& kind, std::string_view api_version) {
  Json definitions = Json::array();
  definitions.push_back(ColumnDefinition(kNameColumn));
  const Version& version = kind.Or(api_version);
  for (const PrinterColumn& printed : version.columns) definitions.push_back(ColumnDefinition(printed.column));
  if (version.columns.empty()) definitions.push_back(ColumnDefinition(kAgeColumn));
  return definitions;
}

Json CellsOf(const CustomKind& kind, std::string_view api_version, const Json& body, WallTime now) {
  Json cells = Json::array({NameCell(body)});
  const Version& version = kind.Or(api_version);
  for (const PrinterColumn& printed : version.columns) cells.push_back(CellOf(printed, body, now));
  if (version.columns.empty()) cells.push_back(AgeCell(body, now));
  return cells;
}

}  // namespace ordinal::api::custom
