// What strict decoding complains of, in the order of the text: as sigs.k8s.io/json words it, so that clients and people
// find what they know.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ordinal::api {

/// `unknown field "spec.colour"` for each path of `unknown` that the text has, and `duplicate field "spec.replicas"`
/// for each other member that an object has twice; each once, and not more than 100. Nothing within an unknown
/// field counts. `json` is a text that ParseJson took, which bounds its depth.
std::vector<std::string> FieldComplaints(std::string_view json, const std::set<std::string>& unknown);

}  // namespace ordinal::api
