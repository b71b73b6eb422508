// Volume sources that a pod's volume and a PersistentVolume have in common.
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kHostPathVolumeSourceFields[] = {
    Tag(1, Required(String("path")), "the path on the host"),
    Tag(2, Optional(Default(OneOf(String("type"), kHostPathTypes), R"("")")),
        "what must be there, or is made: DirectoryOrCreate, Directory, FileOrCreate, File, Socket, CharDevice, "
        "BlockDevice"),
};

constexpr Field kNFSVolumeSourceFields[] = {
    Tag(2, Required(String("path")), "the path the server exports"),
    Tag(3, Bool("readOnly"), "mount it read-only"),
    Tag(1, Required(String("server")), "the server's name or address"),
};

constexpr Field kGCEPersistentDiskVolumeSourceFields[] = {
    Tag(2, String("fsType")),
    Tag(3, Int32("partition")),
    Tag(1, Required(String("pdName"))),
    Tag(4, Bool("readOnly")),
};

constexpr Field kAWSElasticBlockStoreVolumeSourceFields[] = {
    Tag(2, String("fsType")),
    Tag(3, Int32("partition")),
    Tag(4, Bool("readOnly")),
    Tag(1, Required(String("volumeID"))),
};

constexpr Field kAzureDiskVolumeSourceFields[] = {
    Tag(3, Optional(Default(OneOf(String("cachingMode"), kAzureCachingModes), R"("ReadWrite")"))),
    Tag(1, Required(String("diskName"))),
    Tag(2, Required(String("diskURI"))),
    Tag(4, Optional(Default(String("fsType"), R"("ext4")"))),
    Tag(6, Optional(Default(OneOf(String("kind"), kAzureDiskKinds), R"("Shared")"))),
    Tag(5, Optional(Default(Bool("readOnly"), "false"))),
};

constexpr Field kFCVolumeSourceFields[] = {
    Tag(3, String("fsType")),           Tag(2, Optional(Int32("lun"))), Tag(4, Bool("readOnly")),
    Tag(1, List(String("targetWWNs"))), Tag(5, List(String("wwids"))),
};

constexpr Field kFlockerVolumeSourceFields[] = {
    Tag(1, String("datasetName")),
    Tag(2, String("datasetUUID")),
};

constexpr Field kPhotonPersistentDiskVolumeSourceFields[] = {
    Tag(2, String("fsType")),
    Tag(1, Required(String("pdID"))),
};

constexpr Field kPortworxVolumeSourceFields[] = {
    Tag(2, String("fsType")),
    Tag(3, Bool("readOnly")),
    Tag(1, Required(String("volumeID"))),
};

constexpr Field kQuobyteVolumeSourceFields[] = {
    Tag(5, String("group")),  Tag(3, Bool("readOnly")), Tag(1, Required(String("registry"))),
    Tag(6, String("tenant")), Tag(4, String("user")),   Tag(2, Required(String("volume"))),
};

constexpr Field kVsphereVirtualDiskVolumeSourceFields[] = {
    Tag(2, String("fsType")),
    Tag(4, String("storagePolicyID")),
    Tag(3, String("storagePolicyName")),
    Tag(1, Required(String("volumePath"))),
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
