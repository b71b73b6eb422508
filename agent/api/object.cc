#include "agent/api/object.h"

#include <algorithm>
#include <charconv>

#include "agent/api/resting.h"

namespace ordinal::api {
namespace {

const Json kNull;

uint64_t ParseRevision(const Json& metadata) {
  const Json& text = Member(metadata, "resourceVersion");
  if (!text.is_string()) return 0;
  const auto& digits = text.get_ref<const std::string&>();
  uint64_t revision = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), revision);
  return error == std::errc() && end == digits.data() + digits.size() ? revision : 0;
}

OwnerReference ReadOwner(const Json& entry) {
  return OwnerReference{.api_version = ReadString(entry, "apiVersion"),
                        .kind = ReadString(entry, "kind"),
                        .name = ReadString(entry, "name"),
                        .uid = ReadString(entry, "uid"),
                        .controller = ReadBool(entry, "controller"),
                        .block_owner_deletion = ReadBool(entry, "blockOwnerDeletion")};
}

}  // namespace

std::string ToString(const ObjectKey& key) {
  return key.ns.empty() ? key.kind + " " + key.name : key.kind + " " + key.ns + "/" + key.name;
}

Object::Object(Json body) {
  auto rep = std::make_shared<Rep>();
  const Json& metadata = Member(body, "metadata");
  rep->key = ObjectKey{StoreKind(ReadString(body, "apiVersion"), ReadString(body, "kind")),
                       ReadString(metadata, "namespace"), ReadString(metadata, "name")};
  rep->uid = ReadString(metadata, "uid");
  rep->revision = ParseRevision(metadata);
  StringMap labels = ReadStringMap(metadata, "labels");
  if (!labels.empty()) rep->labels = std::make_shared<const StringMap>(std::move(labels));
  rep->parsed = new Json(std::move(body));
  rep_ = std::move(rep);
}

Object Object::WithRevision(uint64_t revision) && {
  const bool own = rep_.use_count() == 1 && rep_->text == nullptr && rep_->keepers == 0;
  if (!own) return std::as_const(*this).WithRevision(revision);
  auto& body = const_cast<Json&>(*rep_->parsed.load());  // without a text it was made here, not read from one
  body["metadata"]["resourceVersion"] = std::to_string(revision);
  rep_->revision = revision;
  return std::move(*this);
}

Object Object::WithRevision(uint64_t revision) const& {
  auto rep = std::make_shared<Rep>();
  rep->key = rep_->key;
  rep->uid = rep_->uid;
  rep->revision = revision;
  rep->labels = rep_->labels;
  auto body = std::make_unique<Json>(rep_->Body());
  (*body)["metadata"]["resourceVersion"] = std::to_string(revision);
  rep->parsed = body.release();
  Object copy;
  copy.rep_ = std::move(rep);
  return copy;
}

std::string Object::document_kind() const { return kind().substr(0, kind().find('.')); }

const StringMap& Object::labels() const {
  static const StringMap none;
  return rep_->labels ? *rep_->labels : none;
}

bool Object::MayContain(std::string_view value) const {
  const auto plain = [](unsigned char c) {
    return c >= 0x20 && c < 0x7f && std::string_view("\"\\<>&").find(static_cast<char>(c)) == std::string_view::npos;
  };
  if (text() == nullptr || !std::all_of(value.begin(), value.end(), plain)) return true;
  return text()->find(value) != std::string::npos;
}

void Object::Written(Text text) {
  rep_->text = std::move(text);
  Resting::Awake(*this);
}

/// Two threads may come to it at once: one of them keeps what it read.
const Json* Object::Rep::Parse() const {
  auto body = std::make_unique<const Json>(Json::parse(*text));
  const Json* there = nullptr;
  if (!parsed.compare_exchange_strong(there, body.get(), std::memory_order_acq_rel)) return there;
  const Json* ours = body.release();
  Resting::Awake(shared_from_this());
  return ours;
}

Json OwnerReference::ToJson() const {
  Json json = {{"apiVersion", api_version}, {"kind", kind}, {"name", name}, {"uid", uid}};
  if (controller) json["controller"] = true;
  if (block_owner_deletion) json["blockOwnerDeletion"] = true;
  return json;
}

const OwnerReference* Meta::Controller() const {
  for (const auto& owner : owners) {
    if (owner.controller) return &owner;
  }
  return nullptr;
}

Meta ReadMeta(const Json& body) {
  const Json& metadata = Member(body, "metadata");
  Meta meta;
  meta.name = ReadString(metadata, "name");
  meta.generate_name = ReadString(metadata, "generateName");
  meta.ns = ReadString(metadata, "namespace");
  meta.uid = ReadString(metadata, "uid");
  meta.revision = ParseRevision(metadata);
  meta.generation = ReadInt(metadata, "generation");
  meta.created = ReadTime(metadata, "creationTimestamp");
  meta.deleted = ReadTime(metadata, "deletionTimestamp");
  if (Member(metadata, "deletionGracePeriodSeconds").is_number_integer()) {
    meta.deletion_grace_seconds = ReadInt(metadata, "deletionGracePeriodSeconds");
  }
  meta.labels = ReadStringMap(metadata, "labels");
  meta.annotations = ReadStringMap(metadata, "annotations");
  meta.finalizers = ReadStrings(metadata, "finalizers");
  const Json& owners = Member(metadata, "ownerReferences");
  if (owners.is_array()) {
    for (const auto& entry : owners) meta.owners.push_back(ReadOwner(entry));
  }
  return meta;
}

bool Deleting(const Json& body) { return !Member(Member(body, "metadata"), "deletionTimestamp").is_null(); }

OwnerReference ControllerReference(const Object& owner) {
  return OwnerReference{.api_version = ReadString(owner.body(), "apiVersion"),
                        .kind = owner.document_kind(),
                        .name = owner.name(),
                        .uid = owner.uid(),
                        .controller = true,
                        .block_owner_deletion = true};
}

const Json& Member(const Json& object, std::string_view name) {
  if (!object.is_object()) return kNull;
  auto found = object.find(name);
  return found == object.end() ? kNull : *found;
}

std::string ReadString(const Json& object, std::string_view name, std::string_view fallback) {
  const Json& value = Member(object, name);
  return value.is_string() ? value.get_ref<const std::string&>() : std::string(fallback);
}

int64_t ReadInt(const Json& object, std::string_view name, int64_t fallback) {
  const Json& value = Member(object, name);
  return value.is_number_integer() ? value.get<int64_t>() : fallback;
}

bool ReadBool(const Json& object, std::string_view name, bool fallback) {
  const Json& value = Member(object, name);
  return value.is_boolean() ? value.get<bool>() : fallback;
}

std::vector<std::string> ReadStrings(const Json& object, std::string_view name) {
  std::vector<std::string> strings;
  const Json& list = Member(object, name);
  if (!list.is_array()) return strings;
  for (const auto& item : list) {
    if (item.is_string()) strings.push_back(item.get<std::string>());
  }
  return strings;
}

StringMap ReadStringMap(const Json& object, std::string_view name) {
  StringMap map;
  const Json& members = Member(object, name);
  if (!members.is_object()) return map;
  for (const auto& [key, value] : members.items()) {
    if (value.is_string()) map.emplace(key, value.get<std::string>());
  }
  return map;
}

std::optional<WallTime> ReadTime(const Json& object, std::string_view name) {
  const Json& value = Member(object, name);
  if (!value.is_string()) return std::nullopt;
  auto time = ParseTime(value.get_ref<const std::string&>());
  if (!time.ok()) return std::nullopt;
  return *time;
}

void Carry(const Json& from, const char* name, Json& to) {
  const Json& value = api::Member(from, name);
  if (value.is_null()) {
    to.erase(name);
  } else {
    to[name] = value;
  }
}

}  // namespace ordinal::api
