// What the tables of several kinds show alike. Cells are worded as the reference words them
// (k8s.io/kubernetes/pkg/printers/internalversion), since scripts cut them out of kubectl's output.
#pragma once

#include <initializer_list>
#include <string>

#include "agent/api/kind.h"

namespace ordinal::api {

inline constexpr Column kNameColumn{"Name", "string", "name", "The object's name, unique within its namespace.", 0};
inline constexpr Column kAgeColumn{"Age", "string", "", "How long ago the object was made.", 0};
inline constexpr Column kContainersColumn{"Containers", "string", "", "The names of the template's containers.", 1};
inline constexpr Column kImagesColumn{"Images", "string", "", "The images of the template's containers.", 1};
inline constexpr Column kSelectorColumn{"Selector", "string", "", "The labels of the pods that belong to it.", 1};

/// Where the class of a volume or claim was written before it had a field.
inline constexpr std::string_view kClassAnnotation = "volume.beta.kubernetes.io/storage-class";

/// "7s", "5m32s", "3h", "12d": apimachinery's duration.HumanDuration. Somewhat negative ones, of clocks that differ,
/// are "0s"; more than two seconds "<invalid>".
std::string HumanDuration(Duration duration);

/// The member at the end of a path; a null value when it is missing.
const Json& At(const Json& object, std::initializer_list<std::string_view> path);
/// The string there, or `fallback` when it is missing or empty.
std::string TextCell(const Json& object, std::initializer_list<std::string_view> path, std::string_view fallback = "");

std::string NameCell(const Json& body);
std::string AgeCell(const Json& body, WallTime now);
/// How long before `now` the time in object[member] was; "<unknown>" without one.
std::string SinceCell(const Json& object, std::string_view member, WallTime now);

/// "a,b,c + 2 more..." of more than three; `none` of no item.
std::string FewOf(const std::vector<std::string>& items, std::string_view none);
std::string Join(const std::vector<std::string>& items, std::string_view separator);

/// "2/3": ready of wanted, of a set.
std::string ReadyCell(const Json& body);
/// The names and images of the containers of a set's template, "a,b".
std::string TemplateNames(const Json& body);
std::string TemplateImages(const Json& body);
/// A metav1.LabelSelector as a selector is typed, "app=kubia,tier in (a,b)"; "<none>" when empty.
std::string SelectorCell(const Json& selector);
/// A map of labels, "a=b,c=d"; "<none>" when empty.
std::string LabelsCell(const Json& labels);
/// "RWO,ROX" of accessModes.
std::string AccessModesCell(const Json& modes);

/// As a table names it (meta/v1 TableColumnDefinition).
Json ColumnDefinition(const Column& column);

}  // namespace ordinal::api
