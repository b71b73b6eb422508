// Volume sources that only pods have.
#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kAzureFileVolumeSourceFields[] = {
    Tag(3, Bool("readOnly")),
    Tag(1, Required(String("secretName"))),
    Tag(2, Required(String("shareName"))),
};

constexpr Field kCephFSVolumeSourceFields[] = {
    Tag(1, Required(List(String("monitors")))),
    Tag(2, String("path")),
    Tag(6, Bool("readOnly")),
    Tag(4, String("secretFile")),
    Tag(5, Optional(Struct("secretRef", kLocalObjectReference))),
    Tag(3, String("user")),
};

constexpr Field kCinderVolumeSourceFields[] = {
    Tag(2, String("fsType")),
    Tag(3, Bool("readOnly")),
    Tag(4, Optional(Struct("secretRef", kLocalObjectReference))),
    Tag(1, Required(String("volumeID"))),
};

constexpr Field kCSIVolumeSourceFields[] = {
    Tag(1, Required(String("driver"))),
    Tag(3, Optional(String("fsType"))),
    Tag(5, Optional(Struct("nodePublishSecretRef", kLocalObjectReference))),
    Tag(2, Optional(Bool("readOnly"))),
    Tag(4, Map(String("volumeAttributes"))),
};

constexpr Field kFlexVolumeSourceFields[] = {
    Tag(1, Required(String("driver"))),
    Tag(2, String("fsType")),
    Tag(5, Map(String("options"))),
    Tag(4, Bool("readOnly")),
    Tag(3, Optional(Struct("secretRef", kLocalObjectReference))),
};

constexpr Field kGlusterfsVolumeSourceFields[] = {
    Tag(1, Required(String("endpoints"))),
    Tag(2, Required(String("path"))),
    Tag(3, Bool("readOnly")),
};

constexpr Field kISCSIVolumeSourceFields[] = {
    Tag(8, Bool("chapAuthDiscovery")),
    Tag(11, Bool("chapAuthSession")),
    Tag(5, String("fsType")),
    Tag(12, Optional(String("initiatorName"))),
    Tag(2, Required(String("iqn"))),
    Tag(4, Default(String("iscsiInterface"), R"("default")")),
    Tag(3, Int32("lun")),
    Tag(7, List(String("portals"))),
    Tag(6, Bool("readOnly")),
    Tag(10, Optional(Struct("secretRef", kLocalObjectReference))),
    Tag(1, Required(String("targetPortal"))),
};

constexpr Field kRBDVolumeSourceFields[] = {
    Tag(3, String("fsType")),
    Tag(2, Required(String("image"))),
    Tag(6, Default(String("keyring"), R"("/etc/ceph/keyring")")),
    Tag(1, Required(List(String("monitors")))),
    Tag(4, Default(String("pool"), R"("rbd")")),
    Tag(8, Bool("readOnly")),
    Tag(7, Optional(Struct("secretRef", kLocalObjectReference))),
    Tag(5, Default(String("user"), R"("admin")")),
};

constexpr Field kScaleIOVolumeSourceFields[] = {
    Tag(9, Default(String("fsType"), R"("xfs")")),
    Tag(1, Required(String("gateway"))),
    Tag(5, String("protectionDomain")),
    Tag(10, Bool("readOnly")),
    Tag(3, Optional(Required(Struct("secretRef", kLocalObjectReference)))),
    Tag(4, Bool("sslEnabled")),
    Tag(7, Default(String("storageMode"), R"("ThinProvisioned")")),
    Tag(6, String("storagePool")),
    Tag(2, Required(String("system"))),
    Tag(8, String("volumeName")),
};

constexpr Field kStorageOSVolumeSourceFields[] = {
    Tag(3, String("fsType")),
    Tag(4, Bool("readOnly")),
    Tag(5, Optional(Struct("secretRef", kLocalObjectReference))),
    Tag(1, String("volumeName")),
    Tag(2, String("volumeNamespace")),
};

}  // namespace

constinit const StructType kAzureFileVolumeSource{"AzureFileVolumeSource", kAzureFileVolumeSourceFields};
constinit const StructType kCephFSVolumeSource{"CephFSVolumeSource", kCephFSVolumeSourceFields};
constinit const StructType kCinderVolumeSource{"CinderVolumeSource", kCinderVolumeSourceFields};
constinit const StructType kCSIVolumeSource{"CSIVolumeSource", kCSIVolumeSourceFields};
constinit const StructType kFlexVolumeSource{"FlexVolumeSource", kFlexVolumeSourceFields};
constinit const StructType kGlusterfsVolumeSource{"GlusterfsVolumeSource", kGlusterfsVolumeSourceFields};
constinit const StructType kISCSIVolumeSource{"ISCSIVolumeSource", kISCSIVolumeSourceFields};
constinit const StructType kRBDVolumeSource{"RBDVolumeSource", kRBDVolumeSourceFields};
constinit const StructType kScaleIOVolumeSource{"ScaleIOVolumeSource", kScaleIOVolumeSourceFields};
constinit const StructType kStorageOSVolumeSource{"StorageOSVolumeSource", kStorageOSVolumeSourceFields};

}  // namespace ordinal::api::schema
