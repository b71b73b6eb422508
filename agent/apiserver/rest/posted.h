// What the subresources that take a document of a kind of their own (Binding, Eviction, TokenRequest) have in common.
#pragma once

#include "agent/apiserver/rest/call.h"

namespace ordinal::apiserver::rest {

/// The body of a POST, of the kind that the subresource takes; one that has a name has that of the URL. kInvalid with
/// reason BadRequest for anything else.
Result<api::Json> PostedOf(Call& call, std::string_view kind);

/// A Status that says that it is done.
http::Response Done(const Call& call, int status);

}  // namespace ordinal::apiserver::rest
