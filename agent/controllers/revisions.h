// ControllerRevisions: the templates a set has had, so that an update can be undone. Pure.
//
// A revision is named `<set>-<hash>`. The hash is the one Kubernetes computes for a StatefulSet (FNV-1 32 over the data
// as Go renders it and the collision count, in the alphabet of generated names), so that a set keeps its revisions when
// it moves between control planes. The data hashed is that of Kubernetes before 1.34, with a null creationTimestamp in
// the template's metadata; the data written is that of today, without it, which clients compare byte by byte.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/api/kinds/controller_revision/view.h"
#include "agent/api/ref.h"
#include "agent/api/selector.h"

namespace ordinal::controllers {

/// Whose templates are kept.
struct TemplateOwner {
  api::Object object;
  api::Meta meta;
  api::Selector selector;
  int64_t collision_count = 0;
  std::string hash_label;  ///< by which its revisions bear their hash
};

template <class Set>
TemplateOwner TemplateOwnerOf(const Set& set, std::string hash_label) {
  return {set.object, set.meta, set.selector, set.collision_count, std::move(hash_label)};
}

/// {"spec":{"template":{…,"$patch":"replace"}}}
api::Json TemplateData(const api::Json& pod_template);
/// Whether both hold one template: a revision that an earlier control plane wrote has a null creationTimestamp in it,
/// which Kubernetes left out from 1.34 on.
bool SameData(const api::Json& a, const api::Json& b);
/// The pod template a revision's data holds.
api::Json TemplateOf(const api::Json& data);

/// An earlier revision that is the newest again.
struct RenumberRevision {
  std::string name;
  int64_t revision = 0;
};

/// The revision of a template.
struct TemplateRevision {
  std::string name, hash;
  std::optional<api::Json> create;  ///< its document, when the template is new
  std::optional<RenumberRevision> renumber;
};

using RevisionRefs = api::Refs<api::ControllerRevision>;

std::vector<const api::ControllerRevision*> OldestFirst(const RevisionRefs& known);

/// Finds the revision of the template among `known`, the owner's own.
TemplateRevision ResolveTemplate(const TemplateOwner& owner, const api::Json& pod_template, const RevisionRefs& known);

/// The names of the revisions beyond `limit`, oldest first. Those in `live` neither count nor go.
std::vector<std::string> RevisionsBeyond(int64_t limit, const RevisionRefs& known,
                                         const std::vector<std::string>& live);

}  // namespace ordinal::controllers
