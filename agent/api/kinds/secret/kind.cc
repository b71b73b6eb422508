#include "agent/api/base64.h"
#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/secret/fields.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/config_rules.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_secret {
namespace {

/// stringData is only ever written: its values join data, over what is there.
void SetDefaults(Json& body) {
  if (!body.contains("stringData")) return;
  for (const auto& [key, value] : ReadStringMap(body, "stringData")) body["data"][key] = EncodeBase64(value);
  body.erase("stringData");
}

/// A type's key that must be there; no message repeats a value.
void RequireKey(const Json& data, std::string_view key, Faults& faults) {
  if (!data.contains(key)) faults.Required(Path("data")[key]);
}

void ValidateDockerConfig(const Json& data, std::string_view key, Faults& faults) {
  RequireKey(data, key, faults);
  if (!data.contains(key)) return;
  const auto text = DecodeBase64(ReadString(data, key));
  if (!text.ok() || !Json::accept(*text)) faults.Add(Path("data")[key], kInvalid, "must be JSON");
}

/// What each type promises to hold (core/v1 SecretType).
void ValidateType(const Json& body, Faults& faults) {
  const std::string type = ReadString(body, "type");
  const Json& data = Member(body, "data");
  if (type == "kubernetes.io/service-account-token") {
    constexpr std::string_view kAccount = "kubernetes.io/service-account.name";
    if (TextCell(body, {"metadata", "annotations", kAccount}).empty()) {
      faults.Required((Path("metadata") / "annotations")[kAccount]);
    }
  } else if (type == "kubernetes.io/dockercfg") {
    ValidateDockerConfig(data, ".dockercfg", faults);
  } else if (type == "kubernetes.io/dockerconfigjson") {
    ValidateDockerConfig(data, ".dockerconfigjson", faults);
  } else if (type == "kubernetes.io/basic-auth") {
    if (data.contains("username") || data.contains("password")) return;
    RequireKey(data, "username", faults);
    RequireKey(data, "password", faults);
  } else if (type == "kubernetes.io/ssh-auth") {
    if (ReadString(data, "ssh-privatekey").empty()) faults.Required(Path("data")["ssh-privatekey"]);
  } else if (type == "kubernetes.io/tls") {
    RequireKey(data, "tls.crt", faults);
    RequireKey(data, "tls.key", faults);
  }
}

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  ValidateConfigKeys(body, "data", faults);
  size_t bytes = 0;
  for (const auto& [key, value] : ReadStringMap(body, "data")) {
    const auto decoded = DecodeBase64(value);
    bytes += decoded.ok() ? decoded->size() : value.size();
  }
  if (bytes > kMostConfigBytes) {
    faults.Add(Path("data"), kTooLong, "all values together must be no more than 1048576 bytes");
  }
  ValidateType(body, faults);
}

void ValidateUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const std::string now = ReadString(body, "type"), before = ReadString(old_body, "type");
  if (now != before) faults.Invalid(Path("type"), now, "may not change from " + Faults::Quote(before));
  ValidateImmutable(body, old_body, {"data"}, faults);
}

Json Cells(const Json& body, WallTime now) {
  return {NameCell(body), TextCell(body, {"type"}), Member(body, "data").size(), AgeCell(body, now)};
}

constexpr std::string_view kFieldLabels[] = {"type"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Type", "string", "", "What the secret is for.", 0},
    {"Data", "string", "", "How many keys it has.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "",
    .version = "v1",
    .kind = "Secret",
    .plural = "secrets",
    .singular = "secret",
    .short_names = {},
    .schema = &schema::kSecret,
    .old_versions = {},
    .set_defaults = SetDefaults,
    .validate = Validate,
    .validate_update = ValidateUpdate,
    .in_manifests = true,
    .field_labels = kFieldLabels,
    .columns = kColumns,
    .cells = Cells,
};

}  // namespace ordinal::api::kinds::of_secret
