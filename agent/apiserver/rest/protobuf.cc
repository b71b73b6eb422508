#include "agent/apiserver/rest/protobuf.h"

#include <algorithm>
#include <string>

#include "agent/api/kind.h"
#include "agent/api/openapi/more_types.h"
#include "agent/api/protobuf/json_scan.h"
#include "agent/api/protobuf/message.h"
#include "agent/api/protobuf/write.h"
#include "agent/api/text/valid.h"
#include "agent/apiserver/rest/content.h"
#include "agent/apiserver/rest/status.h"

namespace ordinal::apiserver::rest {
namespace {

using api::Json;
using api::StructType;

Error Malformed() { return BadRequest("the body is no protobuf message of Kubernetes"); }

Error NotRead(std::string_view what) {
  return MakeError(ErrorCode::kInvalid, std::string(what) + " is not read in protobuf; send application/json",
                   "UnsupportedMediaType");
}

/// What is sent but never stored.
constexpr const StructType* kAsked[] = {
    &api::openapi::kDeleteOptions,
    &api::openapi::kEviction,
    &api::openapi::kBinding,
    &api::openapi::kScale,
    &api::openapi::kSelfSubjectAccessReview,
    &api::openapi::kSelfSubjectRulesReview,
    &api::openapi::kSelfSubjectReview,
    &api::openapi::kSubjectAccessReview,
    &api::openapi::kLocalSubjectAccessReview,
    &api::openapi::kTokenRequest,
    &api::openapi::kTokenReview,
};

/// Null: not read.
const StructType* TypeOf(std::string_view api_version, std::string_view kind) {
  const api::KindInfo* info = api::FindKind(api::StoreKind(api_version, kind));
  if (info != nullptr && info->custom != nullptr) return nullptr;  // they have no messages
  if (info != nullptr) return &api::SchemaOf(*info, api_version);
  const auto* asked =
      std::find_if(std::begin(kAsked), std::end(kAsked), [&](const StructType* type) { return type->name == kind; });
  return asked == std::end(kAsked) ? nullptr : *asked;
}

}  // namespace

Result<Json> ReadProtobuf(std::string_view bytes) {
  constexpr std::string_view kMagic("k8s\0", 4);
  if (!bytes.starts_with(kMagic)) return Malformed();
  bytes.remove_prefix(kMagic.size());
  using api::protobuf::Part;
  const auto type = Part(bytes, 1), raw = Part(bytes, 2);
  if (!type.ok() || !raw.ok()) return Malformed();
  const auto version = Part(type->bytes, 1), kind = Part(type->bytes, 2);
  if (!version.ok() || !kind.ok()) return Malformed();
  const StructType* message = TypeOf(version->bytes, kind->bytes);
  if (message == nullptr) return NotRead("kind \"" + std::string(kind->bytes) + "\"");
  auto body = api::protobuf::ReadMessage(*message, raw->bytes);
  if (!body.ok()) return Malformed();
  api::MakeValid(*body);
  (*body)["apiVersion"] = std::string(version->bytes);
  (*body)["kind"] = std::string(kind->bytes);
  return body;
}

bool HasProtobuf(const api::KindInfo& kind) {
  const auto& fields = kind.schema->fields;
  return std::any_of(fields.begin(), fields.end(), [](const api::Field& field) { return field.tag != 0; });
}

void AnswerInProtobuf(http::Response& response) {
  const auto* json = std::get_if<std::string>(&response.body);
  if (json == nullptr || response.content_type != "application/json") return;
  using api::protobuf::JsonScan;
  const auto member = [json](std::string_view name) {
    bool escaped = false;
    return std::string(JsonScan(JsonScan::MemberOf(*json, name)).String(escaped));
  };
  const std::string version = member("apiVersion"), kind = member("kind");
  const StructType* type = kind == "Status" ? &api::openapi::kStatus : TypeOf(version, kind);
  if (type == nullptr) return;
  std::string bytes;
  api::protobuf::AppendMessage(*type, *json, bytes);
  api::protobuf::Envelop(version, kind, 0, bytes);
  response.body = std::move(bytes);
  response.content_type = kProtobuf;
}

void AnswerAsAccepted(const http::Request& request, http::Response& response) {
  if (!std::holds_alternative<std::string>(response.body) || response.content_type != "application/json") return;
  const auto accept = ParseAccept(request.Header("accept"), /*has_protobuf=*/true);
  if (accept.ok() && accept->protobuf) AnswerInProtobuf(response);
}

}  // namespace ordinal::apiserver::rest
