// Links and addresses of the host, through rtnetlink (Linux: rtnetlink(7)). All calls block for a moment.
#pragma once

#include <string>
#include <vector>

#include "agent/base/result.h"

namespace ordinal::network {

/// Sees to it that a link `name` exists, is up and holds `addresses` ("169.254.20.10", "fd00::10"; each as a host
/// address, /32 or /128). A missing link is made: a bridge without ports, which every kernel has, marked with
/// `owner` as its alias. A link of that name with another alias is refused (kAlreadyExists): it is not ours.
Status EnsureLink(const std::string& name, const std::string& owner, const std::vector<std::string>& addresses);

/// Removes the link `name` if its alias is `owner`; kFailedPrecondition when it is somebody else's. Success when
/// there is none.
Status RemoveLink(const std::string& name, const std::string& owner);

/// Removes a bridge that has no ports any more, whoever made it; success when there is none.
Status RemoveEmptyBridge(const std::string& name);

}  // namespace ordinal::network
