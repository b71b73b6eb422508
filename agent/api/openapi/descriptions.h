// What `kubectl explain` says of types and fields, in our own words. Fields without an entry have none: their names
// say it, or few ever need them.
#pragma once

#include <span>
#include <string_view>

namespace ordinal::api::openapi {

struct Description {
  std::string_view of;  ///< "Container.image", or "Container" for the type itself
  std::string_view text;
};

/// Of one field, or of the type when `field` is empty; empty when there is none. Members that every object has
/// (apiVersion, kind, metadata) are described whatever the type.
std::string_view Describe(std::string_view type, std::string_view field);

/// The tables Describe searches, each sorted by `of`.
std::span<const std::span<const Description>> DescriptionTables();

// descriptions/pods.cc, descriptions/workloads.cc, …
extern const std::span<const Description> kPodDescriptions, kContainerDescriptions, kWorkloadDescriptions,
    kVolumeDescriptions, kServiceDescriptions, kMetaDescriptions;

}  // namespace ordinal::api::openapi
