// Refusals as the API answers them: metav1.Status documents with the codes, reasons and details that clients act on
// (recorded: golden/04-api/errors). Pure.
#pragma once

#include <string>
#include <string_view>

#include "agent/api/kind.h"
#include "agent/http/message.h"
#include "agent/objects/objects.h"

namespace ordinal::apiserver::rest {

/// What a request is about, as errors name it. `kind` is null where the path names none.
struct Subject {
  const api::KindInfo* kind = nullptr;
  std::string name;
};

struct Refusal {
  int code = 500;
  std::string reason;           ///< metav1.StatusReason: "NotFound"
  std::string message;          ///< for people; kubectl prints it
  api::Json details = nullptr;  ///< metav1.StatusDetails; null: none
};

/// The refusal that an error of the objects or of a request's parsing amounts to. An error's reason decides
/// the code when it is a StatusReason, else its ErrorCode does. `findings` are the faults of an invalid document.
Refusal RefusalOf(const Error& error, Subject subject, const objects::Findings& findings);

/// `Pod "x" is invalid: …` with a cause for each fault; `what` names the kind.
Refusal InvalidRefusal(std::string_view what, std::string_view name, api::Json details,
                       const std::vector<api::FieldError>& faults);
/// `pods "x" not found`.
Refusal NotFound(const api::KindInfo& kind, std::string_view name);
/// The path leads nowhere.
Refusal NoSuchResource();
Refusal MethodNotAllowed();

/// The Status document of a refusal.
api::Json StatusOf(const Refusal& refusal);
/// The Status document of an object that is gone.
api::Json SuccessOf(const api::KindInfo& kind, std::string_view name, std::string_view uid);

/// With the header Retry-After where the details have retryAfterSeconds.
http::Response Refuse(const Refusal& refusal);

/// "pods" or "statefulsets.apps".
std::string ResourceName(const api::KindInfo& kind);

// Errors of requests; each has the StatusReason as its reason.
Error BadRequest(std::string message);
Error Unsupported(std::string message);  ///< 501: a known gap

}  // namespace ordinal::apiserver::rest
