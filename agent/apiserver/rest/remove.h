// delete and deletecollection.
#pragma once

#include "agent/apiserver/rest/call.h"

namespace ordinal::apiserver::rest {

/// kInvalid (BadRequest) for a member of DeleteOptions in another form than its own: passed over, it would be a guard
/// or a dry run that nobody hears of, and the object would be gone.
Status CheckDeleteOptions(const api::Json& options);

/// DeleteOptions from the body, else from the query. Answers with the object where it lingers and for the kinds whose
/// last state the reference shows, else with Status Success.
Task<Result<http::Response>> Delete(Call& call);
/// Deletes what a list with the same parameters shows; answers with that list.
Task<Result<http::Response>> DeleteCollection(Call& call);

}  // namespace ordinal::apiserver::rest
