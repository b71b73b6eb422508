#include "agent/apiserver/auth/oidc/fields.h"

#include "agent/api/schema/fields.h"

namespace ordinal::apiserver::auth::oidc {
namespace {

using namespace api::schema;  // NOLINT: the words of the tables
using api::Field;
using api::StructType;

constexpr Field kIssuerFields[] = {
    String("url"),
    String("discoveryURL"),
    String("certificateAuthority"),
    List(String("audiences")),
    String("audienceMatchPolicy"),
    String("egressSelectorType"),
};
constexpr StructType kIssuer{"Issuer", kIssuerFields};

constexpr Field kClaimRuleFields[] = {
    String("claim"),
    String("requiredValue"),
    String("expression"),
    String("message"),
};
constexpr StructType kClaimRule{"ClaimValidationRule", kClaimRuleFields};

constexpr Field kPrefixedFields[] = {String("claim"), String("prefix"), String("expression")};
constexpr StructType kPrefixed{"PrefixedClaimOrExpression", kPrefixedFields};

constexpr Field kClaimFields[] = {String("claim"), String("expression")};
constexpr StructType kClaim{"ClaimOrExpression", kClaimFields};

constexpr Field kExtraFields[] = {String("key"), String("valueExpression")};
constexpr StructType kExtra{"ExtraMapping", kExtraFields};

constexpr Field kMappingsFields[] = {
    Struct("username", kPrefixed),
    Struct("groups", kPrefixed),
    Struct("uid", kClaim),
    List(Struct("extra", kExtra)),
};
constexpr StructType kMappings{"ClaimMappings", kMappingsFields};

constexpr Field kUserRuleFields[] = {String("expression"), String("message")};
constexpr StructType kUserRule{"UserValidationRule", kUserRuleFields};

constexpr Field kAuthenticatorFields[] = {
    Struct("issuer", kIssuer),
    List(Struct("claimValidationRules", kClaimRule)),
    Struct("claimMappings", kMappings),
    List(Struct("userValidationRules", kUserRule)),
};
constexpr StructType kAuthenticator{"JWTAuthenticator", kAuthenticatorFields};

constexpr Field kConditionFields[] = {String("path")};
constexpr StructType kCondition{"AnonymousAuthCondition", kConditionFields};

constexpr Field kAnonymousFields[] = {Bool("enabled"), List(Struct("conditions", kCondition))};
constexpr StructType kAnonymousConfig{"AnonymousAuthConfig", kAnonymousFields};

constexpr Field kFields[] = {
    String("apiVersion"),
    String("kind"),
    List(Struct("jwt", kAuthenticator)),
    Struct("anonymous", kAnonymousConfig),
};

}  // namespace

constexpr StructType kAuthenticationConfiguration{"AuthenticationConfiguration", kFields};

}  // namespace ordinal::apiserver::auth::oidc
