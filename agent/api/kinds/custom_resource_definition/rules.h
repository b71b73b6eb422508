// What a CustomResourceDefinition must be (apiextensions-apiserver, pkg/apis/apiextensions/validation), in the causes
// and words of the reference. Pure.
#pragma once

#include <vector>

#include "agent/api/faults.h"

namespace ordinal::api {

void ValidateDefinition(const Json& body, std::vector<FieldError>& errors);
void ValidateDefinitionUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors);
/// Of what is written to the status: the storage version is among the stored ones.
void ValidateDefinitionStatus(const Json& body, const Json& old_body, std::vector<FieldError>& errors);

/// version_rules.cc: one of spec.versions, but for its name.
void ValidateDefinitionVersion(const Json& spec, size_t index, Faults& faults);

}  // namespace ordinal::api
