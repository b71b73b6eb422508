// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kReplicaSet, kReplicaSetSpec, kReplicaSetStatus, kReplicaSetCondition;

}  // namespace ordinal::api::schema
