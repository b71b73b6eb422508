#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/pod_template/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kPodTemplateFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("template", kPodTemplateSpec), "{}"), "the pods that would be made"),
};

}  // namespace

constinit const StructType kPodTemplate{"PodTemplate", kPodTemplateFields,
                                        "a template of pods that is kept for others; nothing is made of it by itself"};

}  // namespace ordinal::api::schema
