// The names a StatefulSet gives out: pods `<set>-<ordinal>`, claims `<template>-<set>-<ordinal>`, and whether an
// object bears one of them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/api/kinds/pod/view.h"
#include "agent/api/kinds/stateful_set/view.h"
#include "agent/controllers/membership.h"

namespace ordinal::controllers::statefulset {

inline constexpr std::string_view kPodNameLabel = "statefulset.kubernetes.io/pod-name";
inline constexpr std::string_view kPodIndexLabel = "apps.kubernetes.io/pod-index";
inline constexpr std::string_view kRevisionLabel = "controller-revision-hash";

struct ParsedName {
  std::string parent;
  int64_t ordinal = 0;
};
/// Splits "kubia-12" into "kubia" and 12. Nothing for names that no set gives out ("kubia", "kubia-012").
std::optional<ParsedName> ParsePodName(std::string_view name);

std::string PodName(const std::string& set_name, int64_t ordinal);
std::string ClaimName(const std::string& template_name, const std::string& set_name, int64_t ordinal);
/// metadata.name of a document: of a claim template, of a claim or revision to create.
std::string NameOf(const api::Json& document);

/// The ordinal of a pod name that this set gives out; nothing for any other name.
std::optional<int64_t> OrdinalOf(const api::StatefulSet& set, std::string_view pod_name);
/// The ordinal is one the set wants: start … start + replicas - 1.
bool Wanted(const api::StatefulSet& set, int64_t ordinal);
/// The ordinal gets the new revision in a rolling update: it is at or above start + partition.
bool BeyondPartition(const api::StatefulSet& set, int64_t ordinal);

/// What a pod is to a set: it fits when name and labels do.
Membership MembershipOf(const api::StatefulSet& set, const api::Meta& pod);
/// The value of label controller-revision-hash.
std::string RevisionOf(const api::Pod& pod);

}  // namespace ordinal::controllers::statefulset
