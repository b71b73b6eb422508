// The members of a PersistentVolumeSource (core/v1): exactly one is set in a PersistentVolume's spec.
#pragma once

#include <string_view>

namespace ordinal::api {

/// In the order in which the reference looks: with two given, the later one is reported.
inline constexpr std::string_view kPersistentVolumeSources[] = {
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "flocker",
    "nfs",
    "rbd",
    "quobyte",
    "cephfs",
    "iscsi",
    "cinder",
    "fc",
    "flexVolume",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "scaleIO",
    "local",
    "storageos",
    "csi",
};

}  // namespace ordinal::api
