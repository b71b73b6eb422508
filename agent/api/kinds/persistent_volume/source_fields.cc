// Volume sources that only a PersistentVolume has.
#include "agent/api/kinds/persistent_volume/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kLocalVolumeSourceFields[] = {
    Tag(2, Optional(String("fsType")), "the file system of a block device"),
    Tag(1, Required(String("path")), "the path on the node"),
};

constexpr Field kAzureFilePersistentVolumeSourceFields[] = {
    Tag(3, Bool("readOnly")),
    Tag(1, Required(String("secretName"))),
    Tag(4, Optional(String("secretNamespace"))),
    Tag(2, Required(String("shareName"))),
};

constexpr Field kCephFSPersistentVolumeSourceFields[] = {
    Tag(1, Required(List(String("monitors")))),
    Tag(2, String("path")),
    Tag(6, Bool("readOnly")),
    Tag(4, String("secretFile")),
    Tag(5, Optional(Struct("secretRef", kSecretReference))),
    Tag(3, String("user")),
};

constexpr Field kCinderPersistentVolumeSourceFields[] = {
    Tag(2, String("fsType")),
    Tag(3, Bool("readOnly")),
    Tag(4, Optional(Struct("secretRef", kSecretReference))),
    Tag(1, Required(String("volumeID"))),
};

constexpr Field kCSIPersistentVolumeSourceFields[] = {
    Tag(9, Optional(Struct("controllerExpandSecretRef", kSecretReference))),
    Tag(6, Optional(Struct("controllerPublishSecretRef", kSecretReference))),
    Tag(1, Required(String("driver"))),
    Tag(4, String("fsType")),
    Tag(10, Optional(Struct("nodeExpandSecretRef", kSecretReference))),
    Tag(8, Optional(Struct("nodePublishSecretRef", kSecretReference))),
    Tag(7, Optional(Struct("nodeStageSecretRef", kSecretReference))),
    Tag(3, Bool("readOnly")),
    Tag(5, Map(String("volumeAttributes"))),
    Tag(2, Required(String("volumeHandle"))),
};

constexpr Field kFlexPersistentVolumeSourceFields[] = {
    Tag(1, Required(String("driver"))),
    Tag(2, String("fsType")),
    Tag(5, Map(String("options"))),
    Tag(4, Bool("readOnly")),
    Tag(3, Optional(Struct("secretRef", kSecretReference))),
};

constexpr Field kGlusterfsPersistentVolumeSourceFields[] = {
    Tag(1, Required(String("endpoints"))),
    Tag(4, Optional(String("endpointsNamespace"))),
    Tag(2, Required(String("path"))),
    Tag(3, Bool("readOnly")),
};

constexpr Field kISCSIPersistentVolumeSourceFields[] = {
    Tag(8, Bool("chapAuthDiscovery")),
    Tag(11, Bool("chapAuthSession")),
    Tag(5, String("fsType")),
    Tag(12, Optional(String("initiatorName"))),
    Tag(2, Required(String("iqn"))),
    Tag(4, Default(String("iscsiInterface"), R"("default")")),
    Tag(3, Int32("lun")),
    Tag(7, List(String("portals"))),
    Tag(6, Bool("readOnly")),
    Tag(10, Optional(Struct("secretRef", kSecretReference))),
    Tag(1, Required(String("targetPortal"))),
};

constexpr Field kRBDPersistentVolumeSourceFields[] = {
    Tag(3, String("fsType")),
    Tag(2, Required(String("image"))),
    Tag(6, Default(String("keyring"), R"("/etc/ceph/keyring")")),
    Tag(1, Required(List(String("monitors")))),
    Tag(4, Default(String("pool"), R"("rbd")")),
    Tag(8, Bool("readOnly")),
    Tag(7, Optional(Struct("secretRef", kSecretReference))),
    Tag(5, Default(String("user"), R"("admin")")),
};

constexpr Field kScaleIOPersistentVolumeSourceFields[] = {
    Tag(9, Default(String("fsType"), R"("xfs")")),
    Tag(1, Required(String("gateway"))),
    Tag(5, String("protectionDomain")),
    Tag(10, Bool("readOnly")),
    Tag(3, Optional(Required(Struct("secretRef", kSecretReference)))),
    Tag(4, Bool("sslEnabled")),
    Tag(7, Default(String("storageMode"), R"("ThinProvisioned")")),
    Tag(6, String("storagePool")),
    Tag(2, Required(String("system"))),
    Tag(8, String("volumeName")),
};

constexpr Field kStorageOSPersistentVolumeSourceFields[] = {
    Tag(3, String("fsType")),
    Tag(4, Bool("readOnly")),
    Tag(5, Optional(Struct("secretRef", kObjectReference))),
    Tag(1, String("volumeName")),
    Tag(2, String("volumeNamespace")),
};

}  // namespace

constinit const StructType kLocalVolumeSource{"LocalVolumeSource", kLocalVolumeSourceFields};
constinit const StructType kAzureFilePersistentVolumeSource{"AzureFilePersistentVolumeSource",
                                                            kAzureFilePersistentVolumeSourceFields};
constinit const StructType kCephFSPersistentVolumeSource{"CephFSPersistentVolumeSource",
                                                         kCephFSPersistentVolumeSourceFields};
constinit const StructType kCinderPersistentVolumeSource{"CinderPersistentVolumeSource",
                                                         kCinderPersistentVolumeSourceFields};
constinit const StructType kCSIPersistentVolumeSource{"CSIPersistentVolumeSource", kCSIPersistentVolumeSourceFields};
constinit const StructType kFlexPersistentVolumeSource{"FlexPersistentVolumeSource", kFlexPersistentVolumeSourceFields};
constinit const StructType kGlusterfsPersistentVolumeSource{"GlusterfsPersistentVolumeSource",
                                                            kGlusterfsPersistentVolumeSourceFields};
constinit const StructType kISCSIPersistentVolumeSource{"ISCSIPersistentVolumeSource",
                                                        kISCSIPersistentVolumeSourceFields};
constinit const StructType kRBDPersistentVolumeSource{"RBDPersistentVolumeSource", kRBDPersistentVolumeSourceFields};
constinit const StructType kScaleIOPersistentVolumeSource{"ScaleIOPersistentVolumeSource",
                                                          kScaleIOPersistentVolumeSourceFields};
constinit const StructType kStorageOSPersistentVolumeSource{"StorageOSPersistentVolumeSource",
                                                            kStorageOSPersistentVolumeSourceFields};

}  // namespace ordinal::api::schema
