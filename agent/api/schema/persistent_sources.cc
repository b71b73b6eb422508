// Volume sources in the form a persistent volume uses: secrets are named with a namespace.
#include "agent/api/schema/fields.h"
#include "agent/api/schema/types.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kLocalVolumeSourceFields[] = {
    String("fsType"),
    Required(String("path")),
};

constexpr Field kAzureFilePersistentVolumeSourceFields[] = {
    Bool("readOnly"),
    Required(String("secretName")),
    String("secretNamespace"),
    Required(String("shareName")),
};

constexpr Field kCephFSPersistentVolumeSourceFields[] = {
    Required(List(String("monitors"))),    String("path"), Bool("readOnly"), String("secretFile"),
    Struct("secretRef", kSecretReference), String("user"),
};

constexpr Field kCinderPersistentVolumeSourceFields[] = {
    String("fsType"),
    Bool("readOnly"),
    Struct("secretRef", kSecretReference),
    Required(String("volumeID")),
};

constexpr Field kCSIPersistentVolumeSourceFields[] = {
    Struct("controllerExpandSecretRef", kSecretReference),
    Struct("controllerPublishSecretRef", kSecretReference),
    Required(String("driver")),
    String("fsType"),
    Struct("nodeExpandSecretRef", kSecretReference),
    Struct("nodePublishSecretRef", kSecretReference),
    Struct("nodeStageSecretRef", kSecretReference),
    Bool("readOnly"),
    Map(String("volumeAttributes")),
    Required(String("volumeHandle")),
};

constexpr Field kFlexPersistentVolumeSourceFields[] = {
    Required(String("driver")),
    String("fsType"),
    Map(String("options")),
    Bool("readOnly"),
    Struct("secretRef", kSecretReference),
};

constexpr Field kGlusterfsPersistentVolumeSourceFields[] = {
    Required(String("endpoints")),
    String("endpointsNamespace"),
    Required(String("path")),
    Bool("readOnly"),
};

constexpr Field kISCSIPersistentVolumeSourceFields[] = {
    Bool("chapAuthDiscovery"),
    Bool("chapAuthSession"),
    String("fsType"),
    String("initiatorName"),
    Required(String("iqn")),
    Default(String("iscsiInterface"), R"("default")"),
    Int32("lun"),
    List(String("portals")),
    Bool("readOnly"),
    Struct("secretRef", kSecretReference),
    Required(String("targetPortal")),
};

constexpr Field kRBDPersistentVolumeSourceFields[] = {
    String("fsType"),
    Required(String("image")),
    Default(String("keyring"), R"("/etc/ceph/keyring")"),
    Required(List(String("monitors"))),
    Default(String("pool"), R"("rbd")"),
    Bool("readOnly"),
    Struct("secretRef", kSecretReference),
    Default(String("user"), R"("admin")"),
};

constexpr Field kScaleIOPersistentVolumeSourceFields[] = {
    Default(String("fsType"), R"("xfs")"),
    Required(String("gateway")),
    String("protectionDomain"),
    Bool("readOnly"),
    Required(Struct("secretRef", kSecretReference)),
    Bool("sslEnabled"),
    Default(String("storageMode"), R"("ThinProvisioned")"),
    String("storagePool"),
    Required(String("system")),
    String("volumeName"),
};

constexpr Field kStorageOSPersistentVolumeSourceFields[] = {
    String("fsType"),     Bool("readOnly"),          Struct("secretRef", kObjectReference),
    String("volumeName"), String("volumeNamespace"),
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
