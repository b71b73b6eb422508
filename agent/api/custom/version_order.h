// The order of versions in discovery: v10, v2, v1, v11beta2, v10beta3, v12alpha1, foo1
// (k8s.io/apimachinery/pkg/version, CompareKubeAwareVersionStrings). Pure.
#pragma once

#include <string_view>

namespace ordinal::api::custom {

/// Whether clients shall prefer `a` to `b`.
bool IsPreferred(std::string_view a, std::string_view b);
/// 0: of no known form; 1: alpha; 2: beta; 3: stable.
int StabilityOf(std::string_view version);

}  // namespace ordinal::api::custom
