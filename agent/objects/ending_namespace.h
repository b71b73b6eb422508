// A namespace that is being deleted takes nothing new (k8s.io/apiserver, pkg/admission/plugin/namespace/lifecycle).
#pragma once

#include <string_view>

#include "agent/api/kind.h"

namespace ordinal::objects {

/// Why nothing new of that name is made in namespace `ns`, which is being deleted: kPermissionDenied, in the
/// reference's words, with the reason by which InEndingNamespace() knows it.
Error EndingNamespaceError(const api::KindInfo& kind, std::string_view name, std::string_view ns);

/// Whether the error is that one: trying again is of no use, and nobody needs to hear of it.
bool InEndingNamespace(const Error& error);

}  // namespace ordinal::objects
