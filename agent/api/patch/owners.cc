#include "agent/api/patch/owners.h"

#include <algorithm>
#include <tuple>

namespace ordinal::api {
namespace {

Json ToJson(const Owner& owner) {
  Json entry = {{"manager", owner.manager},
                {"operation", owner.operation},
                {"apiVersion", owner.api_version},
                {"fieldsType", "FieldsV1"}};
  entry["fieldsV1"] = owner.fields.ToJson();  // not in the list above, which copies
  if (!owner.time.empty()) entry["time"] = owner.time;
  if (!owner.subresource.empty()) entry["subresource"] = owner.subresource;
  return entry;
}

auto Order(const Owner& owner) {
  return std::tie(owner.operation, owner.time, owner.manager, owner.api_version, owner.subresource);
}

}  // namespace

bool Owner::Is(const Owner& other) const {
  return manager == other.manager && operation == other.operation && subresource == other.subresource &&
         (applied() || api_version == other.api_version);
}

Owners ReadOwners(const Json& body) {
  Owners owners;
  const Json& entries = Member(Member(body, "metadata"), "managedFields");
  if (!entries.is_array()) return owners;
  for (const Json& entry : entries) {
    if (ReadString(entry, "fieldsType", "FieldsV1") != "FieldsV1") continue;
    Owner owner;
    owner.manager = ReadString(entry, "manager");
    owner.operation = ReadString(entry, "operation");
    owner.api_version = ReadString(entry, "apiVersion");
    owner.subresource = ReadString(entry, "subresource");
    owner.time = ReadString(entry, "time");
    owner.fields = FieldSet::FromJson(Member(entry, "fieldsV1"));
    if (owner.operation != "Apply" && owner.operation != "Update") continue;
    if (!owner.fields.empty()) FindOrAdd(owners, owner) = std::move(owner);
  }
  return owners;
}

void WriteOwners(Json& body, Owners owners) {
  std::erase_if(owners, [](const Owner& owner) { return owner.fields.empty(); });
  std::sort(owners.begin(), owners.end(), [](const Owner& a, const Owner& b) { return Order(a) < Order(b); });
  Json& metadata = body["metadata"];
  if (!metadata.is_object()) metadata = Json::object();
  metadata.erase("managedFields");
  for (const Owner& owner : owners) metadata["managedFields"].push_back(ToJson(owner));
}

Owner& FindOrAdd(Owners& owners, const Owner& owner) {
  const auto found = std::find_if(owners.begin(), owners.end(), [&](const Owner& each) { return each.Is(owner); });
  if (found != owners.end()) return *found;
  owners.push_back({owner.manager, owner.operation, owner.api_version, owner.subresource, owner.time, {}});
  return owners.back();
}

void MergeOldest(Owners& owners) {
  std::sort(owners.begin(), owners.end(), [](const Owner& a, const Owner& b) { return Order(a) < Order(b); });
  const auto first = std::find_if(owners.begin(), owners.end(), [](const Owner& owner) { return !owner.applied(); });
  std::vector<Owner> updaters(std::make_move_iterator(first), std::make_move_iterator(owners.end()));
  owners.erase(first, owners.end());
  Owners buckets;
  size_t count = updaters.size();
  size_t next = 0;
  for (; next < updaters.size() && count > kMostUpdaters; ++next) {
    const Owner bucket{"ancient-changes", updaters[next].operation, updaters[next].api_version, "", "", {}};
    // A bucket takes one place itself, so the first of a version gains nothing.
    const size_t before = buckets.size();
    Owner& oldest = FindOrAdd(buckets, bucket);
    oldest.fields.Unite(std::move(updaters[next].fields));
    oldest.time = updaters[next].time;
    if (buckets.size() == before) --count;
  }
  std::move(buckets.begin(), buckets.end(), std::back_inserter(owners));
  std::move(updaters.begin() + static_cast<std::ptrdiff_t>(next), updaters.end(), std::back_inserter(owners));
}

}  // namespace ordinal::api
