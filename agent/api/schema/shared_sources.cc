// Volume sources that pods and persistent volumes share.
#include "agent/api/schema/fields.h"
#include "agent/api/schema/types.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kHostPathVolumeSourceFields[] = {
    Required(String("path")),
    Default(String("type"), R"("")"),
};

constexpr Field kNFSVolumeSourceFields[] = {
    Required(String("path")),
    Bool("readOnly"),
    Required(String("server")),
};

constexpr Field kGCEPersistentDiskVolumeSourceFields[] = {
    String("fsType"),
    Int32("partition"),
    Required(String("pdName")),
    Bool("readOnly"),
};

constexpr Field kAWSElasticBlockStoreVolumeSourceFields[] = {
    String("fsType"),
    Int32("partition"),
    Bool("readOnly"),
    Required(String("volumeID")),
};

constexpr Field kAzureDiskVolumeSourceFields[] = {
    Default(String("cachingMode"), R"("ReadWrite")"),
    Required(String("diskName")),
    Required(String("diskURI")),
    Default(String("fsType"), R"("ext4")"),
    Default(String("kind"), R"("Shared")"),
    Default(Bool("readOnly"), "false"),
};

constexpr Field kFCVolumeSourceFields[] = {
    String("fsType"), Int32("lun"), Bool("readOnly"), List(String("targetWWNs")), List(String("wwids")),
};

constexpr Field kFlockerVolumeSourceFields[] = {
    String("datasetName"),
    String("datasetUUID"),
};

constexpr Field kPhotonPersistentDiskVolumeSourceFields[] = {
    String("fsType"),
    Required(String("pdID")),
};

constexpr Field kPortworxVolumeSourceFields[] = {
    String("fsType"),
    Bool("readOnly"),
    Required(String("volumeID")),
};

constexpr Field kQuobyteVolumeSourceFields[] = {
    String("group"),  Bool("readOnly"), Required(String("registry")),
    String("tenant"), String("user"),   Required(String("volume")),
};

constexpr Field kVsphereVirtualDiskVolumeSourceFields[] = {
    String("fsType"),
    String("storagePolicyID"),
    String("storagePolicyName"),
    Required(String("volumePath")),
};

}  // namespace

constinit const StructType kHostPathVolumeSource{"HostPathVolumeSource", kHostPathVolumeSourceFields};
constinit const StructType kNFSVolumeSource{"NFSVolumeSource", kNFSVolumeSourceFields};
constinit const StructType kGCEPersistentDiskVolumeSource{"GCEPersistentDiskVolumeSource",
                                                          kGCEPersistentDiskVolumeSourceFields};
constinit const StructType kAWSElasticBlockStoreVolumeSource{"AWSElasticBlockStoreVolumeSource",
                                                             kAWSElasticBlockStoreVolumeSourceFields};
constinit const StructType kAzureDiskVolumeSource{"AzureDiskVolumeSource", kAzureDiskVolumeSourceFields};
constinit const StructType kFCVolumeSource{"FCVolumeSource", kFCVolumeSourceFields};
constinit const StructType kFlockerVolumeSource{"FlockerVolumeSource", kFlockerVolumeSourceFields};
constinit const StructType kPhotonPersistentDiskVolumeSource{"PhotonPersistentDiskVolumeSource",
                                                             kPhotonPersistentDiskVolumeSourceFields};
constinit const StructType kPortworxVolumeSource{"PortworxVolumeSource", kPortworxVolumeSourceFields};
constinit const StructType kQuobyteVolumeSource{"QuobyteVolumeSource", kQuobyteVolumeSourceFields};
constinit const StructType kVsphereVirtualDiskVolumeSource{"VsphereVirtualDiskVolumeSource",
                                                           kVsphereVirtualDiskVolumeSourceFields};

}  // namespace ordinal::api::schema
