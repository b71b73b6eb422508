// Fields of which one choice rules others out: an update strategy and its parameters, a volume and its source, a
// service's type and what only some types have. Defaults that were filled in for the old choice must not stand in the
// way of a new one that was written without them. Pure.
#pragma once

#include "agent/api/object.h"
#include "agent/api/schema.h"

namespace ordinal::api {

enum class Written {
  kChange,  ///< a patch or an applied configuration: what it does not name is as it was before
  kWhole,   ///< the document itself: what is in it was said, but for services, which the reference treats so too
};

/// `next` without what only the choices of `old` need and this write left as it was:
///   spec.strategy, spec.updateStrategy   rollingUpdate, when the type is another one now
///   a volume                             the empty emptyDir that it had for want of a source, when it has one now
///   a service                            addresses, node ports and policies that its new type does not have
///                                        (registry/core/service/strategy.go, dropTypeDependentFields)
/// A field that this write set itself stays, for validation to judge. `type` is the schema of both.
Json WithoutOldChoices(const StructType& type, const Json& old, Json next, Written written);

}  // namespace ordinal::api
