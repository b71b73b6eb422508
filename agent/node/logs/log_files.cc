#include "agent/node/logs/log_files.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace ordinal::node {
namespace {

namespace fs = std::filesystem;

Result<std::vector<std::string>> NamesIn(const fs::path& directory, const std::string& beginning) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    std::string name = entry->path().filename();
    if (name.starts_with(beginning)) names.push_back(std::move(name));
  }
  if (error) return ErrnoError("look into " + directory.string(), error.value());
  return names;
}

Status RemoveFrom(const std::string& directory, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const std::string path = directory + name;
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return ErrnoError("remove " + path, errno);
  }
  return {};
}

}  // namespace

std::optional<int64_t> SizeOfLog(const std::string& path) {
  struct stat facts {};
  if (::lstat(path.c_str(), &facts) != 0) return std::nullopt;
  return S_ISREG(facts.st_mode) ? int64_t{facts.st_size} : 0;
}

Result<RotationPlan> SetLogAside(const std::string& path, bool due, const LogLimits& limits,
                                 const std::set<std::string>& compressing, WallTime now) {
  const fs::path log(path);
  const std::string directory = log.parent_path().string() + "/";
  std::set<std::string> names;  // of those in this directory
  for (const std::string& part : compressing) {
    if (part.starts_with(directory)) names.insert(part.substr(directory.size()));
  }
  TRY(const std::vector<std::string> beside, NamesIn(log.parent_path(), log.filename().string() + "."));
  RotationPlan plan = PlanRotation(log.filename().string(), beside, due, limits, names, now);
  if (!plan.rename_to.empty() && ::rename(path.c_str(), (directory + plan.rename_to).c_str()) != 0) {
    return ErrnoError("rename " + path, errno);
  }
  const Status removed = RemoveFrom(directory, plan.remove);
  if (removed.ok()) return plan;
  if (!plan.rename_to.empty()) TRYV(PutLogBack(path, plan.rename_to));
  return removed.error();
}

Status PutLogBack(const std::string& path, const std::string& renamed_to) {
  const std::string from = (fs::path(path).parent_path() / renamed_to).string();
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno == EEXIST || errno == ENOENT) return {};
  return ErrnoError("rename " + from + " back", errno);
}

Status MakeLogDirectory(const std::string& path) {
  const fs::path directory = fs::path(path).parent_path();
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return ErrnoError("make directory " + directory.string(), error.value());
  return {};
}

Status MakeLogLink(const std::string& path, const std::string& link) {
  struct stat facts {};
  if (::lstat(link.c_str(), &facts) == 0 || ::lstat(path.c_str(), &facts) != 0) return {};
  TRYV(MakeLogDirectory(link));
  if (::symlink(path.c_str(), link.c_str()) != 0 && errno != EEXIST) return ErrnoError("link " + link, errno);
  return {};
}

}  // namespace ordinal::node
