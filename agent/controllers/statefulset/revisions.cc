#include "agent/controllers/statefulset/revisions.h"

#include <utility>

namespace ordinal::controllers::statefulset {
namespace {

constexpr const char* kHashLabel = "controller.kubernetes.io/hash";

}  // namespace

TemplateOwner OwnerOf(const api::StatefulSet& set) { return TemplateOwnerOf(set, kHashLabel); }

Revisions ResolveRevisions(const api::StatefulSet& set, const api::Refs<api::ControllerRevision>& known) {
  TemplateRevision resolved = ResolveTemplate(OwnerOf(set), set.pod_template(), known);
  Revisions out;
  out.update_template = set.pod_template();
  out.update = std::move(resolved.name);
  out.create = std::move(resolved.create);
  out.renumber = std::move(resolved.renumber);
  out.current = out.update;
  out.current_template = out.update_template;
  for (const api::ControllerRevision* revision : OldestFirst(known)) {
    if (revision->meta.name != set.current_revision) continue;
    out.current = revision->meta.name;
    out.current_template = TemplateOf(revision->data());
  }
  return out;
}

std::vector<std::string> SurplusRevisions(const api::StatefulSet& set, const api::Refs<api::ControllerRevision>& known,
                                          const std::vector<std::string>& live) {
  return RevisionsBeyond(set.revision_history_limit, known, live);
}

}  // namespace ordinal::controllers::statefulset
