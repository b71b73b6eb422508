// Small edits of documents that admission and deletion share.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "agent/api/faults.h"
#include "agent/api/object.h"
#include "agent/base/result.h"

namespace ordinal::objects {

/// Into `holder`'s list "finalizers", which is metadata's or a namespace's spec's. Nothing for an empty one.
void AddFinalizer(std::string_view finalizer, api::Json& holder);
/// metadata.finalizers.
std::vector<std::string> FinalizersOf(const api::Json& body);

/// Two documents are equal but for their members `but`. Copies nothing.
bool SameBut(std::initializer_list<std::string_view> but, const api::Json& a, const api::Json& b);

/// `Pod "x" is invalid` and every fault on a line of its own, as one kInvalid error.
Error InvalidError(const std::string& summary, const std::vector<api::FieldError>& faults);

}  // namespace ordinal::objects
