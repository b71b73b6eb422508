#include "agent/network/leftovers.h"

#include <fmt/format.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "agent/base/program.h"
#include "agent/network/nat_rules.h"

namespace ordinal::network {
namespace {

namespace fs = std::filesystem;
using Document = nlohmann::json;

constexpr int kTries = 3;  // somebody else may change the table between reading it and changing it
constexpr size_t kMaxRecord = 1 << 20;
constexpr const char* kFamilies[] = {"iptables", "ip6tables"};

std::vector<fs::path> EntriesOf(const std::string& directory) {
  std::vector<fs::path> entries;
  std::error_code code;
  for (fs::directory_iterator entry(directory, code), end; !code && entry != end; entry.increment(code)) {
    entries.push_back(entry->path());
  }
  return entries;
}

std::string ReadSmall(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxRecord, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(std::max<std::streamsize>(0, file.gcount())));
  return text;
}

std::string TextAt(const Document& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// The network namespace in a plugin's result: the one that its interfaces say they are in.
std::string NamespaceIn(const Document& record) {
  const auto result = record.find("result");
  if (result == record.end() || !result->is_object()) return {};
  const auto interfaces = result->find("interfaces");
  if (interfaces == result->end() || !interfaces->is_array()) return {};
  for (const Document& interface : *interfaces) {
    if (std::string sandbox = TextAt(interface, "sandbox"); !sandbox.empty()) return sandbox;
  }
  return {};
}

/// host-local writes the container's id on the first line ("<id>\r\neth0"), the address as the name of the file.
std::string HolderOf(const fs::path& reservation) {
  const std::string text = ReadSmall(reservation);
  return text.substr(0, text.find_first_of("\r\n"));
}

bool IsReservation(const fs::path& path) {
  std::error_code code;
  const std::string name = path.filename().string();
  return fs::is_regular_file(fs::symlink_status(path, code)) && name.find_first_of(".:") != std::string::npos &&
         !name.starts_with("last_reserved_ip");
}

}  // namespace

Result<std::string> RunOnHost(const std::vector<std::string>& command, const std::string& input) {
  const ProgramLimits limits;
  TRY(ProgramOutcome outcome, RunProgram(command, limits, input));
  if (outcome.exit_code == 0) return std::move(outcome.output);
  return MakeError(ErrorCode::kInternal,
                   fmt::format("{} ended with {}: {}", command.front(), outcome.exit_code, outcome.complaint));
}

Leftovers::Leftovers(CniPlaces places, RunCommand run) : places_(std::move(places)), run_(std::move(run)) {}

std::vector<std::string> Leftovers::Networks() const {
  std::vector<std::string> networks;
  for (const fs::path& entry : EntriesOf(places_.address_book)) networks.push_back(entry.filename().string());
  return networks;
}

std::vector<Leftovers::Record> Leftovers::Records() const {
  std::vector<Record> records;
  for (const std::string& directory : places_.records) {
    for (const fs::path& path : EntriesOf(directory)) {
      const Document json = Document::parse(ReadSmall(path), nullptr, /*allow_exceptions=*/false);
      if (!json.is_object()) continue;
      Record record{path.string(), TextAt(json, "networkName"), TextAt(json, "containerId"), NamespaceIn(json)};
      if (!record.container.empty()) records.push_back(std::move(record));
    }
  }
  return records;
}

Status Leftovers::Remove(const std::set<std::string>& containers) const {
  if (containers.empty()) return {};
  const Status rules = RemoveRules(containers);
  RemoveAddresses(containers);
  if (rules.ok()) RemoveRecords(containers);  // the last word about them: kept for another try
  return rules;
}

Result<std::set<std::string>> Leftovers::AttachedTo(const std::string& network) const {
  std::set<std::string> found;
  for (const char* family : kFamilies) {
    TRY(const std::string saved, Saved(family));
    for (const Attachment& attachment : AttachmentsIn(saved)) {
      if (attachment.network == network) found.insert(attachment.container);
    }
  }
  for (const fs::path& path : EntriesOf(places_.address_book + "/" + network)) {
    if (IsReservation(path)) found.insert(HolderOf(path));
  }
  for (const Record& record : Records()) {
    if (record.network == network) found.insert(record.container);
  }
  found.erase("");
  for (const std::string& container : AliveIn(network)) found.erase(container);
  return found;
}

std::set<std::string> Leftovers::AliveIn(const std::string& network) const {
  std::set<std::string> alive;
  for (const Record& record : Records()) {
    std::error_code code;
    if (record.network != network || record.name_space.empty()) continue;
    if (fs::exists(record.name_space, code)) alive.insert(record.container);
  }
  return alive;
}

Status Leftovers::RemoveRules(const std::set<std::string>& containers) const {
  std::set<std::string> chains;
  for (const std::string& network : Networks()) {
    for (const std::string& container : containers) chains.merge(ChainsOf({network, container}));
  }
  const auto dead = [&](const Attachment& attachment) { return containers.contains(attachment.container); };
  Status first;
  for (const char* family : kFamilies) {
    const Status changed = Change(family, [&](const std::string& saved) { return RemovalOf(saved, dead, chains); });
    if (!changed.ok() && first.ok()) first = changed;
  }
  return first;
}

void Leftovers::RemoveAddresses(const std::set<std::string>& containers) const {
  std::error_code ignored;
  for (const std::string& network : Networks()) {
    for (const fs::path& path : EntriesOf(places_.address_book + "/" + network)) {
      if (IsReservation(path) && containers.contains(HolderOf(path))) fs::remove(path, ignored);
    }
  }
}

void Leftovers::RemoveRecords(const std::set<std::string>& containers) const {
  std::error_code ignored;
  for (const Record& record : Records()) {
    if (!containers.contains(record.container)) continue;
    RemoveNamespace(record.name_space);
    fs::remove(record.path, ignored);
  }
}

/// With the last namespace of a pod goes its link, and the host's end of it.
void Leftovers::RemoveNamespace(const std::string& path) const {
  const fs::path file(path);
  if (!file.filename().string().starts_with("cni-")) return;  // not made by the runtime for a sandbox
  const std::string directory = file.parent_path().string();
  if (directory != places_.namespaces && directory != "/var" + places_.namespaces) return;
  umount2(path.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW);
  unlink(path.c_str());
}

/// The table as text; empty where the host has no such program, or a kernel without IPv6's table: no plugin could use
/// it either.
Result<std::string> Leftovers::Saved(const std::string& family) const {
  Result<std::string> saved = run_({family + "-save", "-t", "nat"}, {});
  const bool missing = !saved.ok() && (saved.error().code == ErrorCode::kNotFound || family == kFamilies[1]);
  return missing ? Result<std::string>(std::string()) : saved;
}

Status Leftovers::Change(const std::string& family,
                         const std::function<std::string(const std::string& saved)>& plan) const {
  Status changed;
  for (int i = 0; i < kTries; ++i) {
    TRY(const std::string saved, Saved(family));
    const std::string script = plan(saved);
    if (script.empty()) return {};
    const Result<std::string> done = run_({family + "-restore", "-w", "5", "--noflush"}, script);
    if (done.ok()) return {};
    changed = done.error();
  }
  return changed;
}

Result<bool> Leftovers::HasPortChains() const {
  for (const char* family : kFamilies) {
    TRY(const std::string saved, Saved(family));
    if (network::HasPortChains(saved)) return true;
  }
  return false;
}

Status Leftovers::RemovePortChains() const {
  for (const char* family : kFamilies) TRYV(Change(family, RemovalOfPortChains));
  return {};
}

}  // namespace ordinal::network
