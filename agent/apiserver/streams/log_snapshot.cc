#include "agent/apiserver/streams/log_snapshot.h"

#include <map>
#include <optional>

#include "agent/base/log_parts.h"

namespace ordinal::apiserver::streams {
namespace {

constexpr int kTries = 5;  // rotations are a second apart

struct PartForms {
  bool plain = false, compressed = false;
  bool operator==(const PartForms&) const = default;
};
using PartsThere = std::map<std::string, PartForms>;  // by stamp

/// Those that were rotated away.
Result<PartsThere> RotatedParts(const std::string& log, const std::string& after) {
  TRY(const std::vector<LogPartFile> parts, LogPartsBeside(log));
  PartsThere there;
  for (const auto& [path, part] : parts) {
    if (part.form == LogPartName::Form::kDraft || part.stamp <= after) continue;
    PartForms& forms = there[part.stamp];
    (part.form == LogPartName::Form::kPlain ? forms.plain : forms.compressed) = true;
  }
  while (there.size() > kMostLogParts) there.erase(there.begin());
  return there;
}

/// A compressed form is whole; the plain one beside it is about to go.
Result<std::unique_ptr<LogPart>> OpenPart(const std::string& part, const PartForms& forms) {
  if (forms.plain) {
    auto plain = LogPart::Open(part);
    if (plain.ok() || plain.error().code != ErrorCode::kNotFound) return plain;
  }
  return LogPart::Open(part + std::string(kCompressedLog));
}

/// Nothing when a part is gone that was there.
Result<std::optional<LogSnapshot>> OpenOnce(const std::string& path, const PartsThere& there) {
  LogSnapshot log;
  for (const auto& [stamp, forms] : there) {
    auto part = OpenPart(RotatedLog(path, stamp), forms);
    if (!part.ok() && part.error().code == ErrorCode::kNotFound) return std::optional<LogSnapshot>();
    const bool file = part.ok() || part.error().code != ErrorCode::kInvalid;
    if (!part.ok() && file) return part.error();
    if (file) log.parts.push_back(std::move(*part));  // else it is none of the runtime's
    log.stamp = stamp;
  }
  auto written = LogPart::Open(path);
  if (!written.ok() && (written.error().code != ErrorCode::kNotFound || log.parts.empty())) return written.error();
  log.written = written.ok();
  if (written.ok()) log.parts.push_back(std::move(*written));
  return std::optional<LogSnapshot>(std::move(log));
}

}  // namespace

Result<LogSnapshot> OpenLog(const std::string& path, const std::string& after) {
  for (int tries = 1;; ++tries) {
    TRY(const PartsThere there, RotatedParts(path, after));
    Result<std::optional<LogSnapshot>> log = OpenOnce(path, there);
    if (!log.ok() && log.error().code != ErrorCode::kNotFound) return log.error();
    TRY(const PartsThere then, RotatedParts(path, after));
    // Nothing was renamed in between, so none was opened under two names, and none under neither.
    if (then == there && !log.ok()) return log.error();
    if (then == there && *log) return std::move(**log);
    if (tries == kTries) return MakeError(ErrorCode::kUnavailable, "the log " + path + " is rotated all the time");
  }
}

}  // namespace ordinal::apiserver::streams
