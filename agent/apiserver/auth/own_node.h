// What of a cluster a node's agent has for itself alone (the reference's admission plugin NodeRestriction, and its node
// authoriser). Pure.
#pragma once

#include "agent/apiserver/auth/attributes.h"
#include "agent/http/message.h"

namespace ordinal::apiserver::auth {

/// Whether a node's agent asks for what is another node's: to make, write or delete a Node, a Lease or a CSINode of
/// another name than its own, or to read such a Lease or a Node's status; a Lease in another namespace than
/// kube-node-lease; or to delete any of these together. A creation whose name nobody knows yet is none: it is asked
/// about once more when the body was read.
bool IsOfOtherNode(const http::User& user, const Attributes& attributes);

}  // namespace ordinal::apiserver::auth
