// The members of a PersistentVolumeSource (core/v1): exactly one is set in a PersistentVolume's spec.
#pragma once

#include <string_view>

namespace ordinal::api {

inline constexpr std::string_view kPersistentVolumeSources[] = {
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "nfs",
    "rbd",
    "iscsi",
    "flexVolume",
    "cinder",
    "cephfs",
    "fc",
    "flocker",
    "azureFile",
    "azureDisk",
    "vsphereVolume",
    "quobyte",
    "photonPersistentDisk",
    "portworxVolume",
    "scaleIO",
    "storageos",
    "local",
    "csi",
};

}  // namespace ordinal::api
