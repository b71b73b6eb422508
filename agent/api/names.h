// The syntax rules of names, labels and paths (k8s.io/apimachinery/pkg/util/validation). Each check returns what is
// wrong as a sentence for people, or nothing when the text is valid.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ordinal::api {

using Complaint = std::optional<std::string>;

/// A DNS label (RFC 1123): at most 63 of a-z, 0-9 and '-', ends with an alphanumeric.
Complaint CheckDnsLabel(std::string_view text);
/// A DNS label that starts with a letter (RFC 1035): the name of a Service.
Complaint CheckDns1035Label(std::string_view text);
/// Dotted labels, at most 253 characters: the name of most objects.
Complaint CheckDnsSubdomain(std::string_view text);
/// A label or annotation key: [subdomain/]name, the name at most 63 of alphanumerics, '-', '_', '.'.
Complaint CheckQualifiedName(std::string_view text);
/// A label's value: empty, or at most 63 of alphanumerics, '-', '_', '.'.
Complaint CheckLabelValue(std::string_view text);
/// The name of a container port: at most 15 of a-z, 0-9 and '-', with a letter, no "--".
Complaint CheckPortName(std::string_view text);
/// An environment variable's name: printable ASCII without '='.
Complaint CheckEnvName(std::string_view text);
/// A key of a ConfigMap or Secret: a file name of at most 253 letters, digits, '-', '_' and '.'.
Complaint CheckConfigKey(std::string_view text);
/// A relative path that stays where it is: no leading '/', no ".." part.
Complaint CheckInnerPath(std::string_view text);
/// What may stand between two slashes of a path: not ".", not "..", no '/' and no '%'. The name of a role.
Complaint CheckPathSegment(std::string_view text);
/// An IPv4 or IPv6 address.
Complaint CheckAddress(std::string_view text);

/// True when one of the '/'-separated parts of `path` is "..".
bool HasDotDot(std::string_view path);

}  // namespace ordinal::api
