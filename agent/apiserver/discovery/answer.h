// Answers that discovery and OpenAPI handlers have in common.
#pragma once

#include <string>
#include <string_view>

#include "agent/http/message.h"

namespace ordinal::apiserver::discovery {

/// "404 page not found" as plain text, as the reference answers a path that no handler has.
http::Response PathNotFound();
/// A Status (meta/v1) object: 405 with `reason` "MethodNotAllowed", 406 with "NotAcceptable".
http::Response Failure(int code, std::string_view reason, std::string_view message);
/// SHA-512 of `content` in upper-case hexadecimal, as the reference marks its documents.
std::string ContentHash(std::string_view content);
/// True when If-None-Match names `etag` (given with its quotes).
bool NotModified(const http::Request& request, std::string_view etag);

}  // namespace ordinal::apiserver::discovery
