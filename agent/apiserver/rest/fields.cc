#include "agent/apiserver/rest/fields.h"

#include <fmt/format.h>

#include <set>

#include "agent/api/custom/objects.h"
#include "agent/api/faults.h"
#include "agent/api/schema/check.h"
#include "agent/api/text/members.h"
#include "agent/apiserver/rest/apply.h"
#include "agent/apiserver/rest/read_ahead.h"

namespace ordinal::apiserver::rest {
namespace {

using api::Json;

constexpr std::string_view kStrictError = "strict decoding error: ";

bool Ignores(const Call& call) { return call.request->Query("fieldValidation") == "Ignore"; }
bool IsStrict(const Call& call) { return call.request->Query("fieldValidation") == "Strict"; }

/// The paths of fields that the schema has not. None where a type is wrong: decoding refuses that, and says no more.
std::set<std::string> UnknownFields(const Call& call, const api::StructType& schema, Json body) {
  if (call.kind().custom != nullptr) {
    const auto unknown = api::custom::UnknownMembers(*call.kind().custom, call.route.version, std::move(body));
    return {unknown.begin(), unknown.end()};
  }
  std::set<std::string> unknown;
  std::vector<api::FieldError> faults;
  if (!api::CheckSchema(schema, body, faults)) return unknown;
  for (const api::FieldError& fault : faults) {
    if (fault.cause == api::kUnknownField) unknown.insert(fault.field);
  }
  return unknown;
}

/// Members of a JSON patch's operations that mean nothing.
std::set<std::string> UnknownInOperations(const Json& patch) {
  std::set<std::string> unknown;
  if (!patch.is_array()) return unknown;
  for (size_t i = 0; i < patch.size(); ++i) {
    if (!patch[i].is_object()) continue;
    for (const auto& [name, value] : patch[i].items()) {
      const bool known = name == "op" || name == "path" || name == "from" || name == "value";
      if (!known) unknown.insert("[" + std::to_string(i) + "]." + name);
    }
  }
  return unknown;
}

std::string Joined(const std::vector<std::string>& complaints) {
  std::string text;
  for (const std::string& complaint : complaints) text += (text.empty() ? "" : ", ") + complaint;
  return text;
}

/// Lines of a YAML reader are one complaint among the others, as the reference writes it.
std::string StrictError(const Repeats& repeats, const std::vector<std::string>& complaints) {
  std::vector<std::string> all;
  if (!repeats.lines.empty()) {
    std::string yaml = "yaml: unmarshal errors:";
    for (const std::string& line : repeats.lines) yaml += "\n  " + line;
    all.push_back(std::move(yaml));
  }
  all.insert(all.end(), complaints.begin(), complaints.end());
  return std::string(kStrictError) + Joined(all);
}

Status Judge(Call& call, std::string_view kind, std::string_view version, const std::vector<std::string>& complaints) {
  const Repeats& repeats = call.repeats;
  if (Ignores(call) || (complaints.empty() && repeats.lines.empty())) return {};
  if (IsStrict(call)) {
    return BadRequest(fmt::format("{} in version \"{}\" cannot be handled as a {}: {}", kind, version, kind,
                                  StrictError(repeats, complaints)));
  }
  call.warnings.insert(call.warnings.end(), repeats.lines.begin(), repeats.lines.end());
  call.warnings.insert(call.warnings.end(), complaints.begin(), complaints.end());
  return {};
}

std::vector<std::string> Complaints(const Json& body, const std::set<std::string>& unknown) {
  if (unknown.empty()) return {};
  return api::FieldComplaints(body.dump(-1, ' ', false, Json::error_handler_t::replace), unknown);
}

/// Complaints of the body in its own order; a body of YAML is taken in the order of names, as JSON made of it.
std::vector<std::string> Complaints(const Call& call, const Json& body, const std::set<std::string>& unknown) {
  if (call.repeats.json) return api::FieldComplaints(call.request->body, unknown);
  return Complaints(body, unknown);
}

bool IsApplied(const Call& call) { return MediaType(call.request->Header("content-type")) == kApplyPatch; }

/// An applied configuration is typed before anything else, and what has no type is all that is said of it. A path in
/// front of each, that of an item by its place: `failed to create typed patch object (default/x; /v1, Kind=Pod):
/// .spec.shade: field not declared in schema` (structured-merge-diff, typed/validate.go and errors.go).
Status RefuseUndeclared(const Call& call, const Json& config, const std::set<std::string>& unknown) {
  constexpr std::string_view kBefore = "unknown field \"";
  std::vector<std::string> faults;
  for (const std::string& complaint : Complaints(config, unknown)) {
    if (!complaint.starts_with(kBefore)) continue;
    const std::string path = complaint.substr(kBefore.size(), complaint.size() - kBefore.size() - 1);
    faults.push_back("." + path + ": field not declared in schema");
  }
  if (faults.empty()) return {};
  std::string text = faults.size() == 1 ? faults.front() : "errors:";
  for (size_t i = 0; faults.size() > 1 && i < faults.size(); ++i) text += "\n  " + faults[i];
  const std::string& version = call.route.version;
  return BadRequest(fmt::format("failed to create typed patch object ({}/{}; {}{}, Kind={}): {}", call.route.ns,
                                call.name, version.find('/') == std::string::npos ? "/" : "", version, call.kind().kind,
                                text));
}

}  // namespace

Result<Json> BodyOf(Call& call) {
  call.repeats = {};
  return DocumentOf(*call.request, call.request->Header("content-type"), call.repeats);
}

Status CheckFields(Call& call, const Json& body, const api::StructType& schema) {
  if (Ignores(call)) return {};
  const std::set<std::string> unknown = UnknownFields(call, schema, body);
  if (IsApplied(call) && IsStrict(call)) TRYV(RefuseUndeclared(call, body, unknown));
  return Judge(call, call.kind().kind, call.route.version, Complaints(call, body, unknown));
}

Status CheckRepeats(Call& call, std::string_view kind) {
  if (Ignores(call)) return {};
  return Judge(call, kind, call.route.version, Complaints(call, Json(), {}));
}

Status CheckPatched(Call& call, const Json& next, const api::StructType& schema) {
  call.patch_warnings.clear();
  if (Ignores(call)) return {};
  std::vector<std::string> complaints;
  if (MediaType(call.request->Header("content-type")) == "application/json-patch+json") {
    const Json patch = Json::parse(call.request->body, nullptr, /*allow_exceptions=*/false);
    complaints = Complaints(call, patch, UnknownInOperations(patch));
    for (std::string& complaint : complaints) complaint = "json patch " + complaint;
  } else {
    complaints = Complaints(call, Json(), {});
  }
  const auto unknown = UnknownFields(call, schema, next);
  if (!unknown.empty()) {
    const auto more = Complaints(next, unknown);
    complaints.insert(complaints.end(), more.begin(), more.end());
  }
  if (complaints.empty()) return {};
  if (!IsStrict(call)) {
    call.patch_warnings = std::move(complaints);
    return {};
  }
  call.findings.faults = {api::FieldError{"patch", std::string(api::kInvalid), StrictError({}, complaints)}};
  call.findings.malformed = false;
  return MakeError(ErrorCode::kInvalid, "the patch does not fit", "Invalid");
}

}  // namespace ordinal::apiserver::rest
