// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

extern const StructType kCertificateSigningRequest, kCertificateSigningRequestSpec, kCertificateSigningRequestStatus,
    kCertificateSigningRequestCondition;

/// Words of its fields.
inline constexpr std::string_view kUsages[] = {"any",
                                               "cert sign",
                                               "client auth",
                                               "code signing",
                                               "content commitment",
                                               "crl sign",
                                               "data encipherment",
                                               "decipher only",
                                               "digital signature",
                                               "email protection",
                                               "encipher only",
                                               "ipsec end system",
                                               "ipsec tunnel",
                                               "ipsec user",
                                               "key agreement",
                                               "key encipherment",
                                               "microsoft sgc",
                                               "netscape sgc",
                                               "ocsp signing",
                                               "s/mime",
                                               "server auth",
                                               "signing",
                                               "timestamping"};

}  // namespace ordinal::api::schema
