// The messages of a pod that ReadProtobuf reads, and what they share with other kinds. Every field that the schemas of
// this agent have (agent/api/schema) is there, those it refuses as well, so that a pod is judged alike in both forms.
// Numbers and pointers (kOptional) are those of core/v1 types.go and generated.proto, Kubernetes 1.32.
#pragma once

#include "agent/apiserver/rest/protobuf_types.h"

namespace ordinal::apiserver::rest {

extern const PbMessage kPbObjectMeta;
extern const PbMessage kPbObjectReference;
extern const PbMessage kPbLocalObjectReference;
extern const PbMessage kPbLabelSelector;

extern const PbMessage kPbPodSpec;
extern const PbMessage kPbObjectFieldSelector;
extern const PbMessage kPbResourceFieldSelector;
extern const PbMessage kPbResourceRequirements;
extern const PbMessage kPbSELinuxOptions;
extern const PbMessage kPbWindowsSecurityContextOptions;
extern const PbMessage kPbSeccompProfile;
extern const PbMessage kPbAppArmorProfile;
extern const PbMessage kPbContainer;
extern const PbMessage kPbEphemeralContainer;
extern const PbMessage kPbVolume;

}  // namespace ordinal::apiserver::rest
