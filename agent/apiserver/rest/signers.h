// Who may ask for certificates of a signer, approve requests to it, and sign in its name: the reference's admission
// plugins CertificateApproval, CertificateSigning and CertificateSubjectRestriction.
#pragma once

#include "agent/apiserver/rest/call.h"

namespace ordinal::apiserver::rest {

/// Who writes, as a request of a certificate keeps it: username, groups, uid, extra.
api::Json AuthorOf(const http::User& user);

/// kPermissionDenied with the reference's reason. `old`: what is stored; empty: nothing.
Status CheckSigner(const Call& call, const api::Json& body, const api::Object& old);

}  // namespace ordinal::apiserver::rest
