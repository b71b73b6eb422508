// create, update and patch, of objects, of their status, and of the ephemeral containers of pods.
#pragma once

#include "agent/apiserver/rest/call.h"

namespace ordinal::apiserver::rest {

/// Refuses to make objects of a kind that is being taken away.
Status CheckDefinition(Call& call);
Task<Result<http::Response>> Create(Call& call);
/// PUT of the object, or of its status; of some kinds it makes one that is not there.
Task<Result<http::Response>> Update(Call& call);
/// PATCH of the object, or of its status: JSON, merge, strategic merge, server-side apply (apply.h). Applied again when
/// somebody else's write came in between, unless the patch names a resourceVersion.
Task<Result<http::Response>> Patch(Call& call);

/// Applies a PATCH body to `document` by the request's content type. The reason UnsupportedMediaType for others.
Result<api::Json> ApplyPatch(const Call& call, const api::Json& patch, const api::Json& document,
                             const api::StructType& schema);
/// The patch document of the request.
Result<api::Json> PatchOf(Call& call);

/// What a write to the object, or to its status, may change.
objects::WriteOptions::Part PartOf(const Call& call);

/// Answers with the written object, its warnings among the call's.
http::Response AnswerWritten(Call& call, int status, objects::Written written);

/// Refuses to create in a namespace that is not there (404), or is being deleted (403), before the document is judged.
Task<Status> CheckNamespace(Call& call);

}  // namespace ordinal::apiserver::rest
