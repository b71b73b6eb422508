// The fields of an AuthenticationConfiguration, apiserver.config.k8s.io/v1 (k8s.io/apiserver/pkg/apis/apiserver/v1).
#pragma once

#include "agent/api/schema.h"

namespace ordinal::apiserver::auth::oidc {

extern const api::StructType kAuthenticationConfiguration;

}  // namespace ordinal::apiserver::auth::oidc
