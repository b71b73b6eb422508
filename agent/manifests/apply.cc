#include "agent/manifests/apply.h"

#include <sstream>

#include "agent/api/patch/choices.h"
#include "agent/api/text/json.h"
#include "agent/manifests/merge.h"

namespace ordinal::manifests {
namespace {

using api::Json;
using api::Object;
using api::ObjectKey;

// Writes that somebody else's write got in the way of; each attempt reads anew.
constexpr int kAttempts = 5;

/// The document as it is written to the store, with the notes a later change needs.
Json Annotated(const ManifestObject& object, const std::string& file) {
  Json body = object.body;
  Json& annotations = body["metadata"]["annotations"];
  annotations[kLastApplied] = object.body.dump();
  annotations[kManifestFile] = file;
  return body;
}

Json LastApplied(const Object& live) {
  const Json& annotations = api::Member(api::Member(live.body(), "metadata"), "annotations");
  const auto last = api::ParseJson(api::ReadString(annotations, kLastApplied, "{}"));  // anybody may write it
  return last.ok() && last->is_object() ? *last : Json::object();
}

bool IsUnchanged(const Object& live, const ManifestObject& object, const std::string& file) {
  const Json& annotations = api::Member(api::Member(live.body(), "metadata"), "annotations");
  return LastApplied(live) == object.body && api::ReadString(annotations, kManifestFile) == file;
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

bool IsPassing(ErrorCode code) {
  return IsRace(code) || code == ErrorCode::kUnavailable || code == ErrorCode::kDeadlineExceeded;
}

Outcome Failed(const ManifestObject& object, const Error& error) {
  return {.kind = IsPassing(error.code) ? Outcome::Kind::kRetry : Outcome::Kind::kRejected,
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

/// True when a pod cannot become what is wanted by an update.
bool NeedsNewPod(const ManifestObject& object, const Json& merged, const Object& live) {
  if (object.key.kind != "Pod") return false;
  const auto decoded = api::Decode(merged);
  const auto* good = std::get_if<api::Decoded>(&decoded);
  // A merge of two good pods that is no good pod, such as two volume sources, is a change as well.
  return good == nullptr || !api::ValidateUpdate(*good->kind, good->body, live.body()).empty();
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
                             const Object& live) {
  const api::Meta meta = api::ReadMeta(live.body());
  if (meta.deleting()) co_return Waits(live);
  if (const auto* owner = meta.Controller()) co_return BelongsTo(object, *owner);
  if (IsUnchanged(live, object, file)) co_return Done("");
  const api::StructType& schema = *object.kind->schema;
  Json merged = Merge(schema, LastApplied(live), Annotated(object, file), live.body());
  merged = api::WithoutOldChoices(schema, live.body(), std::move(merged), api::Written::kChange);
  if (NeedsNewPod(object, merged, live)) co_return co_await Replace(client, object, live);
  CO_TRY(const objects::Written written, co_await client.Update(std::move(merged)));
  co_return Done(written.object.revision() == live.revision() ? "" : "updated");
}

Task<Result<Outcome>> Attempt(objects::Objects& client, const std::string& file, const ManifestObject& object) {
  auto live = co_await client.Get(object.key);
  if (live.ok()) co_return co_await Change(client, file, object, *live);
  if (live.error().code != ErrorCode::kNotFound) co_return std::move(live).error();
  CO_TRYV(co_await client.Create(Annotated(object, file)));
  co_return Done("created");
}

}  // namespace

std::string FileOf(const Object& live) {
  const Json last = LastApplied(live);
  const Json& metadata = api::Member(last, "metadata");
  const ObjectKey said{api::ReadString(last, "kind"), api::ReadString(metadata, "namespace"),
                       api::ReadString(metadata, "name")};
  if (said != live.key()) return {};
  return api::ReadString(api::Member(api::Member(live.body(), "metadata"), "annotations"), kManifestFile);
}

Task<Outcome> Apply(objects::Objects& client, std::string file, ManifestObject object) {
  for (int attempt = 1;; ++attempt) {
    auto outcome = co_await Attempt(client, file, object);
    if (outcome.ok()) co_return std::move(*outcome);
    if (!IsRace(outcome.error().code) || attempt == kAttempts) co_return Failed(object, outcome.error());
  }
}

}  // namespace ordinal::manifests
