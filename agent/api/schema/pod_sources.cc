// Network volume sources in the form a pod uses: secrets are named without a namespace.
#include "agent/api/schema/fields.h"
#include "agent/api/schema/types.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kAzureFileVolumeSourceFields[] = {
    Bool("readOnly"),
    Required(String("secretName")),
    Required(String("shareName")),
};

constexpr Field kCephFSVolumeSourceFields[] = {
    Required(List(String("monitors"))),         String("path"), Bool("readOnly"), String("secretFile"),
    Struct("secretRef", kLocalObjectReference), String("user"),
};

constexpr Field kCinderVolumeSourceFields[] = {
    String("fsType"),
    Bool("readOnly"),
    Struct("secretRef", kLocalObjectReference),
    Required(String("volumeID")),
};

constexpr Field kCSIVolumeSourceFields[] = {
    Required(String("driver")),
    String("fsType"),
    Struct("nodePublishSecretRef", kLocalObjectReference),
    Bool("readOnly"),
    Map(String("volumeAttributes")),
};

constexpr Field kFlexVolumeSourceFields[] = {
    Required(String("driver")),
    String("fsType"),
    Map(String("options")),
    Bool("readOnly"),
    Struct("secretRef", kLocalObjectReference),
};

constexpr Field kGlusterfsVolumeSourceFields[] = {
    Required(String("endpoints")),
    Required(String("path")),
    Bool("readOnly"),
};

constexpr Field kISCSIVolumeSourceFields[] = {
    Bool("chapAuthDiscovery"),
    Bool("chapAuthSession"),
    String("fsType"),
    String("initiatorName"),
    Required(String("iqn")),
    Default(String("iscsiInterface"), R"("default")"),
    Int32("lun"),
    List(String("portals")),
    Bool("readOnly"),
    Struct("secretRef", kLocalObjectReference),
    Required(String("targetPortal")),
};

constexpr Field kRBDVolumeSourceFields[] = {
    String("fsType"),
    Required(String("image")),
    Default(String("keyring"), R"("/etc/ceph/keyring")"),
    Required(List(String("monitors"))),
    Default(String("pool"), R"("rbd")"),
    Bool("readOnly"),
    Struct("secretRef", kLocalObjectReference),
    Default(String("user"), R"("admin")"),
};

constexpr Field kScaleIOVolumeSourceFields[] = {
    Default(String("fsType"), R"("xfs")"),
    Required(String("gateway")),
    String("protectionDomain"),
    Bool("readOnly"),
    Required(Struct("secretRef", kLocalObjectReference)),
    Bool("sslEnabled"),
    Default(String("storageMode"), R"("ThinProvisioned")"),
    String("storagePool"),
    Required(String("system")),
    String("volumeName"),
};

constexpr Field kStorageOSVolumeSourceFields[] = {
    String("fsType"),     Bool("readOnly"),          Struct("secretRef", kLocalObjectReference),
    String("volumeName"), String("volumeNamespace"),
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
