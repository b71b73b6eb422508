#include "agent/manifests/manifest_file.h"

#include <algorithm>
#include <optional>

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
  if (kind.custom != nullptr) {
    body["apiVersion"] = api::ApiVersion(kind);
  } else if (api::ReadString(body, "apiVersion") != api::ApiVersion(kind)) {
    kind.convert(body, told_by_decode);
  }
  DropNulls(body);
  body.erase("status");
  if (kind.as_written != nullptr) kind.as_written(body);
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
    file.errors.push_back(
        object.Locate("kind", "a " + object.key.kind + " cannot be given in a manifest file; make it with kubectl"));
  } else if (object.key.name.empty()) {
    file.errors.push_back(object.Locate("metadata.name", "is required in a manifest file; generateName is not enough"));
  } else {
    for (const auto& warning : good.warnings) file.warnings.push_back(LocateWarning(document, warning));
    file.objects.push_back(std::move(object));
  }
}

// What a full disk or a lost page cuts off is cut at a multiple of this.
constexpr size_t kBlock = 4096;

/// What shows that a text is not all that its writer meant; nothing when it may be whole.
std::optional<std::string> Damage(std::string_view text) {
  if (const size_t nul = text.find('\0'); nul != std::string_view::npos) {
    const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(nul), '\n') + 1;
    return AtLine(static_cast<int>(line), "",
                  "there is a NUL byte, as a power cut leaves it; the file changes nothing, write it again");
  }
  const bool whole_blocks = !text.empty() && text.size() % kBlock == 0;
  if (!whole_blocks || text.back() == '\n' || text.back() == '}') return std::nullopt;
  const auto line = std::count(text.begin(), text.end(), '\n') + 1;
  return AtLine(static_cast<int>(line), "",
                "the text ends within a line after " + std::to_string(text.size()) +
                    " bytes, as a write to a full disk leaves it; the file changes nothing, end its last line or write "
                    "it again");
}

}  // namespace

std::string ManifestObject::Locate(std::string_view field, std::string_view message) const {
  return AtLine(api::FindLine(api::Document{{}, line, lines}, field), field, message);
}

ManifestFile ReadManifest(std::string_view text) {
  ManifestFile file;
  if (auto damage = Damage(text)) {
    file.errors.push_back(std::move(*damage));
    return file;
  }
  auto documents = api::ParseManifest(text);
  if (!documents.ok()) {
    file.errors.push_back(OneLine(documents.error().message));
    return file;
  }
  for (auto& document : *documents) ReadDocument(std::move(document), file);
  if (file.objects.empty() && file.errors.empty()) {
    file.errors.emplace_back(
        "line 1: there is no object in the file, so it changes nothing; remove the file to remove what came from it");
  }
  return file;
}

bool IsManifestName(std::string_view name) {
  if (name.empty() || name.front() == '.' || name.front() == '#') return false;
  return name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json");
}

}  // namespace ordinal::manifests
