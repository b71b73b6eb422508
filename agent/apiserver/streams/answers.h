// Answers of failure of this folder: metav1.Status documents. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/api/kind.h"
#include "agent/http/message.h"

namespace ordinal::apiserver::streams {

/// 400 BadRequest.
http::Response BadRequest(std::string_view message);
/// 404 NotFound: `pods "x" not found` or `podmetrics.metrics.k8s.io "default/x" not found`, with details. Clients read
/// this sentence.
http::Response NotFound(std::string_view resource, std::string_view name, std::string_view group = {});
/// 404 NotFound for a path that means nothing.
http::Response NoSuchPath();
/// 422 Invalid with one cause for each fault, as of an object of `kind` called `name`.
http::Response Invalid(std::string_view kind, std::string_view name, const std::vector<api::FieldError>& faults);
/// 500 InternalError.
http::Response InternalError(std::string_view message);
/// The code that belongs to the error's: 404 for kNotFound, 503 for kUnavailable, 501 for kNotSupported … else 500.
http::Response FromError(const Error& error);

}  // namespace ordinal::apiserver::streams
