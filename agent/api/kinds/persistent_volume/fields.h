// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

// source_fields.cc
extern const StructType kLocalVolumeSource, kAzureFilePersistentVolumeSource, kCephFSPersistentVolumeSource,
    kCinderPersistentVolumeSource, kCSIPersistentVolumeSource, kFlexPersistentVolumeSource,
    kGlusterfsPersistentVolumeSource, kISCSIPersistentVolumeSource, kRBDPersistentVolumeSource,
    kScaleIOPersistentVolumeSource, kStorageOSPersistentVolumeSource;

// fields.cc
extern const StructType kPersistentVolume, kPersistentVolumeSpec, kPersistentVolumeStatus, kVolumeNodeAffinity;

/// Words of its fields.
inline constexpr std::string_view kVolumePhases[] = {"Available", "Bound", "Failed", "Pending", "Released"};

}  // namespace ordinal::api::schema
