// Types that several kinds have.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

// meta_fields.cc
extern const StructType kObjectMeta, kOwnerReference, kManagedFieldsEntry, kLabelSelector, kLabelSelectorRequirement,
    kCondition, kObjectReference, kLocalObjectReference, kSecretReference, kTypedLocalObjectReference,
    kTypedObjectReference;

// source_fields.cc
extern const StructType kHostPathVolumeSource, kNFSVolumeSource, kGCEPersistentDiskVolumeSource,
    kAWSElasticBlockStoreVolumeSource, kAzureDiskVolumeSource, kFCVolumeSource, kFlockerVolumeSource,
    kPhotonPersistentDiskVolumeSource, kPortworxVolumeSource, kQuobyteVolumeSource, kVsphereVirtualDiskVolumeSource;

}  // namespace ordinal::api::schema
