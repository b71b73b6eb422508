#include "agent/node/image_plan.h"

#include <algorithm>
#include <utility>

#include "cri/images/reference.h"

namespace ordinal::node {
namespace {

std::string Normalized(const std::string& name) {
  const Result<std::string> normalized = cri::NormalizeReference(name);
  return normalized.ok() ? *normalized : name;
}

bool HasDigest(const std::string& name) { return name.find('@') != std::string::npos; }

/// Somebody else's is a tag that this agent did not pull, and a digest in a repository from which it pulled nothing.
bool AllOurs(const std::set<std::string>& names, const std::set<std::string>& pulled) {
  std::set<std::string> repositories;
  for (const std::string& name : pulled) repositories.insert(cri::RepositoryOf(name));
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    return HasDigest(name) ? repositories.contains(cri::RepositoryOf(name)) : pulled.contains(name);
  });
}

bool Collectable(const cri::Image& image, const std::set<std::string>& names, const PulledNames& pulled,
                 const NamesInUse& in_use) {
  const auto ours = pulled.find(image.id);
  if (image.pinned || ours == pulled.end() || !AllOurs(names, ours->second)) return false;
  if (!in_use.is_kept) return true;
  // A kept name with a tag and a digest is not in the list as such. A tag alone may be another image's by now.
  const auto kept_as_pulled = [&](const std::string& name) { return HasDigest(name) && in_use.is_kept(name); };
  return std::none_of(names.begin(), names.end(), in_use.is_kept) &&
         std::none_of(ours->second.begin(), ours->second.end(), kept_as_pulled);
}

bool Removable(const ImageRecord& record, const CollectionPolicy& policy, SteadyTime now) {
  const bool young = !record.found && now - record.detected < policy.minimum_age;
  return record.seen.collectable && !record.seen.in_use && !young;
}

/// Those that were not used come before all others.
std::pair<SteadyTime, SteadyTime> OrderOf(const ImageRecord& record) {
  return {record.last_used.value_or(SteadyTime::min()), record.detected};
}

}  // namespace

void NamesInUse::Want(const std::string& name) {
  wanted.insert(name);
  const size_t at = name.find('@');
  if (at != std::string::npos) wanted.insert(cri::RepositoryOf(name) + name.substr(at));
}

bool IsWanted(const std::set<std::string>& names, const NamesInUse& in_use) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return in_use.wanted.contains(name); });
}

std::vector<SeenImage> Judge(const std::vector<cri::Image>& images, const std::vector<cri::Container>& containers,
                             const PulledNames& pulled, const NamesInUse& names) {
  std::set<std::string> used;  // ids and names, as containers have them
  for (const cri::Container& container : containers) {
    used.insert(container.image);
    used.insert(container.image_ref);
  }
  std::vector<SeenImage> seen;
  for (const cri::Image& image : images) {
    std::set<std::string> all;
    for (const std::string& tag : image.repo_tags) all.insert(Normalized(tag));
    for (const std::string& digest : image.repo_digests) all.insert(Normalized(digest));
    const auto is_used = [&](const std::string& name) { return used.contains(name); };
    const bool in_use = IsWanted(all, names) || is_used(image.id) || std::any_of(all.begin(), all.end(), is_used) ||
                        std::any_of(image.repo_tags.begin(), image.repo_tags.end(), is_used) ||
                        std::any_of(image.repo_digests.begin(), image.repo_digests.end(), is_used);
    const bool collectable = Collectable(image, all, pulled, names);
    seen.push_back({image.id, image.size, in_use, collectable, std::move(all)});
  }
  return seen;
}

ImageRecords Detect(const ImageRecords& before, const std::vector<SeenImage>& images, SteadyTime now, bool first) {
  ImageRecords records;
  for (const SeenImage& image : images) {
    const auto known = before.find(image.id);
    ImageRecord& record = records[image.id];
    record.detected = known == before.end() ? now : known->second.detected;
    record.found = known == before.end() ? first : known->second.found;
    if (known != before.end()) record.last_used = known->second.last_used;
    if (image.in_use) record.last_used = now;
    record.seen = image;
  }
  return records;
}

int UsedPercent(const DiskUse& disk) {
  if (disk.total == 0) return 0;
  const uint64_t free = std::min(disk.free, disk.total);
  return 100 - static_cast<int>(static_cast<double>(free) * 100 / static_cast<double>(disk.total));
}

uint64_t BytesToFree(const DiskUse& disk, const CollectionPolicy& policy) {
  if (policy.high_percent >= 100 || UsedPercent(disk) < policy.high_percent) return 0;
  const auto wanted = static_cast<uint64_t>(static_cast<double>(disk.total) * (100 - policy.low_percent) / 100);
  return wanted > disk.free ? wanted - disk.free : 0;
}

std::vector<SeenImage> TooOld(const ImageRecords& records, const CollectionPolicy& policy, SteadyTime now) {
  std::vector<SeenImage> old;
  if (policy.maximum_age <= Duration::zero()) return old;
  for (const auto& [id, record] : records) {
    // One that was not used since the agent began may have been just before.
    const SteadyTime last = std::max(record.last_used.value_or(record.detected), record.detected);
    if (Removable(record, policy, now) && now - last > policy.maximum_age) old.push_back(record.seen);
  }
  return old;
}

std::vector<SeenImage> ForSpace(const ImageRecords& records, const CollectionPolicy& policy, SteadyTime now) {
  std::vector<const ImageRecord*> removable;
  for (const auto& [id, record] : records) {
    if (Removable(record, policy, now)) removable.push_back(&record);
  }
  std::stable_sort(removable.begin(), removable.end(),
                   [](const ImageRecord* one, const ImageRecord* other) { return OrderOf(*one) < OrderOf(*other); });
  std::vector<SeenImage> images;
  for (const ImageRecord* record : removable) images.push_back(record->seen);
  return images;
}

}  // namespace ordinal::node
