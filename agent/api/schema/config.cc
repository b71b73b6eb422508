// ConfigMap, Secret and ServiceAccount (core/v1), and Lease (coordination.k8s.io/v1).
#include "agent/api/schema/fields.h"
#include "agent/api/schema/types.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kConfigMapFields[] = {
    String("apiVersion"), Map(Bytes("binaryData")), Map(String("data")),
    Bool("immutable"),    String("kind"),           Struct("metadata", kObjectMeta),
};

constexpr Field kSecretFields[] = {
    String("apiVersion"),
    Map(Bytes("data")),
    Bool("immutable"),
    String("kind"),
    Struct("metadata", kObjectMeta),
    Map(String("stringData")),
    Default(String("type"), R"("Opaque")"),
};

constexpr Field kServiceAccountFields[] = {
    String("apiVersion"), Bool("automountServiceAccountToken"), List(Struct("imagePullSecrets", kLocalObjectReference)),
    String("kind"),       Struct("metadata", kObjectMeta),      List(Struct("secrets", kObjectReference), "name"),
};

constexpr Field kLeaseFields[] = {
    String("apiVersion"),
    String("kind"),
    Struct("metadata", kObjectMeta),
    Struct("spec", kLeaseSpec),
};

constexpr Field kLeaseSpecFields[] = {
    Time("acquireTime"),       String("holderIdentity"),  Int32("leaseDurationSeconds"),
    Int32("leaseTransitions"), String("preferredHolder"), Time("renewTime"),
    String("strategy"),
};

}  // namespace

constinit const StructType kConfigMap{"ConfigMap", kConfigMapFields};
constinit const StructType kSecret{"Secret", kSecretFields};
constinit const StructType kServiceAccount{"ServiceAccount", kServiceAccountFields};
constinit const StructType kLease{"Lease", kLeaseFields};
constinit const StructType kLeaseSpec{"LeaseSpec", kLeaseSpecFields};

}  // namespace ordinal::api::schema
