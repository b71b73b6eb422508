#include "agent/apiserver/rest/list_options.h"

#include <fmt/format.h>

#include "agent/api/faults.h"

namespace ordinal::apiserver::rest {
namespace {

using api::FieldError;

constexpr const char* kMatch = "resourceVersionMatch";
constexpr const char* kInitial = "sendInitialEvents";

FieldError Forbidden(const char* field, std::string_view why) {
  return {field, std::string(api::kForbidden), fmt::format("Forbidden: {}", why)};
}

FieldError NotOneOf(std::string_view match, std::string_view supported) {
  return {kMatch, std::string(api::kNotSupported),
          fmt::format("Unsupported value: \"{}\": supported values: {}", match, supported)};
}

std::vector<FieldError> WatchFaults(const http::Request& request) {
  std::vector<FieldError> faults;
  const std::string_view match = request.Query(kMatch);
  const bool initial = request.HasQuery(kInitial), newer = match == "NotOlderThan";
  if (initial && !newer) {
    faults.push_back(Forbidden(kMatch, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
  }
  if (match.empty()) return faults;
  if (!initial) {
    faults.push_back(
        Forbidden(kMatch, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
  }
  if (!newer) faults.push_back(NotOneOf(match, "\"NotOlderThan\""));
  if (!request.Query("continue").empty()) {
    faults.push_back(Forbidden(kMatch, "resourceVersionMatch is forbidden when continue is provided"));
  }
  return faults;
}

std::vector<FieldError> ListFaults(const http::Request& request) {
  std::vector<FieldError> faults;
  const std::string_view match = request.Query(kMatch), revision = request.Query("resourceVersion");
  if (!match.empty()) {
    if (revision.empty()) {
      faults.push_back(Forbidden(kMatch, "resourceVersionMatch is forbidden unless resourceVersion is provided"));
    }
    if (!request.Query("continue").empty()) {
      faults.push_back(Forbidden(kMatch, "resourceVersionMatch is forbidden when continue is provided"));
    }
    if (match != "Exact" && match != "NotOlderThan") {
      faults.push_back(NotOneOf(match, "\"Exact\", \"NotOlderThan\", \"\""));
    }
    if (match == "Exact" && revision == "0") {
      faults.push_back(Forbidden(kMatch, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
    }
  }
  if (request.HasQuery(kInitial)) faults.push_back(Forbidden(kInitial, "sendInitialEvents is forbidden for list"));
  return faults;
}

}  // namespace

Status CheckListOptions(Call& call, bool watch) {
  const std::vector<FieldError> faults = watch ? WatchFaults(*call.request) : ListFaults(*call.request);
  if (faults.empty()) return {};
  call.refusal =
      InvalidRefusal("ListOptions.meta.k8s.io", "", {{"group", "meta.k8s.io"}, {"kind", "ListOptions"}}, faults);
  return MakeError(ErrorCode::kInvalid, call.refusal->message, "Invalid");
}

Result<std::optional<uint64_t>> RevisionAsked(Call& call, bool watch) {
  auto number = NumberOf(*call.request, "resourceVersion");
  if (number.ok()) return number;
  const std::string_view text = call.request->Query("resourceVersion");
  const std::string why =
      fmt::format("Invalid value: \"{}\": strconv.ParseUint: parsing \"{}\": invalid syntax", text, text);
  if (!watch) return BadRequest("invalid resource version: resourceVersion: " + why);
  api::Json details = {{"kind", call.kind().plural}};
  if (!call.kind().group.empty()) details["group"] = call.kind().group;
  call.refusal = InvalidRefusal(ResourceName(call.kind()), "", std::move(details),
                                {{"resourceVersion", std::string(api::kInvalid), why}});
  return MakeError(ErrorCode::kInvalid, call.refusal->message, "Invalid");
}

}  // namespace ordinal::apiserver::rest
