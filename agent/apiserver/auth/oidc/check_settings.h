// The rules of an AuthenticationConfiguration that its fields' types do not say, as the reference has them
// (k8s.io/apiserver/pkg/apis/apiserver/validation). Pure.
#pragma once

#include <string>
#include <vector>

#include "agent/api/kind.h"

namespace ordinal::apiserver::auth::oidc {

/// Every fault of a document whose types are right. `own_issuer` may not be among its issuers. Expressions of CEL are
/// faults: nothing here evaluates them.
std::vector<api::FieldError> CheckSettings(const api::Json& body, const std::string& own_issuer);

}  // namespace ordinal::apiserver::auth::oidc
