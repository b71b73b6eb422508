// What of a cluster a node's agent has for itself alone (the reference's admission plugin NodeRestriction, and its node
// authoriser). Pure.
#pragma once

#include "agent/apiserver/auth/attributes.h"
#include "agent/http/message.h"

namespace ordinal::apiserver::auth {

/// Whether a node's agent asks for what is another node's: to write a Node, a Lease or a CSINode of another name than
/// its own, or to read such a Lease or a Node's status.
bool IsOfOtherNode(const http::User& user, const Attributes& attributes);

}  // namespace ordinal::apiserver::auth
