// What a controller's pod template becomes. Pure.
#pragma once

#include "agent/api/object.h"

namespace ordinal::controllers {

/// The members a template's metadata hands on to what is made from it: labels, annotations, finalizers.
api::Json TemplateMetadata(const api::Json& template_metadata);

/// A pod made from `pod_template` with `owner` as its controller: no name yet, generateName "<owner>-".
api::Json PodFromTemplate(const api::Json& pod_template, const api::Object& owner);

}  // namespace ordinal::controllers
