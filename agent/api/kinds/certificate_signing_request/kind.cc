#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "agent/api/base64.h"
#include "agent/api/faults.h"
#include "agent/api/kinds/certificate_signing_request/fields.h"
#include "agent/api/kinds/certificate_signing_request/request.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_certificate_signing_request {
namespace {

constexpr int64_t kLeastSeconds = 600;

/// A domain and a path below it.
bool IsSignerName(const std::string& name) {
  const size_t slash = name.find('/');
  if (slash == std::string::npos || name.size() > 571) return false;
  const std::string domain = name.substr(0, slash);
  return !CheckDnsSubdomain(domain) && domain.find('.') != std::string::npos &&
         !CheckDnsSubdomain(name.substr(slash + 1));
}

void ValidateUsages(const Json& spec, Faults& faults) {
  const Path path("spec.usages");
  const auto usages = ReadStrings(spec, "usages");
  if (usages.empty()) faults.Required(path);
  std::set<std::string> seen;
  for (size_t i = 0; i < usages.size(); ++i) {
    if (std::find(std::begin(schema::kUsages), std::end(schema::kUsages), usages[i]) == std::end(schema::kUsages)) {
      faults.Add(path[i], kNotSupported,
                 fmt::format("\"{}\" is not supported; write one of {}", usages[i], fmt::join(schema::kUsages, ", ")));
    }
    if (!seen.insert(usages[i]).second) faults.Duplicate(path[i], usages[i]);
  }
}

void ValidateConditions(const Json& status, Faults& faults) {
  const Json& conditions = Items(status, "conditions");
  const Path path("status.conditions");
  std::set<std::string> types;
  for (size_t i = 0; i < conditions.size(); ++i) {
    const std::string type = ReadString(conditions[i], "type"), said = ReadString(conditions[i], "status");
    const bool known = type == "Approved" || type == "Denied" || type == "Failed";
    if (said.empty()) faults.Required(path[i] / "status");
    if (known && !said.empty() && said != "True") {
      faults.Add(path[i] / "status", kNotSupported, Faults::Quote(said) + " is not supported; write \"True\"");
    }
    if (!types.insert(type).second) faults.Duplicate(path[i] / "type", type);
  }
  if (types.contains("Approved") && types.contains("Denied")) {
    faults.Invalid(path, "Denied", "Approved and Denied conditions are mutually exclusive");
  }
}

/// k8s.io/kubernetes pkg/apis/certificates/validation.
void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  const std::string text = ReadString(spec, "request");
  const auto pem = DecodeBase64(text);
  const auto asked = pem.ok() ? ReadCertificateAsked(*pem) : Result<CertificateAsked>(pem.error());
  if (!asked.ok()) faults.Invalid(Path("spec.request"), text.substr(0, 64), asked.error().message);
  ValidateUsages(spec, faults);
  const std::string signer = ReadString(spec, "signerName");
  const Path path("spec.signerName");
  if (signer == "kubernetes.io/legacy-unknown") {
    faults.Invalid(path, signer, "the legacy signerName is not allowed via this API version");
  } else if (signer.empty()) {
    faults.Required(path);
  } else if (!IsSignerName(signer)) {
    faults.Invalid(path, signer, "must be a fully qualified domain and path of the form 'example.com/signer-name'");
  }
  if (spec.contains("expirationSeconds") && ReadInt(spec, "expirationSeconds") < kLeastSeconds) {
    faults.Invalid(Path("spec.expirationSeconds"), ReadInt(spec, "expirationSeconds"),
                   "may not specify a duration less than 600 seconds (10 minutes)");
  }
  ValidateConditions(Member(body, "status"), faults);
}

/// What was decided stays decided, what was signed stays as it is.
void ValidateUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json &status = Member(body, "status"), &before = Member(old_body, "status");
  for (const Json& old : Items(before, "conditions")) {
    const std::string type = ReadString(old, "type");
    const Json& now = Items(status, "conditions");
    const bool kept =
        std::any_of(now.begin(), now.end(), [&](const Json& each) { return ReadString(each, "type") == type; });
    if (!kept && (type == "Approved" || type == "Denied" || type == "Failed")) {
      faults.Forbidden(Path("status.conditions"),
                       fmt::format("updates may not remove a condition of type \"{}\"", type));
    }
  }
  const std::string certificate = ReadString(before, "certificate");
  if (!certificate.empty() && ReadString(status, "certificate") != certificate) {
    faults.Forbidden(Path("status.certificate"), "updates may not change existing certificate content");
  }
}

std::string Standing(const Json& status) {
  std::string decided = "Pending", failed;
  for (const Json& condition : Items(status, "conditions")) {
    const std::string type = ReadString(condition, "type");
    if (type == "Approved" && decided != "Denied") decided = type;
    if (type == "Denied") decided = type;
    if (type == "Failed") failed = ",Failed";
  }
  return decided + failed + (ReadString(status, "certificate").empty() ? "" : ",Issued");
}

Json Cells(const Json& body, WallTime now) {
  const Json& spec = Member(body, "spec");
  const int64_t seconds = ReadInt(spec, "expirationSeconds");
  return {NameCell(body),
          AgeCell(body, now),
          TextCell(spec, {"signerName"}, "<none>"),
          TextCell(spec, {"username"}),
          seconds == 0 ? "<none>" : HumanDuration(std::chrono::seconds(seconds)),
          Standing(Member(body, "status"))};
}

Json FirstStatus(const Json&, WallTime) { return Json::object(); }

constexpr std::string_view kShort[] = {"csr"};
constexpr std::string_view kSubresources[] = {"approval", "status"};
constexpr std::string_view kFieldLabels[] = {"spec.signerName"};
constexpr Column kColumns[] = {
    kNameColumn,
    kAgeColumn,
    {"SignerName", "string", "", "Who is to sign it.", 0},
    {"Requestor", "string", "", "Who asked.", 0},
    {"RequestedDuration", "string", "", "How long it is to be good.", 0},
    {"Condition", "string", "", "What was decided, and whether it was signed.", 0},
};

}  // namespace

constinit const KindInfo kKind{
    .group = "certificates.k8s.io",
    .version = "v1",
    .kind = "CertificateSigningRequest",
    .plural = "certificatesigningrequests",
    .singular = "certificatesigningrequest",
    .short_names = kShort,
    .namespaced = false,
    .schema = &schema::kCertificateSigningRequest,
    .old_versions = {},
    .validate = Validate,
    .validate_update = ValidateUpdate,
    .check_name = CheckPathSegment,
    .field_labels = kFieldLabels,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
    .first_status = FirstStatus,
    .shown_when_deleted = true,
};

}  // namespace ordinal::api::kinds::of_certificate_signing_request
