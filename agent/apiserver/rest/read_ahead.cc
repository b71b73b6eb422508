#include "agent/apiserver/rest/read_ahead.h"

#include <optional>
#include <utility>

#include "agent/api/text/bounds.h"
#include "agent/apiserver/rest/content.h"
#include "agent/apiserver/rest/protobuf.h"
#include "agent/apiserver/rest/route.h"
#include "agent/apiserver/rest/status.h"

namespace ordinal::apiserver::rest {
namespace {

constexpr size_t kShortJson = 32 * 1024;  // less than a millisecond
constexpr size_t kShort = 1024;
// A config map of 1 MiB and what is around it; two bytes of it may make a value.
constexpr size_t kMostProtobufBytes = 3 * 512 * 1024;

/// What became of a request's body: what ParseBody gave.
struct ReadBody {
  std::optional<Result<api::Json>> document;
  Repeats repeats;
};

ReadBody* ReadOf(const http::Request& request) { return static_cast<ReadBody*>(request.prepared.get()); }

Result<api::Json> FromProtobuf(http::Request& request) {
  if (request.body.size() > kMostProtobufBytes) {
    return MakeError(ErrorCode::kInvalid, "the body is too large for protobuf: send application/json",
                     "RequestEntityTooLarge");
  }
  TRY(api::Json document, ReadProtobuf(request.body));
  std::string text = document.dump(-1, ' ', false, api::Json::error_handler_t::replace);
  api::JsonBounds bounds;
  TRYV(bounds.Take(text));
  request.body = std::move(text);
  request.headers.erase("content-type");
  request.headers.emplace("content-type", "application/json");
  return document;
}

}  // namespace

bool TakesLong(const http::Request& request) {
  if (request.body.size() <= kShort || IsProxied(request.segments)) return false;
  const std::string type = MediaType(request.Header("content-type"));
  return request.body.size() > kShortJson || type == kProtobuf || type.ends_with("yaml");
}

void ReadAhead(http::Request& request) {
  request.prepared = std::make_shared<ReadBody>();
  ReadBody& read = *ReadOf(request);
  const std::string type = MediaType(request.Header("content-type"));
  if (type == kProtobuf) {
    read.document.emplace(FromProtobuf(request));
  } else {
    // Every patch but one of an apply is JSON, whatever it is called.
    const std::string_view read_as = type.ends_with("-patch+json") ? "application/json" : std::string_view(type);
    read.document.emplace(ParseBody(read_as, request.body, read.repeats));
  }
}

const Error* Unreadable(const http::Request& request) {
  const ReadBody* read = ReadOf(request);
  return read != nullptr && read->document && !read->document->ok() ? &read->document->error() : nullptr;
}

Result<api::Json> DocumentOf(const http::Request& request, std::string_view content_type, Repeats& repeats) {
  ReadBody* read = ReadOf(request);
  if (read == nullptr || !read->document) return ParseBody(content_type, request.body, repeats);
  repeats = std::move(read->repeats);
  return *std::exchange(read->document, std::nullopt);
}

}  // namespace ordinal::apiserver::rest
