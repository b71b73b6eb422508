// Links and addresses of the host that the agent makes, through rtnetlink. All calls block for a moment.
#pragma once

#include <string>
#include <vector>

#include "agent/base/result.h"

namespace ordinal::network {

/// kInvalid for what cannot be the name of a link.
Status CheckLinkName(const std::string& name);

/// Sees to it that the host has `addresses` ("169.254.20.10", "fd00::10"). Those that another link has stay there;
/// the others are held, as /32 or /128, by a link `name` of our own, made when it is missing: a bridge without ports,
/// which every kernel has, marked with `owner` as its alias. Addresses it held for an earlier configuration are taken
/// off. kAlreadyExists when a link of that name is not ours; kInvalid for what is no address or no link name.
Status EnsureLink(const std::string& name, const std::string& owner, const std::vector<std::string>& addresses);

/// Removes the link `name` if its alias is `owner`; kFailedPrecondition when it is somebody else's. Success when
/// there is none.
Status RemoveLink(const std::string& name, const std::string& owner);

/// kAlreadyExists when there is a link `name` that the bridge plugin cannot have made for us: no bridge, or one with
/// addresses other than `gateways`. The plugin marks nothing, so that its address is what the bridge is known by.
Status CheckBridge(const std::string& name, const std::vector<std::string>& gateways);

/// Removes a bridge that has no ports any more and no address but `gateway`; success when there is none,
/// kFailedPrecondition when it has ports, kAlreadyExists when it is somebody else's (CheckBridge).
Status RemoveEmptyBridge(const std::string& name, const std::string& gateway);

}  // namespace ordinal::network
