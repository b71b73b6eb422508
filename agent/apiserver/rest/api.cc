#include "agent/apiserver/rest/api.h"

#include "agent/apiserver/discovery/discovery.h"
#include "agent/apiserver/rest/apply.h"
#include "agent/apiserver/rest/nothing.h"
#include "agent/apiserver/rest/protobuf.h"
#include "agent/apiserver/rest/read.h"
#include "agent/apiserver/rest/read_ahead.h"
#include "agent/apiserver/rest/remove.h"
#include "agent/apiserver/rest/subresources.h"
#include "agent/apiserver/rest/warnings.h"
#include "agent/apiserver/rest/write.h"
#include "agent/apiserver/watch/start.h"
#include "agent/objects/create_or_find.h"
#include "agent/objects/ending_namespace.h"

namespace ordinal::apiserver {
namespace {

using rest::Call;

// Of all warnings of one answer (apiserver/pkg/endpoints/filters/warning.go).
constexpr size_t kMostWarningBytes = 4096;
constexpr size_t kMostWarnings = 50;  // clients bound the headers of an answer: Python's at 100

/// RFC 7234 warn-text: a quoted string on one line.
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += static_cast<unsigned char>(c) < ' ' || c == 127 ? ' ' : c;
  }
  return quoted + "\"";
}

void AddWarnings(const std::vector<std::string>& warnings, http::Response& response) {
  size_t bytes = 0, count = 0;
  for (const std::string& warning : warnings) {
    bytes += warning.size();
    if (bytes > kMostWarningBytes || ++count > kMostWarnings) return;
    response.headers.emplace_back("Warning", "299 - " + Quoted(warning));
  }
}

/// The request with its body in JSON, whatever it came in: handlers know no protobuf.
Result<std::shared_ptr<const http::Request>> InJson(const std::shared_ptr<const http::Request>& request) {
  if (request->body.empty() || rest::MediaType(request->Header("content-type")) != rest::kProtobuf) return request;
  // Read ahead it is no protobuf any more, unless it could not be read.
  if (const Error* error = rest::Unreadable(*request)) return *error;
  TRY(const api::Json body, rest::ReadProtobuf(request->body));
  auto copy = std::make_shared<http::Request>(*request);
  copy->body = body.dump(-1, ' ', false, api::Json::error_handler_t::replace);
  copy->headers.erase("content-type");
  copy->headers.emplace("content-type", "application/json");
  return std::shared_ptr<const http::Request>(std::move(copy));
}

rest::Refusal RefusalOf(const Call& call, const Error& error) {
  if (call.refusal) return *call.refusal;
  if (!call.conflicts.empty()) return rest::ApplyRefusal(error, call.conflicts);
  rest::Refusal refusal = rest::RefusalOf(error, {call.route.kind, call.name}, call.findings);
  // Clients know by the cause that waiting for the namespace helps.
  if (objects::InEndingNamespace(error)) {
    refusal.details["causes"].push_back({{"reason", error.reason},
                                         {"message", "namespace " + call.route.ns + " is being terminated"},
                                         {"field", "metadata.namespace"}});
  }
  return refusal;
}

/// Discovery of the groups that definitions bring, which come and go.
http::Response NotAResource(const http::Request& request) {
  const auto& path = request.segments;
  const bool group = request.method == "GET" && (path.size() == 2 || path.size() == 3) && path.front() == "apis" &&
                     !path.back().empty();
  return group ? ServeDiscovery(request) : rest::NothingAt(path);
}

http::Response MethodRefused() { return rest::Refuse(rest::MethodNotAllowed()); }

Task<Result<http::Response>> OnCollection(Call& call, std::string_view verb) {
  if (verb == "list") return rest::List(call);
  if (verb == "create") return rest::Create(call);
  return rest::DeleteCollection(call);
}

Task<Result<http::Response>> OnObject(Call& call, std::string_view verb) {
  if (verb == "get") return rest::Get(call);
  if (verb == "update") return rest::Update(call);
  if (verb == "patch") return rest::Patch(call);
  return rest::Delete(call);
}

/// Objects are made in a namespace; everything else a collection can do, it can do over all namespaces.
bool AllowedOnCollection(const Call& call, std::string_view verb) {
  if (verb == "create") return !call.kind().namespaced || !call.route.ns.empty();
  return verb == "list" || verb == "deletecollection";
}

bool AllowedOnObject(std::string_view verb) {
  return verb == "get" || verb == "update" || verb == "patch" || verb == "delete";
}

}  // namespace

Api::Api(Parts parts, Routes routes)
    : parts_(std::move(parts)), routes_(std::move(routes)), watches_(std::make_shared<watch::Common>(parts_.clock)) {}

Task<http::Response> Api::Handle(std::shared_ptr<const http::Request> request) {
  const http::Handler* served = routes_.Find(*request);
  const std::optional<rest::Route> route = rest::FindRoute(request->segments);
  // Where nothing is, the body does not matter, whatever it is written in.
  if (served == nullptr && !route) co_return NotAResource(*request);
  const bool proxied = rest::IsProxied(request->segments);
  if (!proxied) {
    const auto read = InJson(request);
    if (!read.ok()) co_return rest::Refuse(rest::RefusalOf(read.error(), {}, {}));
    request = *read;
  }
  if (served != nullptr) {
    http::Response response = co_await (*served)(request);
    if (!proxied) rest::AnswerAsAccepted(*request, response);
    co_return response;
  }
  if (!route->subresource.empty() && route->kind->custom == nullptr) {
    const http::Handler* handler = routes_.FindSubresource(std::string(route->kind->plural), route->subresource);
    if (handler != nullptr) co_return co_await (*handler)(request);
  }
  Call call(parts_, request, *route);
  call.name = route->name;
  if (call.kind().custom != nullptr) rest::WarnOfVersion(call);
  const bool deprecated = !call.kind().deprecated.empty() && route->version == api::ApiVersion(call.kind());
  if (deprecated) call.warnings.emplace_back(call.kind().deprecated);
  auto answer = co_await Dispatch(call);
  http::Response response = answer.ok() ? std::move(*answer) : rest::Refuse(RefusalOf(call, answer.error()));
  if (call.accept.protobuf) rest::AnswerInProtobuf(response);
  AddWarnings(call.warnings, response);
  co_return response;
}

Task<Result<http::Response>> Api::Dispatch(Call& call) {
  CO_TRY(call.accept, rest::ParseAccept(call.request->Header("accept"), rest::HasProtobuf(call.kind())));
  const std::string_view verb = rest::VerbOf(*call.request, call.route);
  if (!call.route.subresource.empty()) co_return co_await rest::OnSubresource(call, verb);
  if (verb == "watch") co_return co_await watch::Start(call, watches_);
  if (call.route.collection()) {
    if (!AllowedOnCollection(call, verb)) co_return MethodRefused();
    co_return co_await OnCollection(call, verb);
  }
  if (!AllowedOnObject(verb)) co_return MethodRefused();
  co_return co_await OnObject(call, verb);
}

Task<Status> MakeSystemNamespaces(objects::Objects& stored) {
  Status done;
  for (const char* name : {"default", "kube-system", "kube-public", "kube-node-lease"}) {
    api::Json body = {{"apiVersion", "v1"}, {"kind", "Namespace"}};
    body["metadata"]["name"] = name;
    objects::Unlike leaving = objects::UnlessDeleting;
    const auto made = co_await objects::CreateOrFind(stored, std::move(body), std::move(leaving));
    if (!made.ok() && done.ok()) done = made.error();  // the others are made all the same
  }
  co_return done;
}

}  // namespace ordinal::apiserver
