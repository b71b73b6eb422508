#include "agent/manifests/apply.h"

#include <fmt/format.h>

#include <sstream>

#include "agent/manifests/earlier.h"

namespace ordinal::manifests {
namespace {

using api::Json;
using api::Object;
using api::ObjectKey;

// Writes that somebody else's write got in the way of; each attempt reads anew.
constexpr int kAttempts = 5;

/// FNV-1a of 64 bits (draft-eastlake-fnv): a hash of our own would be another one after each upgrade.
std::string HashOf(const Json& body) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : body.dump()) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= 0x100000001b3;
  }
  return fmt::format("{:016x}", hash);
}

/// The document as it is applied.
Json Annotated(const ManifestObject& object, const std::string& file) {
  Json body = object.body;
  Json& annotations = body["metadata"]["annotations"];
  annotations[kManifestFile] = file;
  annotations[kManifestHash] = HashOf(object.body);
  return body;
}

api::FieldWriter Manager(const ManifestObject& object) { return {kFieldManager, api::ApiVersion(*object.kind), ""}; }

api::ApplyRequest Request(const ManifestObject& object, WallTime now) {
  return {.manager = Manager(object), .force = true, .time = now, .choices = true, .exclusive = true};
}

const Json& AnnotationsOf(const Object& live) {
  return api::Member(api::Member(live.body(), "metadata"), "annotations");
}

bool IsUnchanged(const Object& live, const ManifestObject& object, const std::string& file) {
  if (FileOf(live) != file) return false;
  const std::string hash = api::ReadString(AnnotationsOf(live), kManifestHash);
  return hash.empty() ? EarlierDocument(live) == object.body : hash == HashOf(object.body);
}

/// The message of a refusal has one fault a line after its first, "field: message".
std::vector<std::string> ErrorLines(const ManifestObject& object, const Error& error) {
  std::vector<std::string> lines;
  std::istringstream text(error.message);
  std::string line;
  std::getline(text, line);
  const std::string first = line;
  while (std::getline(text, line)) {
    const size_t colon = line.find(": ");
    const bool named = colon != std::string::npos && error.code == ErrorCode::kInvalid;
    lines.push_back(named ? object.Locate(line.substr(0, colon), line.substr(colon + 2)) : object.Locate("", line));
  }
  if (lines.empty()) lines.push_back(object.Locate("", first));
  return lines;
}

bool IsRace(ErrorCode code) {
  return code == ErrorCode::kConflict || code == ErrorCode::kAlreadyExists || code == ErrorCode::kNotFound;
}

/// Admission goes by what else there is: a class or an account that the pod names may still come.
bool IsPassing(const Error& error) {
  const ErrorCode code = error.code;
  const bool by_admission = code == ErrorCode::kFailedPrecondition && error.reason == "Forbidden";
  return IsRace(code) || by_admission || code == ErrorCode::kUnavailable || code == ErrorCode::kDeadlineExceeded;
}

Outcome Failed(const ManifestObject& object, const Error& error) {
  return {.kind = IsPassing(error) ? Outcome::Kind::kRetry : Outcome::Kind::kRejected,
          .uid = {},
          .revision = 0,
          .errors = ErrorLines(object, error),
          .done = {}};
}

Outcome Waits(const Object& live) {
  return {.kind = Outcome::Kind::kWaits, .uid = live.uid(), .revision = live.revision(), .errors = {}, .done = {}};
}

Outcome Done(std::string what) {
  return {.kind = Outcome::Kind::kApplied, .uid = {}, .revision = 0, .errors = {}, .done = std::move(what)};
}

Outcome BelongsTo(const ManifestObject& object, const api::OwnerReference& owner) {
  Outcome outcome;
  outcome.kind = Outcome::Kind::kRejected;
  outcome.errors.push_back(object.Locate("metadata.name", ToString(object.key) + " belongs to " + owner.kind + " " +
                                                              owner.name + "; give it another name"));
  return outcome;
}

/// Deletes the pod; waits for it to go unless it went at once.
Task<Result<Outcome>> Replace(objects::Objects& client, const ManifestObject& object, const Object& live) {
  objects::DeleteOptions options;
  options.preconditions.uid = live.uid();
  auto deleted = co_await client.Delete(object.key, options);
  if (!deleted.ok() && deleted.error().code != ErrorCode::kNotFound) co_return std::move(deleted).error();
  co_return Waits(live);
}

Task<Result<Outcome>> Change(objects::Objects& client, const std::string& file, const ManifestObject& object,
                             WallTime now, const Object& live) {
  const api::Meta meta = api::ReadMeta(live.body());
  if (meta.deleting()) co_return Waits(live);
  if (const auto* owner = meta.Controller()) co_return BelongsTo(object, *owner);
  if (IsUnchanged(live, object, file)) co_return Done("");
  if (!EarlierDocument(live).empty()) CO_TRYV(co_await BringUpToDate(client, live, Manager(object), now));
  objects::Findings findings;
  objects::WriteOptions options;
  options.part = objects::WriteOptions::Part::kSpec;
  options.findings = &findings;
  Json config = Annotated(object, file);
  config["metadata"]["uid"] = live.uid();  // another one of that name may be somebody else's
  const auto written =
      co_await client.Apply(object.key, std::move(config), Request(object, now), std::move(options), nullptr);
  if (written.ok()) co_return Done(written->object.revision() == live.revision() ? "" : "updated");
  // A pod may change little. One that is good by itself, and no good change or mixture with what is there, is made
  // anew.
  if (object.key.kind == "Pod" && !findings.faults.empty()) co_return co_await Replace(client, object, live);
  co_return written.error();
}

Task<Result<Outcome>> Attempt(objects::Objects& client, const std::string& file, const ManifestObject& object,
                              WallTime now) {
  auto live = co_await client.Get(object.key);
  if (live.ok()) co_return co_await Change(client, file, object, now, *live);
  if (live.error().code != ErrorCode::kNotFound) co_return std::move(live).error();
  auto made = api::ServerSideApply(*object.kind, Json(), Annotated(object, file), Request(object, now));
  if (auto* failure = std::get_if<api::ApplyFailure>(&made)) co_return std::move(failure->error);
  CO_TRYV(co_await client.Create(std::get<Json>(std::move(made))));
  co_return Done("created");
}

}  // namespace

std::string FileOf(const Object& live) {
  const bool applied = api::AppliedAnnotation(live.body(), kFieldManager, kManifestFile);
  if (!applied && EarlierDocument(live).empty()) return {};
  return api::ReadString(AnnotationsOf(live), kManifestFile);
}

Task<Outcome> Apply(objects::Objects& client, std::string file, ManifestObject object, WallTime now) {
  for (int attempt = 1;; ++attempt) {
    auto outcome = co_await Attempt(client, file, object, now);
    if (outcome.ok()) co_return std::move(*outcome);
    if (!IsRace(outcome.error().code) || attempt == kAttempts) co_return Failed(object, outcome.error());
  }
}

}  // namespace ordinal::manifests
