// Refusals as Kubernetes Status documents (metav1.Status): how one is written, and the answers the server gives by
// itself to whatever ends before a handler is asked. Pure.
#pragma once

#include <string>
#include <string_view>

#include "agent/api/object.h"
#include "agent/http/message.h"

namespace ordinal::apiserver {

/// A Status of failure. An empty reason and null details are left out.
api::Json FailureStatus(int code, std::string_view reason, std::string_view message, api::Json details = nullptr);

/// The answer that is such a Status.
http::Response Failure(int code, std::string_view reason, std::string_view message, api::Json details = nullptr);

/// A Status of failure with the reason that belongs to `code` (400 BadRequest, 401 Unauthorized, 403 Forbidden, 408
/// Timeout, 413 RequestEntityTooLarge, 429 TooManyRequests, 431, 500 InternalError, 501 NotImplemented, 502, 503
/// ServiceUnavailable). A 429 asks the client to come again in a second.
http::Response Failure(int code, std::string_view message);

}  // namespace ordinal::apiserver
