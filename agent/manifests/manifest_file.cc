#include "agent/manifests/manifest_file.h"

#include <algorithm>

namespace ordinal::manifests {
namespace {

using api::Json;

/// A null says as much as leaving the field out, and a merge must not see a difference.
void DropNulls(Json& value) {
  if (value.is_object()) {
    for (auto member = value.begin(); member != value.end();) {
      if (member->is_null()) {
        member = value.erase(member);
      } else {
        DropNulls(*member);
        ++member;
      }
    }
  } else if (value.is_array()) {
    for (auto& item : value) DropNulls(item);
  }
}

Json AsWritten(const api::KindInfo& kind, const Json& document, const std::string& ns) {
  Json body = document;
  std::vector<std::string> told_by_decode;
  if (api::ReadString(body, "apiVersion") != api::ApiVersion(kind)) kind.convert(body, told_by_decode);
  DropNulls(body);
  body.erase("status");
  Json& metadata = body["metadata"];
  for (const char* member : {"uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
                             "deletionGracePeriodSeconds", "managedFields", "selfLink", "generateName"}) {
    metadata.erase(member);
  }
  if (kind.namespaced) metadata["namespace"] = ns;
  return body;
}

std::string OneLine(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

std::string AtLine(int line, std::string_view field, std::string_view message) {
  std::string text = "line " + std::to_string(line) + ": ";
  if (!field.empty()) text += std::string(field) + ": ";
  return OneLine(text + std::string(message));
}

/// A warning starts with the field it is about: "spec.updateStrategy: …".
std::string LocateWarning(const api::Document& document, const std::string& warning) {
  const size_t colon = warning.find(": ");
  return "line " + std::to_string(api::FindLine(document, warning.substr(0, colon))) + ": " + OneLine(warning);
}

void ReadDocument(api::Document document, ManifestFile& file) {
  auto decoded = api::Decode(document.body);
  if (const auto* failure = std::get_if<api::DecodeFailure>(&decoded)) {
    for (const auto& error : failure->errors) {
      file.errors.push_back(AtLine(api::FindLine(document, error.field), error.field, error.message));
    }
    return;
  }
  const auto& good = std::get<api::Decoded>(decoded);
  const Json& metadata = api::Member(good.body, "metadata");
  ManifestObject object{
      .kind = good.kind,
      .key = {std::string(good.kind->kind), api::ReadString(metadata, "namespace"), api::ReadString(metadata, "name")},
      .body = AsWritten(*good.kind, document.body, api::ReadString(metadata, "namespace")),
      .line = document.line,
      .lines = document.lines};
  if (!good.kind->in_manifests) {
    file.errors.push_back(object.Locate("kind", "a " + object.key.kind + " cannot be given in a manifest file"));
  } else if (object.key.name.empty()) {
    file.errors.push_back(object.Locate("metadata.name", "is required in a manifest file; generateName is not enough"));
  } else {
    for (const auto& warning : good.warnings) file.warnings.push_back(LocateWarning(document, warning));
    file.objects.push_back(std::move(object));
  }
}

}  // namespace

std::string ManifestObject::Locate(std::string_view field, std::string_view message) const {
  return AtLine(api::FindLine(api::Document{{}, line, lines}, field), field, message);
}

ManifestFile ReadManifest(std::string_view text) {
  ManifestFile file;
  auto documents = api::ParseManifest(text);
  if (!documents.ok()) {
    file.errors.push_back(OneLine(documents.error().message));
    return file;
  }
  for (auto& document : *documents) ReadDocument(std::move(document), file);
  return file;
}

bool IsManifestName(std::string_view name) {
  if (name.empty() || name.front() == '.' || name.front() == '#') return false;
  return name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json");
}

}  // namespace ordinal::manifests
