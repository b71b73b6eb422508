#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/priority_level_configuration/fields.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_priority_level_configuration {
namespace {

constexpr int64_t kMostQueues = 10'000'000;

void SetDefaults(Json& body) {
  Json& spec = body["spec"];
  if (ReadString(spec, "type") == "Exempt" && !Member(spec, "exempt").is_object()) {
    spec["exempt"] = Json{{"lendablePercent", 0}, {"nominalConcurrencyShares", 0}};
  }
}

void ValidateQueuing(const Json& queuing, const Path& path, Faults& faults) {
  const int64_t queues = ReadInt(queuing, "queues"), hand = ReadInt(queuing, "handSize");
  const int64_t length = ReadInt(queuing, "queueLengthLimit");
  if (length <= 0) faults.Invalid(path / "queueLengthLimit", length, "must be positive");
  if (queues <= 0) {
    faults.Invalid(path / "queues", queues, "must be positive");
  } else if (queues > kMostQueues) {
    faults.Invalid(path / "queues", queues, "must not be greater than 10000000");
  }
  if (hand <= 0) {
    faults.Invalid(path / "handSize", hand, "must be positive");
  } else if (hand > queues) {
    faults.Invalid(path / "handSize", hand, "should not be greater than queues (" + std::to_string(queues) + ")");
  }
}

void ValidateLimited(const Json& limited, const Path& path, Faults& faults) {
  faults.NotNegative(path / "nominalConcurrencyShares", ReadInt(limited, "nominalConcurrencyShares"));
  faults.Range(path / "lendablePercent", ReadInt(limited, "lendablePercent"), 0, 100);
  faults.NotNegative(path / "borrowingLimitPercent", ReadInt(limited, "borrowingLimitPercent"));
  const Json& response = Member(limited, "limitResponse");
  const Path at = path / "limitResponse";
  const std::string type = ReadString(response, "type");
  if (type.empty()) return faults.Required(at / "type");
  faults.OneOf(at / "type", type, {"Queue", "Reject"});
  const Json& queuing = Member(response, "queuing");
  if (type == "Reject" && queuing.is_object()) {
    faults.Forbidden(at / "queuing", "must be nil if limited.limitResponse.type is not Limited");
  } else if (type == "Queue" && !queuing.is_object()) {
    faults.Required(at / "queuing", "must not be empty if limited.limitResponse.type is Limited");
  } else if (type == "Queue") {
    ValidateQueuing(queuing, at / "queuing", faults);
  }
}

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  const Path path("spec");
  const std::string type = ReadString(spec, "type");
  if (type.empty()) return faults.Required(path / "type");
  faults.OneOf(path / "type", type, {"Exempt", "Limited"});
  if ((type == "Exempt") != (TextCell(body, {"metadata", "name"}) == "exempt")) {
    faults.Invalid(path / "type", type, "type must be 'Exempt' if and only if name is 'exempt'");
  }
  const bool limited = Member(spec, "limited").is_object(), exempt = Member(spec, "exempt").is_object();
  if (type == "Exempt" && limited) faults.Forbidden(path / "limited", "must be nil if the type is not Limited");
  if (type == "Limited" && exempt) faults.Forbidden(path / "exempt", "must be nil if the type is Limited");
  if (type == "Limited" && !limited) faults.Required(path / "limited", "must not be empty when type is Limited");
  if (limited) ValidateLimited(Member(spec, "limited"), path / "limited", faults);
  if (!exempt) return;
  const Json& shares = Member(spec, "exempt");
  faults.NotNegative(path / "exempt" / "nominalConcurrencyShares", ReadInt(shares, "nominalConcurrencyShares"));
  faults.Range(path / "exempt" / "lendablePercent", ReadInt(shares, "lendablePercent"), 0, 100);
}

void Warn(const Json&, std::vector<std::string>& warnings) {
  warnings.emplace_back("spec: it is kept and has no effect: requests to this API have limits of their own");
}

Json NumberOr(const Json& holder, std::string_view member) {
  const Json& value = Member(holder, member);
  return value.is_null() ? Json("<none>") : value;
}

Json Cells(const Json& body, WallTime now) {
  const Json& spec = Member(body, "spec");
  const Json& level = Member(spec, ReadString(spec, "type") == "Exempt" ? "exempt" : "limited");
  const Json& queuing = At(level, {"limitResponse", "queuing"});
  return {NameCell(body),
          TextCell(spec, {"type"}),
          NumberOr(level, "nominalConcurrencyShares"),
          NumberOr(queuing, "queues"),
          NumberOr(queuing, "handSize"),
          NumberOr(queuing, "queueLengthLimit"),
          AgeCell(body, now)};
}

constexpr std::string_view kSubresources[] = {"status"};

Json FirstStatus(const Json&, WallTime) { return Json::object(); }

constexpr Column kColumns[] = {
    kNameColumn,
    {"Type", "string", "", "Exempt or Limited.", 0},
    {"NominalConcurrencyShares", "string", "", "Its share of what is at work.", 0},
    {"Queues", "string", "", "How many queues it has.", 0},
    {"HandSize", "string", "", "Of how many queues a flow gets one.", 0},
    {"QueueLengthLimit", "string", "", "How many wait in a queue at most.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "flowcontrol.apiserver.k8s.io",
    .version = "v1",
    .kind = "PriorityLevelConfiguration",
    .plural = "prioritylevelconfigurations",
    .singular = "prioritylevelconfiguration",
    .short_names = {},
    .namespaced = false,
    .schema = &schema::kPriorityLevelConfiguration,
    .old_versions = {},
    .set_defaults = SetDefaults,
    .validate = Validate,
    .warn = Warn,
    .in_manifests = true,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
    .first_status = FirstStatus,
    .counts_generation = true,
};

}  // namespace ordinal::api::kinds::of_priority_level_configuration
