#include "agent/base/result.h"

#include <cerrno>
#include <system_error>

#include "agent/base/utf8.h"

namespace ordinal {

std::string_view ToString(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid: return "invalid";
    case ErrorCode::kNotFound: return "not-found";
    case ErrorCode::kAlreadyExists: return "already-exists";
    case ErrorCode::kConflict: return "conflict";
    case ErrorCode::kExpired: return "expired";
    case ErrorCode::kUnavailable: return "unavailable";
    case ErrorCode::kDeadlineExceeded: return "deadline-exceeded";
    case ErrorCode::kCancelled: return "cancelled";
    case ErrorCode::kNotSupported: return "not-supported";
    case ErrorCode::kPermissionDenied: return "permission-denied";
    case ErrorCode::kFailedPrecondition: return "failed-precondition";
    case ErrorCode::kInternal: return "internal";
  }
  return "internal";
}

Error Error::With(std::string_view context) const& { return Error(*this).With(context); }

Error Error::With(std::string_view context) && {
  message.insert(0, std::string(context) + ": ");
  return std::move(*this);
}

Error ErrnoError(std::string_view what, int error_number) {
  ErrorCode code = ErrorCode::kInternal;
  switch (error_number) {
    case ENOENT: code = ErrorCode::kNotFound; break;
    case EEXIST: code = ErrorCode::kAlreadyExists; break;
    case EACCES:
    case EPERM: code = ErrorCode::kPermissionDenied; break;
    default: break;
  }
  // Names of files are bytes: a container may have made them, and the message may end in a status.
  return Error{code, ValidText(what) + ": " + std::generic_category().message(error_number), {}};
}

}  // namespace ordinal
