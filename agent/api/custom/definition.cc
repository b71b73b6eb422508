#include "agent/api/custom/definition.h"

#include <atomic>

#include "agent/api/custom/version_order.h"
#include "agent/api/read.h"

namespace ordinal::api::custom {
namespace {

std::optional<JsonPath> PathAt(const Json& source, std::string_view name) {
  auto path = JsonPath::Read(ReadString(source, name));
  return path.ok() ? std::optional(std::move(*path)) : std::nullopt;
}

std::optional<Scale> ReadScale(const Json& source) {
  auto spec = PathAt(source, "specReplicasPath"), status = PathAt(source, "statusReplicasPath");
  if (!spec || !status) return std::nullopt;
  return Scale{std::move(*spec), std::move(*status), PathAt(source, "labelSelectorPath")};
}

}  // namespace

std::shared_ptr<const CustomKind> CustomKind::Make(const Json& definition, const Json& names) {
  static std::atomic<uint64_t> serial{0};
  const std::shared_ptr<CustomKind> kind(new CustomKind());
  kind->serial_ = ++serial;
  const Json& spec = Member(definition, "spec");
  kind->group_ = ReadString(spec, "group");
  kind->ending_ = Deleting(definition);
  for (const Json& version : Items(spec, "versions")) kind->ReadVersion(version);
  for (const auto& version : kind->versions_) {
    if (version->storage) kind->storage_ = version.get();
  }
  if (kind->storage_ == nullptr) return nullptr;
  kind->ReadNames(names);
  kind->Describe(spec);
  kind->AddDeprecations();
  return kind;
}

void CustomKind::ReadVersion(const Json& source) {
  auto version = std::make_unique<Version>();
  version->name = ReadString(source, "name");
  version->api_version = group_ + "/" + version->name;
  version->served = ReadBool(source, "served");
  version->storage = ReadBool(source, "storage");
  if (ReadBool(source, "deprecated")) version->deprecation = ReadString(source, "deprecationWarning", " ");
  version->source = Member(Member(source, "schema"), "openAPIV3Schema");
  version->schema = ReadSchema(version->source);
  version->has_defaults = HasFallbacks(*version->schema);
  const Json& subresources = Member(source, "subresources");
  version->scale = ReadScale(Member(subresources, "scale"));
  if (version->scale) version->subresources.push_back("scale");
  if (subresources.contains("status")) version->subresources.push_back("status");
  for (const Json& field : Items(source, "selectableFields")) {
    const std::string path = ReadString(field, "jsonPath");
    if (path.size() > 1) version->field_labels.push_back(tables_.Keep(path.substr(1)));
  }
  ReadColumns(source, *version);
  versions_.push_back(std::move(version));
}

void CustomKind::ReadColumns(const Json& source, Version& version) {
  for (const Json& column : Items(source, "additionalPrinterColumns")) {
    auto path = PathAt(column, "jsonPath");
    const auto text = [&](std::string_view name) { return tables_.Keep(ReadString(column, name)); };
    const int priority = static_cast<int>(ReadInt(column, "priority"));
    const std::string description =
        ReadString(column, "description",
                   "Custom resource definition column (in JSONPath format): " + ReadString(column, "jsonPath"));
    version.columns.push_back(
        {Column{text("name"), text("type"), text("format"), tables_.Keep(description), priority}, std::move(path)});
  }
}

void CustomKind::ReadNames(const Json& names) {
  const auto text = [&](std::string_view name) { return tables_.Keep(ReadString(names, name)); };
  info_.kind = text("kind");
  info_.plural = text("plural");
  info_.singular = text("singular");
  list_kind_ = ReadString(names, "listKind", std::string(info_.kind) + "List");
  for (const std::string& name : ReadStrings(names, "shortNames")) short_names_.push_back(tables_.Keep(name));
  for (const std::string& name : ReadStrings(names, "categories")) categories_.push_back(tables_.Keep(name));
}

void CustomKind::Describe(const Json& spec) {
  for (const auto& version : versions_) {
    version->type = tables_.Whole(std::string(info_.kind), *version->schema, *version);
    if (!version->storage) other_versions_.push_back(version->api_version);
  }
  info_.group = group_;
  info_.version = storage_->name;
  info_.key = tables_.Keep(std::string(info_.kind) + "." + group_);
  info_.custom = this;
  info_.short_names = short_names_;
  info_.categories = categories_;
  info_.namespaced = ReadString(spec, "scope") == "Namespaced";
  info_.schema = storage_->type;
  info_.old_versions = other_versions_;
  info_.field_labels = storage_->field_labels;
  info_.subresources = storage_->subresources;
  info_.counts_generation = true;
}

/// The reference's words: what is deprecated, and the newest version that is at least as stable and is not.
void CustomKind::AddDeprecations() {
  for (const auto& version : versions_) {
    if (version->deprecation != " ") continue;
    const Version* better = nullptr;
    for (const auto& each : versions_) {
      const bool fit = each->served && each->deprecation.empty() && IsPreferred(each->name, version->name) &&
                       StabilityOf(each->name) >= StabilityOf(version->name);
      if (fit && (better == nullptr || IsPreferred(each->name, better->name))) better = each.get();
    }
    version->deprecation = version->api_version + " " + std::string(info_.kind) + " is deprecated";
    if (better != nullptr) version->deprecation += "; use " + better->api_version + " " + std::string(info_.kind);
  }
}

const Version* CustomKind::Find(std::string_view api_version) const {
  for (const auto& version : versions_) {
    if (version->api_version == api_version) return version.get();
  }
  return nullptr;
}

const Version& CustomKind::Or(std::string_view api_version) const {
  const Version* found = Find(api_version);
  return found == nullptr ? *storage_ : *found;
}

std::shared_ptr<const void> HoldOf(const KindInfo& kind) {
  return kind.custom == nullptr ? nullptr : kind.custom->shared_from_this();
}

}  // namespace ordinal::api::custom
