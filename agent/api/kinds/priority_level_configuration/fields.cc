#include "agent/api/kinds/priority_level_configuration/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kPriorityLevelConfigurationFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kPriorityLevelConfigurationSpec), "{}"), "its share and its queues"),
    Tag(3, Default(Struct("status", kPriorityLevelConfigurationStatus), "{}")),
};

constexpr Field kPriorityLevelConfigurationSpecFields[] = {
    Tag(3, Optional(Struct("exempt", kExemptPriorityLevelConfiguration))),
    Tag(2, Optional(Struct("limited", kLimitedPriorityLevelConfiguration))),
    Tag(1, Listed(String("type"))),
};

constexpr Field kLimitedPriorityLevelConfigurationFields[] = {
    Tag(4, Optional(Int32("borrowingLimitPercent"))),
    Tag(3, Optional(Default(Int32("lendablePercent"), "0"))),
    Tag(2, Struct("limitResponse", kLimitResponse)),
    Tag(1, Optional(Default(Int32("nominalConcurrencyShares"), "30"))),
};

constexpr Field kExemptPriorityLevelConfigurationFields[] = {
    Tag(2, Optional(Default(Int32("lendablePercent"), "0"))),
    Tag(1, Optional(Default(Int32("nominalConcurrencyShares"), "0"))),
};

constexpr Field kLimitResponseFields[] = {
    Tag(2, Optional(Struct("queuing", kQueuingConfiguration))),
    Tag(1, Listed(String("type"))),
};

constexpr Field kQueuingConfigurationFields[] = {
    Tag(2, Default(Int32("handSize"), "8")),
    Tag(3, Default(Int32("queueLengthLimit"), "50")),
    Tag(1, Default(Int32("queues"), "64")),
};

constexpr Field kPriorityLevelConfigurationStatusFields[] = {
    Tag(1, List(Struct("conditions", kPriorityLevelConfigurationCondition), "type")),
};

constexpr Field kPriorityLevelConfigurationConditionFields[] = {
    Tag(3, Time("lastTransitionTime")), Tag(5, String("message")), Tag(4, String("reason")),
    Tag(2, String("status")),           Tag(1, String("type")),
};

}  // namespace

constinit const StructType kPriorityLevelConfiguration{
    "PriorityLevelConfiguration", kPriorityLevelConfigurationFields,
    "how many requests of a level are at work at once, and how others wait"};
constinit const StructType kPriorityLevelConfigurationSpec{"PriorityLevelConfigurationSpec",
                                                           kPriorityLevelConfigurationSpecFields};
constinit const StructType kLimitedPriorityLevelConfiguration{"LimitedPriorityLevelConfiguration",
                                                              kLimitedPriorityLevelConfigurationFields};
constinit const StructType kExemptPriorityLevelConfiguration{"ExemptPriorityLevelConfiguration",
                                                             kExemptPriorityLevelConfigurationFields};
constinit const StructType kLimitResponse{"LimitResponse", kLimitResponseFields};
constinit const StructType kQueuingConfiguration{"QueuingConfiguration", kQueuingConfigurationFields};
constinit const StructType kPriorityLevelConfigurationStatus{"PriorityLevelConfigurationStatus",
                                                             kPriorityLevelConfigurationStatusFields};
constinit const StructType kPriorityLevelConfigurationCondition{"PriorityLevelConfigurationCondition",
                                                                kPriorityLevelConfigurationConditionFields};

}  // namespace ordinal::api::schema
