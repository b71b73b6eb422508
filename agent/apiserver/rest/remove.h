// delete and deletecollection.
#pragma once

#include "agent/apiserver/rest/call.h"

namespace ordinal::apiserver::rest {

/// DeleteOptions from the body, else from the query. Answers with the object where it lingers and for the kinds whose
/// last state the reference shows, else with Status Success.
Task<Result<Response>> Delete(Call& call);
/// Deletes what a list with the same parameters shows; answers with that list.
Task<Result<Response>> DeleteCollection(Call& call);

}  // namespace ordinal::apiserver::rest
