// The query parameter fieldValidation: what is said of members that a body has twice and of fields that its kind has
// not. Strict refuses the request with all of them; Warn, the default, takes it without them and says so in Warning
// headers; Ignore says nothing (k8s.io/apiserver, pkg/endpoints/handlers).
#pragma once

#include "agent/apiserver/rest/call.h"

namespace ordinal::apiserver::rest {

/// The body of the request as a document, of JSON or YAML. Of a member that is there twice the last counts; what is to
/// be said of it is kept in `call.repeats`. kInvalid, reasons as those of ParseBody.
Result<api::Json> BodyOf(Call& call);

/// Judges a whole object as BodyOf read it, whose fields `schema` knows. kInvalid (BadRequest) with every complaint:
/// `Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.colour", duplicate
/// field "spec.hostname"`. Of a configuration that is applied unknown fields are told apart, before the rest: `failed
/// to create typed patch object (default/x; /v1, Kind=Pod): .spec.colour: field not declared in schema`.
Status CheckFields(Call& call, const api::Json& body, const api::StructType& schema);

/// The same for a body that has no schema here (Scale, DeleteOptions …): only members that are there twice.
Status CheckRepeats(Call& call, std::string_view kind);

/// Judges what a patch made of the object, and the patch itself as BodyOf read it: kInvalid (Invalid, 422).
/// `warnings` is what to say of it, replaced: an edit may be made again.
Status CheckPatched(Call& call, const api::Json& next, const api::StructType& schema);

}  // namespace ordinal::apiserver::rest
