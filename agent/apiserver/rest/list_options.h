// What the parameters of a list or a watch may say together (k8s.io/apimachinery, ValidateListOptions; KEP 3157):
// clients fall back on another way of reading by these refusals. Pure.
#pragma once

#include "agent/apiserver/rest/call.h"

namespace ordinal::apiserver::rest {

/// kInvalid: 422 of a "ListOptions" with every fault of resourceVersionMatch and sendInitialEvents, in `call.refusal`.
Status CheckListOptions(Call& call, bool watch);

/// The parameter resourceVersion, nothing when absent. A number it is not is 400 of a list, 422 of a watch.
Result<std::optional<uint64_t>> RevisionAsked(Call& call, bool watch);

}  // namespace ordinal::apiserver::rest
