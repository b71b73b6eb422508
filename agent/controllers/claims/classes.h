// Storage classes: the one this node brings along, and which one is the default. Pure but for MakeNodeClass.
#pragma once

#include <string>
#include <vector>

#include "agent/api/kinds/storage_class/view.h"
#include "agent/api/ref.h"
#include "agent/objects/objects.h"

namespace ordinal::controllers::claims {

inline constexpr const char* kNodeClass = "ordinal-local";
inline constexpr const char* kNodeProvisioner = "ordinal.dev/local";
/// Of classes whose volumes are made by hand.
inline constexpr const char* kNoProvisioner = "kubernetes.io/no-provisioner";

/// The newest of those annotated as default, of equally old ones the first by name; null when there is none.
const api::StorageClass* DefaultClass(const api::Refs<api::StorageClass>& classes);
const api::StorageClass* FindClass(const api::Refs<api::StorageClass>& classes, const std::string& name);

/// The class "ordinal-local": Delete, Immediate, may grow.
api::Json NodeClass(bool is_default);

/// Creates that class when there is none of its name; it is the default unless another one is. What its owner changed
/// stays; a class that was deleted is there again after the next start. kAlreadyExists when the name is another
/// provisioner's: its claims are not this node's.
Task<Status> MakeNodeClass(objects::Objects& client);

}  // namespace ordinal::controllers::claims
