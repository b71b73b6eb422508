#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/volume_attachment/fields.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_volume_attachment {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  const Path path("spec");
  for (const std::string_view member : {"attacher", "nodeName"}) {
    faults.Named(path / member, ReadString(spec, member), CheckDnsSubdomain);
  }
  const Json& source = Member(spec, "source");
  const bool embedded = Member(source, "inlineVolumeSpec").is_object();
  const bool named = !ReadString(source, "persistentVolumeName").empty();
  if (!embedded && !named) {
    faults.Required(path / "source", "must specify exactly one of inlineVolumeSpec and persistentVolumeName");
  } else if (embedded && named) {
    faults.Forbidden(path / "source", "must specify exactly one of inlineVolumeSpec and persistentVolumeName");
  }
}

void ValidateUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  if (Member(body, "spec") == Member(old_body, "spec")) return;
  Faults(errors).Add(Path("spec"), kInvalid, "field is immutable");
}

void Warn(const Json&, std::vector<std::string>& warnings) {
  warnings.emplace_back("spec: no driver of volumes runs on this node, and nobody attaches the volume");
}

Json Cells(const Json& body, WallTime now) {
  return {NameCell(body),
          TextCell(body, {"spec", "attacher"}),
          TextCell(body, {"spec", "source", "persistentVolumeName"}),
          TextCell(body, {"spec", "nodeName"}),
          ReadBool(Member(body, "status"), "attached"),
          AgeCell(body, now)};
}

constexpr std::string_view kSubresources[] = {"status"};

Json FirstStatus(const Json&, WallTime) { return Json{{"attached", false}}; }

constexpr Column kColumns[] = {
    kNameColumn,
    {"Attacher", "string", "", "The driver.", 0},
    {"PV", "string", "", "The volume.", 0},
    {"Node", "string", "", "The node.", 0},
    {"Attached", "boolean", "", "Whether the driver has attached it.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "storage.k8s.io",
    .version = "v1",
    .kind = "VolumeAttachment",
    .plural = "volumeattachments",
    .singular = "volumeattachment",
    .short_names = {},
    .namespaced = false,
    .schema = &schema::kVolumeAttachment,
    .old_versions = {},
    .validate = Validate,
    .validate_update = ValidateUpdate,
    .warn = Warn,
    .in_manifests = true,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
    .first_status = FirstStatus,
};

}  // namespace ordinal::api::kinds::of_volume_attachment
