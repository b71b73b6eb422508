// Names of resources, in limit ranges and quotas (k8s.io/kubernetes pkg/apis/core/helper). Pure.
#pragma once

#include <string>
#include <string_view>

#include "agent/api/faults.h"

namespace ordinal::api {

/// "hugepages-2Mi", "requests.hugepages-2Mi".
bool IsHugePages(std::string_view resource);
/// Its limits may be more than its requests: all but huge pages and what device plugins have.
bool MayBeOvercommitted(std::string_view resource);
/// A name with a domain before it, or one that everybody knows. `of_containers`: that containers ask for.
void ValidateLimitedResource(const std::string& resource, const Path& path, bool of_containers, Faults& faults);

}  // namespace ordinal::api
