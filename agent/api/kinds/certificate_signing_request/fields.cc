#include "agent/api/kinds/certificate_signing_request/fields.h"

#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kCertificateSigningRequestFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Required(Struct("spec", kCertificateSigningRequestSpec)), "the request; it never changes"),
    Tag(3, Default(Struct("status", kCertificateSigningRequestStatus), "{}"), "what became of it"),
};

constexpr Field kCertificateSigningRequestSpecFields[] = {
    Tag(8, Optional(Int32("expirationSeconds")),
        "how long the certificate is to be good, 600 at least; the signer may give less"),
    Tag(6, Map(Any("extra")), "what else is known of who asked; filled in"),
    Tag(4, Atomic(List(String("groups"))), "the groups of who asked; filled in"),
    Tag(1, Required(Bytes("request")), "a PKCS #10 request in PEM (CERTIFICATE REQUEST)"),
    Tag(7, Required(String("signerName")),
        "who is to sign: kubernetes.io/kube-apiserver-client, kubernetes.io/kube-apiserver-client-kubelet, "
        "kubernetes.io/kubelet-serving, or another one that is not of this agent"),
    Tag(3, String("uid"), "the uid of who asked; filled in"),
    Tag(5, Atomic(List(OneOf(String("usages"), kUsages))),
        "what the certificate is for: client auth, digital signature, …"),
    Tag(2, String("username"), "who asked; filled in"),
};

constexpr Field kCertificateSigningRequestStatusFields[] = {
    Tag(2, Bytes("certificate"), "the certificate in PEM, when it was signed"),
    Tag(1, Keyed(List(Struct("conditions", kCertificateSigningRequestCondition)), "type"),
        "Approved or Denied, and Failed when it could not be signed"),
};

constexpr Field kCertificateSigningRequestConditionFields[] = {
    Tag(5, Time("lastTransitionTime")), Tag(4, Time("lastUpdateTime")),   Tag(3, String("message")),
    Tag(2, String("reason")),           Tag(6, Listed(String("status"))), Tag(1, Required(String("type"))),
};

}  // namespace

constinit const StructType kCertificateSigningRequest{
    "CertificateSigningRequest", kCertificateSigningRequestFields,
    "asks for a certificate, which is signed when somebody who may has approved it"};
constinit const StructType kCertificateSigningRequestSpec{"CertificateSigningRequestSpec",
                                                          kCertificateSigningRequestSpecFields};
constinit const StructType kCertificateSigningRequestStatus{"CertificateSigningRequestStatus",
                                                            kCertificateSigningRequestStatusFields};
constinit const StructType kCertificateSigningRequestCondition{"CertificateSigningRequestCondition",
                                                               kCertificateSigningRequestConditionFields};

}  // namespace ordinal::api::schema
