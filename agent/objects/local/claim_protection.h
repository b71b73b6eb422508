// The finalizer kubernetes.io/pvc-protection holds a claim while a pod on a node uses it. A claim that none uses need
// not wait for anybody to take the finalizer away: it goes with its deletion. Clients notice the difference when a
// controller makes a claim of the same name at once, for a pod that waits: kubectl, which asks by name whether what it
// deleted is gone, may find the old one, then the new one, and wait for that to go, for ever.
#pragma once

#include "agent/store/object_store.h"

namespace ordinal::objects {

/// A claim that nothing but that finalizer holds, although no pod on a node uses it. Reads the pods of the claim's
/// namespace from the store; false for objects of other kinds. Errors are the store's.
Task<Result<bool>> HeldForNothing(store::ObjectReader& objects, store::Object object);

}  // namespace ordinal::objects
