// Rules and words that the kinds of admissionregistration.k8s.io share (Kubernetes: pkg/apis/admissionregistration/
// validation). Expressions are kept as they are: nobody here reads CEL.
#pragma once

#include <string>
#include <string_view>

#include "agent/api/faults.h"

namespace ordinal::api {

/// One webhook; `mutates`: it may change objects.
void ValidateWebhook(const Json& webhook, const Path& path, bool mutates, Faults& faults);
/// The list: names are unique.
void ValidateWebhooks(const Json& body, bool mutates, Faults& faults);

/// Of a policy's spec: matchConstraints, matchConditions, variables, paramKind.
void ValidatePolicySpec(const Json& spec, Faults& faults);
/// Of a binding's spec: policyName, paramRef, matchResources.
void ValidateBindingSpec(const Json& spec, Faults& faults);

/// That nobody is asked yet: a warning for whoever makes one.
std::string NobodyAsks(std::string_view kind);

/// "apps/v1/Deployment" of a policy's paramKind; "<unset>" without one.
std::string ParamKindCell(const Json& body);
/// "default/limits" of a binding's paramRef.
std::string ParamRefCell(const Json& body);

}  // namespace ordinal::api
