#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/service_account/fields.h"
#include "agent/api/kinds/shared/cells.h"

namespace ordinal::api::kinds::of_service_account {
namespace {

Json Cells(const Json& body, WallTime now) {
  return {NameCell(body), Member(body, "secrets").size(), AgeCell(body, now)};
}

constexpr std::string_view kShort[] = {"sa"};
constexpr std::string_view kSubresources[] = {"token"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Secrets", "string", "", "How many secrets it may use.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "",
    .version = "v1",
    .kind = "ServiceAccount",
    .plural = "serviceaccounts",
    .singular = "serviceaccount",
    .short_names = kShort,
    .schema = &schema::kServiceAccount,
    .old_versions = {},
    .in_manifests = true,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
    .shown_when_deleted = true,
};

}  // namespace ordinal::api::kinds::of_service_account
